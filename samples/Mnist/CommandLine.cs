using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace NeuralNetFromScratch.Samples.Mnist;

/// <summary>The options of the command line, and what they mean.</summary>
internal sealed class CommandLine
{
    private readonly Option<string?> _data = new("--data") { Description = "Folder with MNIST's four IDX files, raw or .gz; found or fetched if not given." };
    private readonly Option<int?> _epochs = new("--epochs") { Description = "How often to go through the training set." };
    private readonly Option<int?> _batchSize = new("--batch-size") { Description = "Samples in a step." };
    private readonly Option<string?> _hidden = new("--hidden") { Description = "Units of the hidden layers, such as 128,64." };
    private readonly Option<string?> _optimizer = new("--optimizer") { Description = "sgd or adam." };
    private readonly Option<float?> _learningRate = new("--learning-rate") { Description = "Learning rate." };
    private readonly Option<float?> _momentum = new("--momentum") { Description = "Momentum of sgd, 0 to less than 1." };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Seed of everything random.", DefaultValueFactory = _ => 42 };
    private readonly Option<int> _threads = new("--threads") { Description = "Threads; the result does not depend on it.", DefaultValueFactory = _ => Environment.ProcessorCount };
    private readonly Option<int> _validation = new("--validation") { Description = "Training samples to hold out and show for each epoch." };
    private readonly Option<string> _recipe = new("--recipe") { Description = "default, or lab: the lab sheet itself.", DefaultValueFactory = _ => "default" };
    private readonly Option<string?> _model = new("--model") { Description = "File to save the trained network to (safetensors)." };
    private readonly Option<string?> _checkpoint = new("--checkpoint") { Description = "File to write down after each epoch how the training stands." };
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on from the checkpoint, if it is there." };
    private readonly Option<string?> _json = new("--json") { Description = "File to write the figures to." };

    private readonly Option<string> _savedModel = new("--model") { Description = "File of a saved network (safetensors).", Required = true };
    private readonly Option<string> _onnx = new("--onnx") { Description = "File to write the ONNX model to.", Required = true };
    private readonly Argument<string[]> _images = new("image") { Description = "Pictures of one digit each: PNG, JPEG and the like.", Arity = ArgumentArity.OneOrMore };

    public CommandLine()
    {
        foreach (Option<int?> option in (ReadOnlySpan<Option<int?>>)[_epochs, _batchSize])
            Require(option, value => value is null or > 0, "must be a whole number above 0");
        Require(_threads, value => value > 0, "must be a whole number above 0");
        Require(_validation, value => value >= 0, "must be a whole number, 0 or more");
        Require(_learningRate, value => value is null || (float.IsFinite(value.Value) && value > 0), "must be a number above 0");
        Require(_momentum, value => value is null or (>= 0 and < 1), "must be at least 0 and less than 1");
        Require(_hidden, value => value is null || TryParseUnits(value, out _), "must be whole numbers above 0, such as 128,64");
        Require(_recipe, value => value is "default" or "lab", "must be default or lab");
        Require(_optimizer, value => value is null or "sgd" or "adam", "must be sgd or adam");
        foreach (Option<string?> file in (ReadOnlySpan<Option<string?>>)[_model, _json])
            Require(file, path => path is null || IsInFolder(path), "must lie in a folder that is there");
        Require(_onnx, path => path is null || IsInFolder(path), "must lie in a folder that is there");
        Option[] training =
        [
            _data, _epochs, _batchSize, _hidden, _optimizer, _learningRate, _momentum, _seed, _threads, _validation, _recipe, _model, _checkpoint, _resume, _json,
        ];
        Root = new("Trains a neural network on MNIST's handwritten digits, and uses it. Without a verb it trains.");
        Train = new("train", "Trains a network; the default.");
        foreach (Command command in (ReadOnlySpan<Command>)[Root, Train])
        {
            foreach (Option option in training)
                command.Options.Add(option);
            command.Validators.Add(CheckTogether);
        }

        Evaluate = new("evaluate", "Measures a saved network on the test set.") { _savedModel, _data, _json };
        Predict = new("predict", "Says which digits pictures show.") { _savedModel, _images };
        Export = new("export", "Writes a saved network as an ONNX model.") { _savedModel, _onnx };
        foreach (Command verb in (ReadOnlySpan<Command>)[Train, Evaluate, Predict, Export])
            Root.Subcommands.Add(verb);
    }

    public RootCommand Root { get; }

    public Command Train { get; }

    public Command Evaluate { get; }

    public Command Predict { get; }

    public Command Export { get; }

    /// <summary>The saved network that a verb works with.</summary>
    public string SavedModel(ParseResult result) => result.GetRequiredValue(_savedModel);

    public string? Data(ParseResult result) => result.GetValue(_data);

    public string? Json(ParseResult result) => result.GetValue(_json);

    public string[] Images(ParseResult result) => result.GetRequiredValue(_images);

    public string Onnx(ParseResult result) => result.GetRequiredValue(_onnx);

    public SampleOptions Read(ParseResult result)
    {
        Recipe recipe = result.GetValue(_recipe) == "lab" ? Recipe.Lab : Recipe.Default;
        return new SampleOptions
        {
            Data = result.GetValue(_data),
            Seed = result.GetValue(_seed),
            Threads = result.GetValue(_threads),
            Validation = result.GetValue(_validation),
            Model = result.GetValue(_model),
            Checkpoint = result.GetValue(_checkpoint),
            Resumes = result.GetValue(_resume),
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
        if (result.GetResult(_momentum) is not null && IsAdam(result.GetResult(_optimizer)))
            result.AddError("--momentum goes with --optimizer sgd only");
        if (result.GetValue(_resume) && result.GetResult(_checkpoint) is null)
            result.AddError("--resume needs --checkpoint FILE");
    }

    private Optimizer ReadOptimizer(ParseResult result, Recipe recipe)
    {
        float? learningRate = result.GetValue(_learningRate);
        if (result.GetValue(_optimizer) == "adam")
            return new Adam(learningRate ?? 1e-3f);
        var preset = (Sgd)recipe.Optimizer;
        return new Sgd(learningRate ?? preset.LearningRate, result.GetValue(_momentum) ?? preset.Momentum);
    }

    private bool IsAdam(OptionResult? optimizer) => optimizer?.GetValue(_optimizer) == "adam";

    /// <summary>Whether a file can be written there: better known before a training than after it.</summary>
    private static bool IsInFolder(string path) => path.Length > 0 && Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)));

    private static void Require<T>(Option<T> option, Func<T?, bool> isValid, string message) =>
        option.Validators.Add(result =>
        {
            // A value that cannot even be converted gets the same answer as one out of range.
            bool valid;
            try
            {
                valid = isValid(result.GetValue(option));
            }
            catch (InvalidOperationException)
            {
                valid = false;
            }

            if (!valid)
                result.AddError($"{option.Name} {message}, got {string.Join(' ', result.Tokens.Select(token => token.Value))}");
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
