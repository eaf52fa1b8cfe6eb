namespace NeuralNetFromScratch;

/// <summary>How a <see cref="TabularClassifier{TLabel}"/> is built and trained. The defaults are those of scikit-learn's <c>MLPClassifier</c>.</summary>
public sealed record TabularClassifierOptions
{
    /// <summary>Units of the hidden layers.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [100];

    /// <summary>Activation of the hidden layers.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Learning rate of Adam.</summary>
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>Penalty <c>(λ/2)·Σw²</c> on the weights, divided by the batch size.</summary>
    public float L2Penalty { get; init; } = 1e-4f;

    /// <summary>How often it goes through the samples at most; positive.</summary>
    public int MaximumEpochs { get; init; } = 200;

    /// <summary>Samples in a step at most; positive.</summary>
    public int BatchSize { get; init; } = 200;

    /// <summary>It stops when the training loss has not fallen by this…</summary>
    public double MinimumImprovement { get; init; } = 1e-4;

    /// <summary>… for more than so many epochs in a row; not negative.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>Seed of everything random.</summary>
    public ulong Seed { get; init; }

    /// <summary>The number of threads; the result does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
