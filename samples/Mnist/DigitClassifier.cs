using NeuralNetFromScratch.Data;

namespace NeuralNetFromScratch.Samples.Mnist;

/// <summary>The network of the lab sheet: pixels → hidden layers with ReLU → 10 logits, softmax.</summary>
internal static class DigitClassifier
{
    public static Sequential Build(Shape image, Recipe recipe, ulong seed)
    {
        var layers = new List<Layer>();
        foreach (int units in recipe.Hidden)
            layers.Add(new Dense(units, Activation.Relu, weights: recipe.Start, biases: recipe.Start));
        layers.Add(new Dense(10, weights: recipe.Start, biases: recipe.Start));
        return new Sequential(image, seed, layers);
    }

    public static Trainer CreateTrainer(Sequential network, Recipe recipe, int threads) =>
        new(network, new SoftmaxCrossEntropy(), recipe.Optimizer, new TrainerOptions { Threads = threads });

    public static TrainingHistory Train(
        Trainer trainer,
        Dataset training,
        Dataset? validation,
        Recipe recipe,
        ulong seed,
        IProgress<TrainingProgress> progress,
        CancellationToken cancellation) =>
        trainer.Fit(
            training,
            new FitOptions
            {
                Epochs = recipe.Epochs,
                BatchSize = recipe.BatchSize,
                Shuffle = !recipe.IsFullBatch,
                Validation = validation,
                Seed = seed,
                StopOnNonFiniteLoss = true,
            },
            progress,
            cancellation);
}
