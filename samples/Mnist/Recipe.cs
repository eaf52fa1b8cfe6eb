using NeuralNetFromScratch;

/// <summary>A network and how it is trained.</summary>
/// <param name="Goal">The test accuracy that it reaches.</param>
/// <param name="Layers">The network's layers.</param>
/// <param name="Loss">What is minimized.</param>
/// <param name="Optimizer">How the parameters are updated.</param>
/// <param name="Fit">Epochs, batch size and learning rates.</param>
/// <param name="EpochsPerLine">Of how many epochs one is printed.</param>
internal sealed record Recipe(double Goal, Layer[] Layers, Loss Loss, Optimizer Optimizer, FitOptions Fit, int EpochsPerLine = 1)
{
    /// <summary>Rate, schedule and epochs were chosen on a split of the training set: docs/accuracy.md.</summary>
    public static Recipe Default { get; } = new(
        0.98,
        [new Dense(128, Activation.Relu), new Dense(10)],
        new SoftmaxCrossEntropy(),
        new Sgd(learningRate: 0.15f, momentum: 0.9f),
        new FitOptions { Epochs = 16, BatchSize = 64, Schedule = LearningRateSchedule.OneCycle() });

    /// <summary>The lab sheet's network: plain gradient descent, all samples at once, an iteration being an epoch.</summary>
    public static Recipe Lab { get; } = new(
        0.83,
        [
            new Dense(10, Activation.Relu, Initializer.Uniform(-0.5f, 0.5f), Initializer.Uniform(-0.5f, 0.5f)),
            new Dense(10, null, Initializer.Uniform(-0.5f, 0.5f), Initializer.Uniform(-0.5f, 0.5f)),
        ],
        new SoftmaxCrossEntropy(),
        new Sgd(learningRate: 0.1f),
        new FitOptions { Epochs = 500, BatchSize = int.MaxValue, Shuffle = false },
        EpochsPerLine: 10);

    /// <summary>The quickest known way to 98 %: the row time-to-98 of the accuracy benchmark.</summary>
    public static Recipe Fast { get; } = new(
        0.98,
        [new Dense(160), new BatchNormalization(), new ActivationLayer(Activation.Relu), new Dense(10)],
        new SoftmaxCrossEntropy { LabelSmoothing = 0.05f },
        new Sgd(learningRate: 0.3f, momentum: 0.9f, nesterov: true),
        new FitOptions { Epochs = 3, BatchSize = 128, Schedule = LearningRateSchedule.OneCycle() });

    /// <summary>The quickest known way to 99 %, with convolutions: the row time-to-99 of the accuracy benchmark.</summary>
    public static Recipe Convolutional { get; } = new(
        0.99,
        [new Conv2D(24, 5, Activation.Relu), new MaxPool2D(2), new Conv2D(32, 3, Activation.Relu), new MaxPool2D(2), new Dense(256, Activation.Relu), new Dense(10)],
        new SoftmaxCrossEntropy { LabelSmoothing = 0.1f },
        new Adam(learningRate: 0.01f, beta1: 0.7f, beta2: 0.9f),
        new FitOptions { Epochs = 1, BatchSize = 256, Schedule = LearningRateSchedule.OneCycle() });
}
