using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace NeuralNetFromScratch.Tool;

/// <summary>The verbs and options of the command line.</summary>
internal sealed class CommandLine
{
    private const int MaximumThreads = 1024;

    private readonly Option<string?> _data = new("--data") { Description = "Folder with MNIST's four IDX files, raw or .gz [default: the cache, downloaded if missing]." };
    private readonly Option<int?> _epochs = NumberOption.Create<int>(
        "--epochs", "Passes over the training set [default: the recipe's].", value => value > 0, "must be a whole number above 0");
    private readonly Option<int?> _batchSize = NumberOption.Create<int>(
        "--batch-size", "Samples in a step [default: the recipe's].", value => value > 0, "must be a whole number above 0");
    private readonly Option<string?> _hidden = new("--hidden") { Description = "Units of the hidden layers, such as 128,64 [default: the recipe's]." };
    private readonly Option<string?> _optimizer = new("--optimizer") { Description = "sgd or adam [default: the recipe's]." };
    private readonly Option<float?> _learningRate = NumberOption.Create<float>(
        "--learning-rate", "Learning rate that the schedule scales [default: the recipe's; 0.001 for adam].", value => float.IsFinite(value) && value > 0, "must be a number above 0, such as 0.07");
    private readonly Option<float?> _momentum = NumberOption.Create<float>(
        "--momentum", "Momentum of sgd, 0 to less than 1 [default: the recipe's].", value => value is >= 0 and < 1, "must be at least 0 and less than 1, such as 0.9");
    private readonly Option<ulong?> _seed = NumberOption.Create<ulong>("--seed", "Seed of all random numbers [default: 42].", _ => true, "must be a whole number, 0 or more");
    private readonly Option<int?> _threads = NumberOption.Create<int>(
        "--threads",
        "Number of threads; the result does not depend on it [default: one per core].",
        value => value is > 0 and <= MaximumThreads,
        $"must be a whole number from 1 to {MaximumThreads}");
    private readonly Option<int?> _validation = NumberOption.Create<int>(
        "--validation", "Training samples to hold out and evaluate after each epoch [default: 0].", value => value >= 0, "must be a whole number, 0 or more");
    private readonly Option<string?> _recipe = new("--recipe") { Description = "default; fast: the quickest way to 98 %; cnn: convolutions, the quickest way to 99 %; lab: the network of the lab sheet.", DefaultValueFactory = _ => "default" };
    private readonly Option<string?> _model = new("--model") { Description = "File to save the trained network to (safetensors); not saved if not given." };
    private readonly Option<string?> _checkpoint = new("--checkpoint") { Description = "File to save the state of the training to after each epoch." };
    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Continue from the checkpoint. Without one, or with one of other data, the training starts from the beginning; a finished training is not repeated; other options are an error.",
    };
    private readonly Option<string?> _output = new("--output") { Description = "Folder to write the report and its images to; none if not given." };
    private readonly Option<string?> _json = new("--json") { Description = "File to write the figures to (JSON); none if not given." };

    private readonly Option<string> _savedModel = new("--model") { Description = "File of a saved network (safetensors).", Required = true };
    private readonly Option<string> _onnx = new("--onnx") { Description = "File to write the ONNX model to.", Required = true };
    private readonly Argument<string> _file = new("model") { Description = "File of a saved network (safetensors)." };
    private readonly Argument<string[]> _images = new("image") { Description = "Images of digits (PNG, JPEG, WebP, BMP, GIF).", Arity = ArgumentArity.OneOrMore };

    public CommandLine()
    {
        Require(_hidden, value => value is null || TryParseUnits(value, out _), "must be whole numbers above 0, such as 128,64");
        Require(_recipe, value => value is "default" or "fast" or "cnn" or "lab", "must be default, fast, cnn or lab");
        Require(_optimizer, value => value is null or "sgd" or "adam", "must be sgd or adam");
        Option[] training =
        [
            _data, _epochs, _batchSize, _hidden, _optimizer, _learningRate, _momentum, _seed, _threads, _validation, _recipe, _model, _checkpoint, _resume, _output, _json,
        ];
        Root = new("Trains neural networks on images of handwritten digits (MNIST), evaluates them, recognizes images, exports to ONNX.");
        Train = new("train", "Trains a network.");
        foreach (Option option in training)
            Train.Options.Add(option);
        Train.Validators.Add(CheckTogether);
        Evaluate = new("evaluate", "Measures a saved network on the test set.") { _savedModel, _data, _output, _json };
        Predict = new("predict", "Recognizes the digits in images.") { _savedModel, _images };
        Export = new("export", "Writes a saved network as an ONNX model.") { _savedModel, _onnx };
        Summary = new("summary", "Shows the layers of a saved network.") { _file };
        Hash = new("hash", "Prints SHA-256 hashes of a saved network, to compare with those of another machine.") { _file };
        foreach (Command verb in (ReadOnlySpan<Command>)[Train, Evaluate, Predict, Export, Summary, Hash])
            Root.Subcommands.Add(verb);
    }

    public RootCommand Root { get; }

    public Command Train { get; }

    public Command Evaluate { get; }

    public Command Predict { get; }

    public Command Export { get; }

    public Command Summary { get; }

    public Command Hash { get; }

    /// <summary>The saved network of a verb.</summary>
    public string SavedModel(ParseResult result) => result.GetRequiredValue(_savedModel);

    public string? Data(ParseResult result) => result.GetValue(_data);

    public string? Output(ParseResult result) => result.GetValue(_output);

    public string? Json(ParseResult result) => result.GetValue(_json);

    public string[] Images(ParseResult result) => result.GetRequiredValue(_images);

    public string File(ParseResult result) => result.GetRequiredValue(_file);

    public string Onnx(ParseResult result) => result.GetRequiredValue(_onnx);

    public TrainingOptions Read(ParseResult result)
    {
        Recipe recipe = Recipe.Named(result.GetValue(_recipe)!);
        return new TrainingOptions
        {
            Data = result.GetValue(_data),
            Seed = result.GetValue(_seed) ?? 42,
            Threads = result.GetValue(_threads),
            Validation = result.GetValue(_validation) ?? 0,
            Model = result.GetValue(_model),
            Checkpoint = result.GetValue(_checkpoint),
            Resumes = result.GetValue(_resume),
            Output = result.GetValue(_output),
            Json = result.GetValue(_json),
            Recipe = recipe with
            {
                Hidden = TryParseUnits(result.GetValue(_hidden), out int[] units) ? units : recipe.Hidden,
                Epochs = result.GetValue(_epochs) ?? recipe.Epochs,
                BatchSize = result.GetValue(_batchSize) ?? recipe.BatchSize,
                Optimizer = ReadOptimizer(result, recipe),
            },
        };
    }

    private void CheckTogether(CommandResult result)
    {
        if (result.GetResult(_momentum) is not null && (result.GetValue(_optimizer) ?? (result.GetValue(_recipe) == "cnn" ? "adam" : "sgd")) == "adam")
            result.AddError("--momentum goes with --optimizer sgd only");
        if (result.GetValue(_resume) && result.GetResult(_checkpoint) is null)
            result.AddError("--resume needs --checkpoint FILE");
    }

    private Optimizer ReadOptimizer(ParseResult result, Recipe recipe)
    {
        float? learningRate = result.GetValue(_learningRate);
        string? name = result.GetValue(_optimizer);
        if (name is null && recipe.Optimizer is Adam own)
            return new Adam(learningRate ?? own.LearningRate, own.Beta1, own.Beta2);
        if (name == "adam")
            return new Adam(learningRate ?? 1e-3f);
        Sgd preset = recipe.Optimizer as Sgd ?? (Sgd)Recipe.Default.Optimizer;
        float momentum = result.GetValue(_momentum) ?? preset.Momentum;
        return new Sgd(learningRate ?? preset.LearningRate, momentum, nesterov: preset.Nesterov && momentum > 0);
    }

    private static void Require(Option<string?> option, Func<string?, bool> isValid, string requirement) =>
        option.Validators.Add(result =>
        {
            if (!isValid(result.GetValue(option)))
                result.AddError($"{option.Name} {requirement}, got {string.Join(' ', result.Tokens.Select(token => token.Value))}");
        });

    private static bool TryParseUnits(string? text, out int[] units)
    {
        string[] parts = text?.Split(',') ?? [];
        units = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out units[i]) || units[i] == 0)
                return false;
        }

        return parts.Length > 0;
    }
}
