using System.Globalization;
using System.Security.Cryptography;
using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training.Cluster;

/// <summary>Trainings that an exchange runs, and what they lead to: the model file, the averaged model file, the losses and metrics of each epoch.</summary>
internal static class ClusterRecipes
{
    public static readonly Dataset Digits = SyntheticDigits.Create(150, seed: 1), Few = SyntheticDigits.Create(37, seed: 2);

    public static Dictionary<string, Func<GradientExchange?, string>> All { get; } = new()
    {
        ["dense"] = exchange => Fit(exchange, Plain(), new Sgd(0.1f, momentum: 0.9f), Digits, new() { Epochs = 2, BatchSize = 32 }),
        ["a batch smaller than the number of shards"] = exchange => Fit(exchange, Plain(), new Sgd(0.1f), Few, new() { Epochs = 1, BatchSize = 5 }),
        ["dropout, noise and augmentation"] = exchange => Fit(
            exchange, new([28, 28], 3, new GaussianNoise(0.1f), new Dense(20, Activation.Relu), new Dropout(0.3f), new Dense(10)), new Adam(2e-3f), Digits,
            new() { Epochs = 2, BatchSize = 40, Augmentation = new ImageAugmentation { MaxShift = 2, MaxRotation = 10 } }),
        ["mixup"] = exchange => Fit(
            exchange, Plain(), new Sgd(0.1f), Digits, new() { Epochs = 2, BatchSize = 40, MixupAlpha = 0.4, Metrics = [new Accuracy(), new RocAuc()] }),
        ["mixup, a single remaining sample"] = exchange => Fit(exchange, Normalized(), new Sgd(0.05f), Few, new() { Epochs = 2, BatchSize = 9, AccumulationSteps = 2, MixupAlpha = 1 }),
        ["batch normalization, accumulation, moving averages"] = exchange => Fit(
            exchange, Normalized(), new AdamW(2e-3f) { EmaDecay = 0.9f, DecoupledWeightDecay = 0.01f }, Digits, new() { Epochs = 2, BatchSize = 25, AccumulationSteps = 2, ValidationFraction = 0.2 }),
        ["batch normalization, a single remaining sample"] = exchange => Fit(exchange, Normalized(), new Sgd(0.05f), Few, new() { Epochs = 2, BatchSize = 12 }),
        ["a first layer with running statistics alone"] = exchange => Fit(
            exchange, new([28, 28], 3, new BatchNormalization(affine: false), new Dense(10)), new Sgd(0.05f), Digits, new() { Epochs = 1, BatchSize = 50 }),
        ["clipping by norm and weight decay"] = exchange => Fit(
            exchange, Plain(), new Sgd(0.1f) { GlobalClipNorm = 0.3f, L2Penalty = 1e-3f, MaxNorm = 2 }, Digits, new() { Epochs = 2, BatchSize = 33 }),
        ["a frozen layer"] = exchange => Fit(
            exchange, Plain(), new Sgd(0.1f) { ParameterGroups = [new ParameterGroup("dense1") { IsFrozen = true }] }, Digits, new() { Epochs = 1, BatchSize = 32 }),
        ["early stopping, schedule and metrics of all kinds"] = exchange => Fit(
            exchange, Plain(), new Sgd(0.5f), Digits, new()
            {
                Epochs = 6,
                BatchSize = 30,
                ValidationFraction = 0.3,
                Metrics = [new Accuracy(), new LogLoss(), new RocAuc(), new F1Score()],
                EarlyStopping = new() { Patience = 0, MinImprovement = 0.2 },
                Schedule = LearningRateSchedule.ReduceOnPlateau(0.5, 0),
            }),
        ["a validation of several blocks"] = exchange => Fit(
            exchange, Plain(), new Sgd(0.1f), Few, new() { Epochs = 1, BatchSize = 16, Validation = SyntheticDigits.Create(700, seed: 5), Metrics = [new RocAuc(), new LogLoss()] }),
        ["images"] = exchange => Fit(
            exchange, new([8, 8, 2], 3, new Conv2D(4, 3), new BatchNormalization(), new ActivationLayer(Activation.Relu), new MaxPool2D(2), new Dense(3)), new Sgd(0.05f), Pictures(),
            new() { Epochs = 1, BatchSize = 32 }),
        ["ignored labels and sample weights"] = exchange => Fit(
            exchange, new([6], 3, new Dense(8, Activation.Tanh), new Dense(3)), new Sgd(0.1f), Ignored(),
            new() { Epochs = 2, BatchSize = 21, ValidationFraction = 0.2, Metrics = [new Accuracy(), new RocAuc()] }, new SoftmaxCrossEntropy { IgnoreLabel = -1 }),
        ["sparse rows"] = exchange => Fit(exchange, new([300], 3, new Dense(12, Activation.Relu), new Dense(4)), new Adagrad(0.05f), Sparse(), new() { Epochs = 2, BatchSize = 20 }),
        ["a large layer, in two buckets"] = exchange => Fit(exchange, TwoBuckets(), new Sgd(0.1f), Few, new() { Epochs = 1, BatchSize = 19 }),
        ["a range test of learning rates"] = exchange => Rates(exchange),
        ["single steps"] = exchange => Steps(exchange),
    };

    public static Sequential Plain() => new([28, 28], 3, new Dense(20, Activation.Relu), new Dense(10));

    /// <summary>A network whose last layers are exchanged while the gradients of the first one are computed.</summary>
    public static Sequential TwoBuckets() =>
        new([28, 28], 3, new Dense(8, Activation.Relu), new Dense(550, Activation.Relu), new Dense(500, Activation.Relu), new Dense(10));

    public static Sequential Normalized() => new(
        [28, 28], 3, new Dense(20), new BatchNormalization(), new ActivationLayer(Activation.Relu), new Residual(new Dense(20, Activation.Tanh), new BatchNormalization()), new Dense(10));

    public static string Fit(GradientExchange? exchange, Sequential network, Optimizer optimizer, Dataset samples, FitOptions options, Loss? loss = null)
    {
        var trainer = new Trainer(network, loss ?? new SoftmaxCrossEntropy(), optimizer, EngineFor(exchange), exchange);
        TrainingHistory history = trainer.Fit(samples, options);
        return string.Join('\n', [Hash(network), trainer.AveragedNetwork is { } average ? Hash(average) : "", .. history.Epochs.Select(Figures)]);
    }

    public static string Hash(Sequential network)
    {
        using var file = new MemoryStream();
        network.Save(file);
        return Convert.ToHexString(SHA256.HashData(file.ToArray()));
    }

    public static string Figures(EpochRecord epoch) => $"{Figures(epoch.Training)} | {(epoch.Validation is { } validation ? Figures(validation) : "")}";

    private static string Figures(EvaluationResult result) => string.Create(
        CultureInfo.InvariantCulture, $"{result.Count} {result.Loss:R} {string.Join(' ', result.Metrics.Select(metric => result[metric].Value.ToString("R", CultureInfo.InvariantCulture)))}");

    /// <summary>One thread; with several teams, one thread for each, and a second one for one of them.</summary>
    private static Engine EngineFor(GradientExchange? exchange) => new(exchange?.TeamCount is > 1 and { } teams ? teams + 1 : 1, SimdWidths.Best);

    private static string Rates(GradientExchange? exchange)
    {
        var trainer = new Trainer(Normalized(), new SoftmaxCrossEntropy(), new Sgd(), EngineFor(exchange), exchange);
        return string.Join(' ', trainer.FindLearningRate(Digits, stepCount: 12, batchSize: 32).Points.Select(point => point.Loss.ToString("R", CultureInfo.InvariantCulture)));
    }

    private static string Steps(GradientExchange? exchange)
    {
        Sequential network = new([6], 3, new Dense(8, Activation.Tanh), new Dropout(0.2f), new Dense(2));
        var trainer = new Trainer(network, new MeanSquaredError(), new Sgd(0.1f), EngineFor(exchange), exchange);
        float[] inputs = TestValues.Uniform(6 * 11, 1), targets = TestValues.Uniform(2 * 11, 2);
        var losses = new List<double>();
        for (int step = 0; step < 3; step++)
        {
            TrainingBatch batch = trainer.Load(new ReadOnlyMatrixView(inputs, 11, 6), new ReadOnlyMatrixView(targets, 11, 2));
            losses.Add(trainer.Exchange(trainer.ComputeGradients(batch, seed: 4)).Loss);
            trainer.Update();
            losses.Add(trainer.TrainStep(new ReadOnlyMatrixView(inputs, 11, 6), new ReadOnlyMatrixView(targets, 11, 2), seed: 4));
        }

        return $"{Hash(network)} {string.Join(' ', losses.Select(loss => loss.ToString("R", CultureInfo.InvariantCulture)))}";
    }

    private static Dataset Pictures() => Dataset.FromArrays(TestValues.Uniform(70 * 128, 1), [8, 8, 2], TestValues.Labels(70, 3, 2), 3);

    private static Dataset Ignored()
    {
        const int Count = 90;
        int[] labels = [.. TestValues.Labels(Count, 3, 2).Select((label, i) => i % 4 == 1 || i is > 40 and < 47 ? -1 : label)];
        return Dataset.FromArrays(TestValues.Uniform(Count * 6, 1), [6], labels, 3, ignoreLabel: -1)
            .WithWeights([.. TestValues.Uniform(Count, 3).Select(MathF.Abs)]);
    }

    public static Dataset Sparse()
    {
        const int Count = 90, Stored = 5, Columns = 300;
        int[] offsets = [.. Enumerable.Range(0, Count + 1).Select(row => row * Stored)];
        int[] columns = [.. Enumerable.Range(0, Count * Stored).Select(i => i % Stored * (Columns / Stored) + i * 7 % 60)];
        return Dataset.FromSparse(offsets, columns, TestValues.Uniform(Count * Stored, 4), Columns, TestValues.Labels(Count, 4, 5), 4);
    }
}
