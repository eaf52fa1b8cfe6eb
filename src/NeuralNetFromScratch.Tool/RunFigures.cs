using System.Text.Json;

namespace NeuralNetFromScratch.Tool;

/// <summary>The figures of a run that <c>--json</c> writes.</summary>
internal sealed record RunFigures
{
    private const int CurveInterval = 10;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>"mnist", "synthetic" or "custom".</summary>
    public required string Dataset { get; init; }

    public required int TrainSamples { get; init; }

    public required int TestSamples { get; init; }

    public required long Parameters { get; init; }

    public required int Threads { get; init; }

    /// <summary>How sums of products are computed: the name of a <see cref="MultiplyAddKind"/>.</summary>
    public required string MultiplyAdd { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>The number of finished epochs.</summary>
    public required int Epochs { get; init; }

    /// <summary>The duration of shuffling, gathering and all steps.</summary>
    public required IReadOnlyList<double> EpochSeconds { get; init; }

    /// <summary>The number of threads in each epoch, which the library chooses.</summary>
    public required IReadOnlyList<int> EpochThreads { get; init; }

    public required double TrainSeconds { get; init; }

    /// <summary>The test accuracy, 0 to 1.</summary>
    public required double TestAccuracy { get; init; }

    public required double TestLoss { get; init; }

    /// <summary>The training accuracy every ten steps if an epoch is a single step, as in the lab recipe; otherwise empty.</summary>
    public required IReadOnlyList<CurvePoint> Curve { get; init; }

    /// <summary>Collects the figures.</summary>
    public static RunFigures Of(string dataset, Dataset training, Sequential network, Trainer trainer, ulong seed, EvaluationResult evaluation)
    {
        IReadOnlyList<EpochRecord> epochs = trainer.History.Epochs;
        double[] seconds = [.. epochs.Select(epoch => epoch.Duration.TotalSeconds)];
        bool isFullBatch = trainer.StepCount == epochs.Count;
        return new RunFigures
        {
            Dataset = dataset,
            TrainSamples = training.Count,
            TestSamples = evaluation.Count,
            Parameters = network.Parameters.TrainableCount,
            Threads = trainer.ThreadCount,
            MultiplyAdd = $"{trainer.MultiplyAdd}",
            Seed = seed,
            Epochs = seconds.Length,
            EpochSeconds = seconds,
            EpochThreads = [.. epochs.Select(epoch => epoch.ThreadCount)],
            TrainSeconds = seconds.Sum(),
            TestAccuracy = evaluation.Accuracy,
            TestLoss = evaluation.Loss,
            // The accuracy of a step is that of the parameters before it.
            Curve = isFullBatch ? [.. epochs.Where((_, i) => i % CurveInterval == 0).Select(epoch => new CurvePoint(epoch.Epoch - 1, epoch.Training.Accuracy))] : [],
        };
    }

    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Format) + "\n");
}
