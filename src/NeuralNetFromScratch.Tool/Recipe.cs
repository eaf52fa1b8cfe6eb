namespace NeuralNetFromScratch.Tool;

/// <summary>The network and its training.</summary>
internal sealed record Recipe
{
    /// <summary>
    /// 784-128-10 with momentum and a learning rate that rises and then falls to almost 0. Rate, schedule and epochs were chosen on 10,000 held-out training samples
    /// (<c>--validation 10000</c>), not on the test set.
    /// </summary>
    public static Recipe Default { get; } = new()
    {
        Hidden = [128],
        Optimizer = new Sgd(0.15f, momentum: 0.9f),
        Schedule = LearningRateSchedule.OneCycle(),
        BatchSize = 64,
        Epochs = 16,
    };

    /// <summary>784-160-10 with batch normalization, one-cycle over three epochs: the row time-to-98 of the accuracy benchmark.</summary>
    public static Recipe Fast { get; } = new()
    {
        Hidden = [160],
        NormalizesBatches = true,
        LabelSmoothing = 0.05f,
        Optimizer = new Sgd(0.3f, momentum: 0.9f, nesterov: true),
        Schedule = LearningRateSchedule.OneCycle(),
        BatchSize = 128,
        Epochs = 3,
    };

    /// <summary>Two convolutions, each followed by 2 × 2 pooling, and one epoch: the row time-to-99 of the accuracy benchmark.</summary>
    public static Recipe Convolutional { get; } = new()
    {
        Convolutions = [(24, 5), (32, 3)],
        Hidden = [256],
        LabelSmoothing = 0.1f,
        Optimizer = new Adam(0.01f, beta1: 0.7f, beta2: 0.9f),
        Schedule = LearningRateSchedule.OneCycle(),
        BatchSize = 256,
        Epochs = 1,
    };

    /// <summary>The lab sheet: 784-10-10, uniform initialization, plain gradient descent on all samples at once.</summary>
    public static Recipe Lab { get; } = new()
    {
        Hidden = [10],
        Start = Initializer.Uniform(-0.5f, 0.5f),
        Optimizer = new Sgd(0.1f),
        BatchSize = int.MaxValue,
        Epochs = 500,
    };

    /// <summary>Channels and kernel size of the convolutions before the hidden layers.</summary>
    public IReadOnlyList<(int Channels, int KernelSize)> Convolutions { get; init; } = [];

    /// <summary>The numbers of units of the hidden layers.</summary>
    public required IReadOnlyList<int> Hidden { get; init; }

    /// <summary>The initializer of weights and biases; null for each layer's default.</summary>
    public Initializer? Start { get; init; }

    /// <summary>Whether batch normalization follows each hidden layer.</summary>
    public bool NormalizesBatches { get; init; }

    public float LabelSmoothing { get; init; }

    public required Optimizer Optimizer { get; init; }

    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    public required int BatchSize { get; init; }

    public required int Epochs { get; init; }

    /// <summary>Whether an epoch is a single step, so that the accuracy of epochs is a learning curve.</summary>
    public bool IsFullBatch => BatchSize == int.MaxValue;

    public static Recipe Named(string name) => name switch { "lab" => Lab, "fast" => Fast, "cnn" => Convolutional, _ => Default };
}
