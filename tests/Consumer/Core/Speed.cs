using NeuralNetFromScratch;

namespace Consumer;

/// <summary>What tests/Consumer/measure measures.</summary>
internal static class Speed
{
    private const int Samples = 60_000, Warm = 3, Measured = 12;

    /// <summary>One prediction: all that happens between the start and the first answer.</summary>
    public static void Start()
    {
        var network = new Sequential([784], seed: 1, new Dense(128, Activation.Relu), new Dense(10)) { OutputActivation = OutputActivation.Softmax };
        var probabilities = new float[10];
        network.CreatePredictor().Predict(new float[784], probabilities);
    }

    /// <summary>Epochs of 784-128-10 in batches of 64, as on MNIST; prints the best one's seconds and the median.</summary>
    public static void Epochs(int threads)
    {
        var pixels = new byte[Samples * 784];
        var labels = new byte[Samples];
        var random = new RandomSource(1);
        for (int i = 0; i < Samples; i++)
        {
            labels[i] = (byte)(i % 10);
            for (int p = labels[i] * 78; p < labels[i] * 78 + 78; p++)
                pixels[i * 784 + p] = (byte)(random.Bits((ulong)(i * 784 + p)) & 255);
        }

        Dataset data = Dataset.FromBytes(pixels, [784], labels, 10);
        var network = new Sequential([784], seed: 42, new Dense(128, Activation.Relu), new Dense(10)) { OutputActivation = OutputActivation.Softmax };
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(learningRate: 0.01f, momentum: 0.9f), new TrainerOptions { ThreadCount = threads });
        TrainingHistory history = trainer.Fit(data, new FitOptions { Epochs = Warm + Measured, BatchSize = 64 });
        double[] seconds = [.. history.Epochs.Skip(Warm).Select(epoch => epoch.Duration.TotalSeconds).Order()];
        Console.WriteLine($"{threads} threads: best {seconds[0]:F4} s, median {seconds[Measured / 2]:F4} s");
    }
}
