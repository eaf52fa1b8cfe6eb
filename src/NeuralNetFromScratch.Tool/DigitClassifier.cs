using System.Globalization;

namespace NeuralNetFromScratch.Tool;

/// <summary>Builds and trains the network of a recipe: optional convolutions, hidden layers with ReLU, 10 logits.</summary>
internal static class DigitClassifier
{
    public static Sequential Build(Shape image, Recipe recipe, ulong seed)
    {
        var layers = new List<Layer>();
        foreach ((int channels, int kernelSize) in recipe.Convolutions)
            layers.AddRange([new Conv2D(channels, kernelSize, Activation.Relu), new MaxPool2D(2)]);
        foreach (int units in recipe.Hidden)
        {
            if (recipe.NormalizesBatches)
                layers.AddRange([new Dense(units), new BatchNormalization(), new ActivationLayer(Activation.Relu)]);
            else
                layers.Add(new Dense(units, Activation.Relu, weightInitializer: recipe.Start, biasInitializer: recipe.Start));
        }

        layers.Add(new Dense(10, weightInitializer: recipe.Start, biasInitializer: recipe.Start));
        return new Sequential(image, seed, layers)
        {
            ClassNames = [.. Enumerable.Range(0, 10).Select(digit => digit.ToString(CultureInfo.InvariantCulture))],
            InputScaling = new InputScaling(1f / byte.MaxValue),
        };
    }

    /// <param name="network">The network.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="threads">The number of threads; null for the library's default.</param>
    public static Trainer CreateTrainer(Sequential network, Recipe recipe, int? threads) =>
        new(network, new SoftmaxCrossEntropy { LabelSmoothing = recipe.LabelSmoothing }, recipe.Optimizer, threads is { } count ? new TrainerOptions { ThreadCount = count } : null);

    /// <summary>Trains the network, or resumes from the checkpoint.</summary>
    public static TrainingHistory Train(
        Trainer trainer, Dataset training, Dataset? validation, TrainingOptions options, IProgress<TrainingProgress> progress, CancellationToken cancellationToken)
    {
        var fit = new FitOptions
        {
            Epochs = options.Recipe.Epochs,
            BatchSize = options.Recipe.BatchSize,
            Shuffle = !options.Recipe.IsFullBatch,
            Schedule = options.Recipe.Schedule,
            Validation = validation,
            Seed = options.Seed,
            StopOnNonFiniteLoss = true,
            Checkpoint = options.Checkpoint is null ? null : new CheckpointOptions { Path = options.Checkpoint },
        };
        return options.Resumes
            ? ResumeRefusal.Explain(() => trainer.ResumeOrFit(training, fit, progress, cancellationToken))
            : trainer.Fit(training, fit, progress, cancellationToken);
    }
}
