using System.Diagnostics;
using System.Globalization;
using NeuralNetFromScratch.Tool.Report;
using Spectre.Console;

namespace NeuralNetFromScratch.Tool;

/// <summary>One run of the program, from the data to the figures.</summary>
internal static class Session
{
    /// <summary>The width without a terminal, so that lines are not wrapped.</summary>
    private const int PlainWidth = 160;

    public static async Task<int> RunAsync(TrainingOptions options, CancellationToken cancellationToken)
    {
        IAnsiConsole console = AnsiConsole.Console;
        if (Console.IsOutputRedirected)
            console.Profile.Width = PlainWidth;
        if (options.Output is not null)
            ReportFolder.Prepare(options.Output);
        UserFile.CheckWritable("--model", options.Model);
        UserFile.CheckWritable("--checkpoint", options.Checkpoint);
        UserFile.CheckWritable("--json", options.Json);
        var phases = new Phases();
        FoundData data;
        try
        {
            data = await DigitSource.FindAsync(options.Data, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            console.WriteLine("Stopped before training.");
            return ExitCode.Interrupted;
        }

        (Dataset training, Dataset? validation) = HoldOut(data.Sets.Training, options);
        phases.End("finding and loading data");

        Recipe recipe = options.Recipe;
        Sequential network = DigitClassifier.Build(training.SampleShape, recipe, options.Seed);
        Trainer trainer = DigitClassifier.CreateTrainer(network, recipe, options.Threads);
        ShowPlan(console, network, trainer, training, recipe);
        bool mayContinue = options.Resumes && File.Exists(options.Checkpoint);
        if (options.Resumes && !mayContinue)
            console.WriteLine($"There is no {options.Checkpoint} yet: starting from the beginning");
        phases.End("building the network");

        var display = new TrainingDisplay(recipe, mayContinue ? options.Checkpoint : null);
        bool wasStopped = Train(trainer, training, validation, options, display, cancellationToken);
        if (mayContinue && display.Last.StepCount == 0 && !wasStopped)
            console.WriteLine($"The training of {options.Checkpoint} is finished: nothing was left to train");
        phases.End("training");

        // An interrupted training is evaluated, too.
        EvaluationResult evaluation = network.Evaluate(
            data.Sets.Test, metrics: [new Accuracy(), new ConfusionMatrixMetric()], engine: new Engine(trainer.ThreadCount), cancellationToken: CancellationToken.None);
        phases.End("testing");
        if (wasStopped)
            console.WriteLine(Invariant($"Stopped in epoch {display.Last.Epoch}, step {display.Last.Step} of {display.Last.StepCount}."));
        string synthetic = data.Kind == "synthetic" ? "SYNTHETIC " : "";
        console.WriteLine(Invariant(
            $"{synthetic}Test accuracy {evaluation.Accuracy:P2}, loss {evaluation.Loss:F4} on {evaluation.Count:N0} samples."));
        ResultDisplay.ShowConfusion(console, evaluation.ConfusionMatrix);
        IReadOnlyList<Prediction> predictions = Prediction.Of(network.Predict(data.Sets.Test), data.Sets.Test);
        ResultDisplay.ShowDigits(console, predictions, data.Sets.Test);
        phases.End("showing");
        phases.Show(console);
        if (options.Model is not null)
        {
            network.Save(options.Model);
            console.WriteLine($"Wrote the network to {options.Model}");
        }
        else
        {
            console.WriteLine("The network was not saved. --model FILE saves it.");
        }

        if (options.Output is not null)
            WriteReport(options.Output, data, training, network, trainer, options, evaluation, predictions);
        if (options.Json is not null)
            RunFigures.Of(data.Kind, training, network, trainer, options.Seed, evaluation).Write(options.Json);
        return wasStopped ? ExitCode.Interrupted : ExitCode.Success;
    }

    private static void WriteReport(
        string folder,
        FoundData data,
        Dataset training,
        Sequential network,
        Trainer trainer,
        TrainingOptions options,
        EvaluationResult evaluation,
        IReadOnlyList<Prediction> predictions)
    {
        Recipe recipe = options.Recipe;
        var watch = Stopwatch.StartNew();
        IReadOnlyList<string> written = ReportFolder.Write(folder, new RunReport
        {
            Title = $"{TitleOf(data)}, network {string.Join('-', [network.InputShape.ElementCount, .. recipe.Convolutions.Select(layer => Invariant($"conv{layer.Channels}")), .. recipe.Hidden, network.OutputShape.ElementCount])}",
            Network = network,
            Test = data.Sets.Test,
            Evaluation = evaluation,
            Predictions = predictions,
            Settings = RunSettings.Of(data, training, trainer, options),
            Epochs = trainer.History.Epochs,
            EpochName = recipe.IsFullBatch ? "iteration" : "epoch",
        });
        Console.WriteLine(Invariant($"Wrote to {folder} in {watch.Elapsed.TotalSeconds:F2} s: {string.Join(", ", written)}"));
    }

    private static (Dataset Training, Dataset? Validation) HoldOut(Dataset training, TrainingOptions options)
    {
        if (options.Validation == 0)
            return (training, null);
        if (options.Validation >= training.Count)
            throw new ArgumentException($"--validation must leave samples to train on: it is {options.Validation} of {training.Count}");
        return training.Split(options.Validation, options.Seed);
    }

    private static void ShowPlan(IAnsiConsole console, Sequential network, Trainer trainer, Dataset training, Recipe recipe)
    {
        console.WriteLine();
        console.WriteLine(network.Summary());
        string batch = recipe.IsFullBatch ? "all samples at once" : Invariant($"batches of {recipe.BatchSize}");
        console.WriteLine(Invariant($"Training on {training.Count:N0} samples, {batch}, {trainer.ThreadCount} threads at most,"));
        console.WriteLine($"{recipe.Optimizer}");
    }

    /// <summary>Trains, and returns whether the user stopped it.</summary>
    private static bool Train(
        Trainer trainer, Dataset training, Dataset? validation, TrainingOptions options, TrainingDisplay display, CancellationToken cancellationToken)
    {
        try
        {
            DigitClassifier.Train(trainer, training, validation, options, display, cancellationToken);
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        finally
        {
            display.End();
        }
    }

    private static string TitleOf(FoundData data) => data.Kind switch { "mnist" => "MNIST", "synthetic" => "SYNTHETIC digits", _ => "Digits in MNIST's format" };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Measures the phases of a run.</summary>
    private sealed class Phases
    {
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private readonly List<(string Name, double Seconds)> _ended = [];

        public void End(string name)
        {
            _ended.Add((name, _watch.Elapsed.TotalSeconds));
            _watch.Restart();
        }

        public void Show(IAnsiConsole console) =>
            console.WriteLine("Time: " + string.Join(", ", _ended.Select(phase => Invariant($"{phase.Name} {phase.Seconds:F2} s"))));
    }
}
