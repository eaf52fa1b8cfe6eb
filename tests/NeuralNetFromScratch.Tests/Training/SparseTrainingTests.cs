using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training;

/// <summary>A training on sparse or mixed samples has the bits of the training on their dense form, up to the sign of a zero.</summary>
public class SparseTrainingTests
{
    /// <summary>The first 40 samples are empty, so that whole batches are where the order is kept; 230 is no multiple of any batch or block.</summary>
    private static readonly SparseSamples Samples = new(count: 230, columns: 53, denseColumns: 4, classCount: 3, seed: 2, emptyRows: 40);

    private static readonly (string Name, Func<Layer[]> Layers)[] Networks =
    [
        ("dense", () => [new Dense(21, Activation.Relu), new Dense(3)]),
        ("standardized", () => [new Standardization([1, 2, 3, 4], [2, 0.5f, 1, 3]), new Dense(8, Activation.Gelu), new Dropout(0.2f), new Dense(3)]),
        ("dropout", () => [new Dropout(0.3f), new Dense(8, Activation.Tanh), new Dense(3)]),
        ("residual", () => [new Residual(new Dense(53, Activation.Tanh)), new Dense(3)]),
        ("normalized", () => [new Dense(8), new BatchNormalization(), new ActivationLayer(Activation.Relu), new Dense(3)]),
    ];

    private static readonly (string Name, Func<Optimizer> Create)[] Optimizers =
        [("momentum", () => new Sgd(0.1f, 0.9f)), ("adam", () => new Adam(0.01f))];

    [Test]
    public void Whole_trainings_have_the_same_bits(
        [Values("dense", "standardized", "dropout", "residual", "normalized")] string network, [Values("momentum", "adam")] string optimizer, [Values(1, 2, 3, 7)] int threads)
    {
        foreach ((int batchSize, int accumulation, bool shuffles) in ((int, int, bool)[])[(31, 1, true), (17, 3, false), (230, 1, true)])
        {
            var options = new FitOptions { Epochs = 2, BatchSize = batchSize, AccumulationSteps = accumulation, Shuffle = shuffles, Seed = 4 };
            float[] expected = Train(Samples.Dense, network, optimizer, threads, options);
            Assert.That(Train(Samples.Sparse, network, optimizer, threads, options), Is.EqualTo(expected), $"sparse, batches of {batchSize}");
            Assert.That(Train(Samples.Mixed, network, optimizer, threads, options), Is.EqualTo(expected), $"mixed, batches of {batchSize}");
        }
    }

    [Test]
    public void Weighted_subsets_with_dense_targets_have_the_same_bits()
    {
        Assert.That(Fit(Samples.MixedTargets), Is.EqualTo(Fit(Samples.DenseTargets)));

        static float[] Fit(Dataset data)
        {
            var network = new Sequential([53], 1, new Dense(9, Activation.Tanh), new Dense(3));
            var trainer = new Trainer(network, new MeanSquaredError(), new Sgd(0.1f, 0.9f), new Engine(2, SimdWidths.Best));
            trainer.Fit(data.WithWeights(Samples.Weights).Split(0.3, 1).Remaining, new FitOptions { Epochs = 3, BatchSize = 19 });
            return [.. network.Parameters.Values, .. network.Predict(data).AsMatrix().Span, (float)network.Evaluate(data, new MeanSquaredError()).Loss];
        }
    }

    [Test]
    public void Evaluation_and_prediction_have_the_same_bits([Values("dense", "standardized", "dropout", "residual", "normalized")] string name, [Values(1, 3)] int threads)
    {
        Sequential network = Network(name);
        network.OutputActivation = OutputActivation.Softmax;
        var engine = new Engine(threads, SimdWidths.Best);
        EvaluationResult expected = network.Evaluate(Samples.Dense, engine: engine);
        foreach (Dataset data in (Dataset[])[Samples.Sparse, Samples.Mixed])
        {
            EvaluationResult actual = network.Evaluate(data, engine: engine);
            Assert.That((actual.Loss, actual.Accuracy), Is.EqualTo((expected.Loss, expected.Accuracy)));
            Assert.That(network.Predict(data, engine).AsMatrix().Span.ToArray(), Is.EqualTo(network.Predict(Samples.Dense, engine).AsMatrix().Span.ToArray()));
        }
    }

    [Test]
    public void An_interrupted_training_goes_on_with_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("checkpoint");
        var options = new FitOptions { Epochs = 4, BatchSize = 31, Seed = 5, Validation = Samples.Mixed };
        Sequential whole = Network("standardized"), first = Network("standardized"), second = Network("standardized");
        Trainer(whole).Fit(Samples.Mixed, options);
        Trainer(first).Fit(Samples.Mixed, options with { Epochs = 2, Checkpoint = new CheckpointOptions { Path = path } });
        Trainer(second).Resume(path, Samples.Mixed, options with { Checkpoint = null });
        Assert.That(second.Parameters.Values.ToArray(), Is.EqualTo(whole.Parameters.Values.ToArray()));

        static Trainer Trainer(Sequential network) => new(network, new SoftmaxCrossEntropy(), new Adam(0.01f), new Engine(2, SimdWidths.Best));
    }

    [Test]
    public void Steps_on_memory_of_the_callers_have_the_same_bits()
    {
        (int[] offsets, int[] columns, float[] values, float[] dense) = Samples.Parts(4);
        Sequential mixed = Network("standardized"), plain = Network("standardized");
        var mixedTrainer = new Trainer(mixed, new SoftmaxCrossEntropy(), new Adam(0.01f));
        var plainTrainer = new Trainer(plain, new SoftmaxCrossEntropy(), new Adam(0.01f));
        for (int step = 0; step < 3; step++)
        {
            float loss = mixedTrainer.TrainStep(new BatchView(new ReadOnlyMatrixView(dense, 230, 4), new SparseRowsView(offsets, columns, values, 49)), Samples.Labels);
            Assert.That(loss, Is.EqualTo(plainTrainer.TrainStep(new ReadOnlyMatrixView(Samples.Features, 230, 53), Samples.Labels)));
        }

        Assert.That(mixed.Parameters.Values.ToArray(), Is.EqualTo(plain.Parameters.Values.ToArray()));
    }

    [Test]
    public void A_step_on_sparse_samples_allocates_nothing_once_warm()
    {
        var engine = new Engine(2, SimdWidths.Best);
        var trainer = new Trainer(Network("standardized"), new SoftmaxCrossEntropy(), new Adam(0.01f), engine);
        int[] indices = [.. Enumerable.Range(0, 200)];
        Dataset data = Samples.Mixed;
        Assert.That(
            Allocation.Least(engine, () =>
            {
                trainer.ComputeGradients(trainer.Load(data, indices));
                trainer.Update();
            }),
            Is.Zero);
    }

    [Test]
    public void No_dense_copy_of_a_sparse_data_set_is_made()
    {
        // 400 samples of 100,000 columns would take 160 MB, a block of 192 rows 77.
        const int Count = 400, Columns = 100_000, Stored = 10;
        int[] offsets = [.. Enumerable.Range(0, Count + 1).Select(i => i * Stored)];
        int[] columns = [.. Enumerable.Range(0, Count * Stored).Select(i => i % Stored * (Columns / Stored) + i * 7919 % (Columns / Stored))];
        Dataset data = Dataset.FromSparse(offsets, columns, TestValues.Uniform(Count * Stored, 1), Columns, TestValues.Labels(Count, 2, 2), 2, TestValues.Uniform(2 * Count, 3));
        var network = new Sequential([2 + Columns], 1, new Standardization([1, 2], [3, 4]), new Dense(2));
        var engine = new Engine(2, SimdWidths.Best);
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f), engine);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        trainer.Fit(data, new FitOptions { Epochs = 1, BatchSize = 200, Validation = data });
        network.Evaluate(data, engine: engine);
        network.Predict(data, engine);
        Assert.That(GC.GetTotalAllocatedBytes(precise: true) - before, Is.LessThan(10_000_000));
    }

    [Test]
    public void Sparse_samples_are_not_augmented()
    {
        var trainer = new Trainer(Network("dense"), new SoftmaxCrossEntropy(), new Sgd(0.1f));
        Assert.That(
            () => trainer.Fit(Samples.Mixed, new FitOptions { Epochs = 1, Augmentation = new Negation() }),
            Throws.ArgumentException.With.Message.Contains("an augmentation changes dense samples, but 49 columns of the data set are sparse"));
    }

    private static float[] Train(Dataset data, string network, string optimizer, int threads, FitOptions options)
    {
        Sequential trained = Network(network);
        new Trainer(trained, new SoftmaxCrossEntropy(), Optimizers.First(one => one.Name == optimizer).Create(), new Engine(threads, SimdWidths.Best)).Fit(data, options);
        return trained.Parameters.Values.ToArray();
    }

    private static Sequential Network(string name) => new([53], 3, Networks.First(network => network.Name == name).Layers());

    private sealed class Negation() : Augmentation(new Settings("negation"))
    {
        public override void Apply(ReadOnlySpan<float> sample, Shape sampleShape, Span<float> result, RandomSource random, Span<float> scratch) =>
            System.Numerics.Tensors.TensorPrimitives.Negate(sample, result);
    }
}
