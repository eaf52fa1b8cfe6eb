
namespace NeuralNetFromScratch.TrainingProcess;

/// <summary>A training with dropout, noise, batch normalization, augmentation, mixup, shuffling, accumulated batches, a moving average and early stopping.</summary>
public static class Recipe
{
    public static Dataset Samples() => SyntheticDigits.Create(900, seed: 3);

    public static Trainer CreateTrainer(int threads, out Sequential network)
    {
        network = new Sequential(
            [28, 28], 5, new GaussianNoise(0.1f), new Dense(48), new BatchNormalization(), new ActivationLayer(Activation.Relu), new Dropout(0.2f),
            new Residual(new Dense(48, Activation.Tanh), new Dropout(0.1f)), new Dense(10));
        var optimizer = new Adam(2e-3f) { EmaDecay = 0.95f, GlobalClipNorm = 5, L2Penalty = 1e-5f };
        return new Trainer(network, new SoftmaxCrossEntropy { LabelSmoothing = 0.05f }, optimizer, new TrainerOptions { ThreadCount = threads });
    }

    public static FitOptions Options(string? checkpoint, int everySteps = 5, int epochs = 6, int keep = 2) => new()
    {
        Epochs = epochs,
        BatchSize = 25,
        AccumulationSteps = 2,
        Seed = 7,
        ValidationFraction = 0.1,
        EarlyStopping = new EarlyStopping { Patience = 3 },
        Schedule = LearningRateSchedule.OneCycle(momentum: (0.85, 0.95)).Times(LearningRateSchedule.ReduceOnPlateau(0.5, 0)),
        Augmentation = new ImageAugmentation { MaxShift = 2, MaxRotation = 10, Elastic = (4, 8) },
        MixupAlpha = 0.2,
        Checkpoint = checkpoint is null ? null : new CheckpointOptions { Path = checkpoint, EverySteps = everySteps, MaxToKeep = keep },
    };
}
