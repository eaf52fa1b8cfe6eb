namespace NeuralNetFromScratch.Tool;

/// <summary>How to build and train the network.</summary>
internal sealed record Recipe
{
    /// <summary>
    /// 784-128-10 with momentum. Learning rate and epochs were chosen on 10,000 held-out training samples
    /// (<c>--validation 10000</c>), not on the test set.
    /// </summary>
    public static Recipe Default { get; } = new()
    {
        Hidden = [128],
        Optimizer = new Sgd(0.07f, momentum: 0.9f),
        BatchSize = 64,
        Epochs = 16,
    };

    /// <summary>The lab sheet: 784-10-10, uniform start, plain gradient descent on all samples at once.</summary>
    public static Recipe Lab { get; } = new()
    {
        Hidden = [10],
        Start = Initializer.Uniform(-0.5f, 0.5f),
        Optimizer = new Sgd(0.1f),
        BatchSize = int.MaxValue,
        Epochs = 500,
    };

    /// <summary>Units of the hidden layers.</summary>
    public required IReadOnlyList<int> Hidden { get; init; }

    /// <summary>How weights and biases start; null for what suits each layer.</summary>
    public Initializer? Start { get; init; }

    public required Optimizer Optimizer { get; init; }

    public required int BatchSize { get; init; }

    public required int Epochs { get; init; }

    /// <summary>Whether an epoch is a single step, so that its accuracy makes a curve.</summary>
    public bool IsFullBatch => BatchSize == int.MaxValue;
}
