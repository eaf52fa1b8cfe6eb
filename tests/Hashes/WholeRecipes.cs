using System.Runtime.InteropServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Hashes;

/// <summary>Whole trainings, and what parts are made of.</summary>
internal static class WholeRecipes
{
    public static IReadOnlyList<Recipe> All { get; } =
    [
        new("training: the sample's digits, 784-128-10 with momentum", Digits),
        new("training: the lab sheet, 784-10-10, all samples at once", Lab),
        new("training: a table", Table),
        new("training: sparse rows", (width, digest) => Sparse(width, digest, 0)),
        new("training: sparse rows beside a dense block", (width, digest) => Sparse(width, digest, 6)),
        new("training: noise, dropout, normalizations, augmentation, averages, accumulation, early stopping", Everything),
        new("training: mixup", Mixup),
        new("training: deep layers whose products are cut into blocks", Deep),
        new("training: eight shards", Shards),
        new("training: L-BFGS", Lbfgs),
        new("functions of registers", Functions),
        new("functions in double precision", Doubles),
        new("random numbers", RandomNumbers),
        new("matrix products", Products),
        new("softmax of rows", SoftmaxRows),
        new("synthetic digits", (_, digest) => digest.Add(Pixels(SyntheticDigits.Create(30, 5)))),
    ];

    private static void Digits(SimdWidth width, Digest digest)
    {
        var network = new Sequential([28, 28], 42, new Dense(128, Activation.Relu), new Dense(10));
        Fit(network, new Sgd(0.07f, 0.9f), SyntheticDigits.Create(400, 1), new() { Epochs = 2, BatchSize = 64, Seed = 42 }, width, digest);
    }

    private static void Lab(SimdWidth width, Digest digest)
    {
        var start = Initializer.Uniform(-0.5f, 0.5f);
        var network = new Sequential([28, 28], 42, new Dense(10, Activation.Relu, start, start), new Dense(10, null, start, start));
        Fit(network, new Sgd(0.1f), SyntheticDigits.Create(300, 2), new() { Epochs = 12, BatchSize = 300, Seed = 42, Shuffle = false }, width, digest);
    }

    /// <summary>The estimator takes the widest registers itself; its training is computed on the given ones beside it.</summary>
    private static void Table(SimdWidth width, Digest digest)
    {
        float[] features = SampleData.Uniform(SampleData.Count * 7, 3, 0, 100);
        string[] labels = [.. SampleData.Labels(classes: 3).Select(label => ((string[])["one", "two", "three"])[label])];
        var classifier = new TabularClassifier<string>(new() { HiddenUnits = [17], BatchSize = 200, L2Penalty = 1e-4f, MaxEpochs = 5, Seed = 3, ThreadCount = 2, EmulateFusedMultiplyAdd = true });
        classifier.Fit(new ReadOnlyMatrixView(features, SampleData.Count, 7), labels);
        digest.Add(classifier.Network);
        digest.Add(classifier.Network.Predict(Dataset.FromArrays(features, [7], SampleData.Labels(classes: 3), 3), new Engine(2, width)).AsMatrix().Span);
    }

    private static void Sparse(SimdWidth width, Digest digest, int denseColumns)
    {
        var network = new Sequential([60 + denseColumns], 42, new Dense(19, Activation.Relu), new Dense(SampleData.Classes));
        Fit(network, new Adagrad(0.05f), SampleData.Sparse(60, denseColumns), new() { Epochs = 3, BatchSize = 16, Seed = 1 }, width, digest);
    }

    private static void Everything(SimdWidth width, Digest digest)
    {
        var network = new Sequential(
            [28, 28], 5, new GaussianNoise(0.1f), new Dense(48), new BatchNormalization(), new ActivationLayer(Activation.Gelu), new Dropout(0.2f),
            new Residual(new Dense(48, Activation.Tanh), new LayerNormalization(), new Dropout(0.1f)), new Dense(10));
        var optimizer = new AdamW(2e-3f) { EmaDecay = 0.95f, GlobalClipNorm = 1, L2Penalty = 1e-5f };
        Fit(network, optimizer, SyntheticDigits.Create(200, 3), new()
        {
            Epochs = 3,
            BatchSize = 25,
            AccumulationSteps = 2,
            Seed = 7,
            ValidationFraction = 0.1,
            EarlyStopping = new EarlyStopping { Patience = 3 },
            Schedule = LearningRateSchedule.OneCycle(momentum: (0.85, 0.95)).Times(LearningRateSchedule.ReduceOnPlateau(0.5, 0)),
            Augmentation = new ImageAugmentation { MaxShift = 2, MaxRotation = 10, Elastic = (4, 8) },
        }, width, digest);
    }

    private static void Mixup(SimdWidth width, Digest digest)
    {
        var network = new Sequential([28, 28], 5, new Dense(40, Activation.Relu), new Dense(10));
        var options = new FitOptions { Epochs = 2, BatchSize = 50, Seed = 7, MixupAlpha = 0.3, Augmentation = new ImageAugmentation { MaxShift = 2 } };
        Fit(network, new Adam(2e-3f), SyntheticDigits.Create(251, 6), options, width, digest);
    }

    private static void Deep(SimdWidth width, Digest digest)
    {
        var network = new Sequential([900], 8, new Dense(70, Activation.Silu), new Dense(33, Activation.Softplus), new Dense(SampleData.Classes));
        Fit(network, new RmsProp(1e-3f) { GlobalClipNorm = 0.5f }, SampleData.WithLabels([900]), new() { Epochs = 2, BatchSize = 39, Seed = 2 }, width, digest);
    }

    /// <summary>What a cluster of any number of processes computes, here one.</summary>
    private static void Shards(SimdWidth width, Digest digest)
    {
        var network = new Sequential([28, 28], 5, new Dense(30), new BatchNormalization(), new ActivationLayer(Activation.Relu), new Dropout(0.2f), new Dense(10));
        var options = new FitOptions { Epochs = 2, BatchSize = 45, Seed = 7, ValidationFraction = 0.2, Augmentation = new ImageAugmentation { MaxShift = 1 } };
        Fit(network, new AdamW(2e-3f) { EmaDecay = 0.9f, GlobalClipNorm = 1 }, SyntheticDigits.Create(150, 4), options, width, digest, new GradientExchange(Communicator.Alone));
    }

    /// <summary>It takes the widest registers itself.</summary>
    private static void Lbfgs(SimdWidth width, Digest digest)
    {
        var network = new Sequential([23], 1, new Dense(17, Activation.Tanh), new Dense(SampleData.Classes));
        new LbfgsTrainer(network, new SoftmaxCrossEntropy(), new LbfgsOptions { MaxIterations = 10, ThreadCount = 2, EmulateFusedMultiplyAdd = true }).Fit(SampleData.WithLabels([23]));
        digest.Add(network);
    }

    private static void Fit(Sequential network, Optimizer optimizer, Dataset samples, FitOptions options, SimdWidth width, Digest digest, GradientExchange? exchange = null)
    {
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), optimizer, new Engine(2, width), exchange);
        digest.Add(trainer.Fit(samples, options));
        digest.Add(network);
        digest.Add(network.Predict(samples, new Engine(2, width)).AsMatrix().Span);
        if (trainer.AveragedNetwork is not null)
            digest.Add(trainer.AveragedNetwork);
    }

    private static void Functions(SimdWidth width, Digest digest)
    {
        float[] x = new float[4096], y = new float[4096];
        for (int i = 0; i < x.Length; i++)
            x[i] = BitConverter.UInt32BitsToSingle((uint)(i * 1048573L));
        ElementPass.Run(width, default(ExpFunction), x, y);
        digest.Add(y);
        ElementPass.Run(width, default(LogFunction), x, y);
        digest.Add(y);
        ElementPass.Run(width, default(CumulativeFunction), x, y);
        digest.Add(y);
        for (int i = 0; i < x.Length; i++)
            x[i] = i * (1f / 4096);
        ElementPass.Run(width, default(SineFunction), x, y);
        digest.Add(y);
        digest.Add(RowSum.OfSquares(width, x));
    }

    private static void Doubles(SimdWidth width, Digest digest)
    {
        var random = new RandomSource(6);
        for (ulong i = 0; i < 1000; i++)
        {
            double x = random.Uniform(i);
            digest.Add(PortableMath.Exp(1500 * (x - 0.5)));
            digest.Add(PortableMath.Log(x));
            digest.Add(PortableMath.LogP1(-x));
            digest.Add(PortableMath.Pow(x, 10 * random.Uniform(1000 + i)));
            (double sine, double cosine) = PortableMath.SinCosOfTurns(10 * x);
            digest.Add(sine);
            digest.Add(cosine);
        }
    }

    private static void RandomNumbers(SimdWidth width, Digest digest)
    {
        RandomSource random = new RandomSource(3).Fork(4);
        for (ulong i = 0; i < 1000; i++)
        {
            digest.Add(random.Normal(i));
            digest.Add(random.Uniform(i));
            digest.Add(random.Below(i, 1000));
        }

        int[] order = [.. Enumerable.Range(0, 500)];
        random.Shuffle(order);
        digest.Add(MemoryMarshal.AsBytes<int>(order));
    }

    private static void Products(SimdWidth width, Digest digest)
    {
        foreach ((int rows, int depth, int columns) in (ReadOnlySpan<(int, int, int)>)[(1, 100, 65), (7, 3, 5), (13, 900, 37), (40, 33, 64), (100, 1, 1)])
        {
            float[] left = SampleData.Uniform(rows * depth, 1), right = SampleData.Uniform(depth * columns, 2), product = new float[rows * columns];
            new Engine(2, width).Multiply(new(left, rows, depth), new(right, depth, columns), new(product, rows, columns));
            digest.Add(product);
            new Engine(2, width).Multiply(new ReadOnlyMatrixView(left, depth, rows).Transposed, new ReadOnlyMatrixView(right, columns, depth).Transposed, new(product, rows, columns));
            digest.Add(product);
        }
    }

    private static void SoftmaxRows(SimdWidth width, Digest digest)
    {
        for (int length = 1; length < 70; length += 3)
        {
            float[] x = SampleData.Uniform(length, 4, -20, 20), y = new float[length];
            (double logSum, float maximum) = Softmax.Row(x, y, 1, width);
            digest.Add(y);
            digest.Add(logSum);
            digest.Add(maximum);
        }
    }

    private static float[] Pixels(Dataset digits)
    {
        var values = new float[digits.Count * digits.SampleShape.ElementCount];
        for (int i = 0; i < digits.Count; i++)
            digits.CopyFeatures(i, values.AsSpan(i * digits.SampleShape.ElementCount, digits.SampleShape.ElementCount));
        return values;
    }

    private readonly struct CumulativeFunction : IElementFunction
    {
        public TSimd Apply<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => StandardNormal.Cumulative(x);
    }

    private readonly struct SineFunction : IElementFunction
    {
        public TSimd Apply<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => SimdFunctions.SinCosOfTurns(x, out TSimd cosine) + cosine;
    }
}
