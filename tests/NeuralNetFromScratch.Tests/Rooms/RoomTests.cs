namespace NeuralNetFromScratch.Tests.Rooms;

/// <summary>Parts that the library does not have yet fit in: naive versions of them, made with the public interface alone.</summary>
public class RoomTests
{
    private static readonly (Layer Layer, Shape Shape)[] Layers =
    [
        (new NaiveConv2D(filters: 3, kernelSize: 2), [4, 5, 2]), (new NaiveMaxPool2D(2), [5, 4, 3]), (new Highway(new Dense(6, Activation.Tanh)), [6]),
        (new Highway(new Dense(3, Activation.Tanh), new Dense(6)), [6]), (new NaiveSparseDense(3), [5]),
    ];

    [TestCaseSource(nameof(Layers))]
    public void Gradients_agree_with_differences(object room)
    {
        (Layer layer, Shape shape) = ((Layer, Shape))room;
        GradientReport report = GradientCheck.Run(layer, shape);
        Assert.That(report.Passed, Is.True, report.ToString());
    }

    [Test]
    public void A_network_of_pictures_is_saved_and_loaded()
    {
        string path = Path.GetTempFileName();
        try
        {
            Sequential network = Pictures();
            network.OutputActivation = OutputActivation.Softmax;
            network.Save(path);
            Sequential loaded = Sequential.Load(path, BuiltInParts.With<NaiveConv2D>().With<NaiveMaxPool2D>().With<Highway>());
            Assert.That(loaded.Summary(), Is.EqualTo(network.Summary()));
            Assert.That(loaded.Parameters.Values.ToArray(), Is.EqualTo(network.Parameters.Values.ToArray()));
            Assert.That(loaded.Predict(Stripes(5, seed: 3)).AsMatrix().Span.ToArray(), Is.EqualTo(network.Predict(Stripes(5, seed: 3)).AsMatrix().Span.ToArray()));
            Assert.That(() => Sequential.Load(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("naive-conv2d"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void A_network_of_pictures_learns_with_the_same_bits_on_any_number_of_threads()
    {
        (Sequential one, double accuracy) = Train(threads: 1);
        (Sequential three, _) = Train(threads: 3);
        Assert.That(accuracy, Is.GreaterThan(0.9));
        Assert.That(three.Parameters.Values.ToArray(), Is.EqualTo(one.Parameters.Values.ToArray()));

        static (Sequential, double) Train(int threads)
        {
            Sequential network = Pictures();
            var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(0.01f), new TrainerOptions { ThreadCount = threads });
            trainer.Fit(Stripes(200, seed: 1), new FitOptions { Epochs = 5, BatchSize = 20 });
            return (network, network.Evaluate(Stripes(100, seed: 2)).Accuracy);
        }
    }

    [Test]
    public void A_first_layer_reads_a_dense_block_and_sparse_rows_with_the_bits_of_the_dense_form()
    {
        const int Count = 40, DenseColumns = 3, SparseColumns = 50, Stored = 4;
        var random = new RandomSource(seed: 1);
        float[] dense = [.. Enumerable.Range(0, Count * DenseColumns).Select(i => (float)random.Normal((ulong)i))];
        int[] offsets = [.. Enumerable.Range(0, Count + 1).Select(i => i * Stored)], labels = [.. Enumerable.Range(0, Count).Select(i => i % 2)];
        int[] columns = [.. Enumerable.Range(0, Count * Stored).Select(i => i % Stored * 12 + random.Fork(1).Below((ulong)i, 12))];
        float[] values = [.. Enumerable.Range(0, Count * Stored).Select(i => (float)random.Fork(2).Normal((ulong)i))];
        var whole = new float[Count * (DenseColumns + SparseColumns)];
        for (int i = 0; i < Count * Stored; i++)
            whole[i / Stored * (DenseColumns + SparseColumns) + DenseColumns + columns[i]] = values[i];
        for (int i = 0; i < dense.Length; i++)
            whole[i / DenseColumns * (DenseColumns + SparseColumns) + i % DenseColumns] = dense[i];

        int sparseBatches = 0;
        float[] sparse = Train(Dataset.FromSparse(offsets, columns, values, SparseColumns, labels, classCount: 2, dense), () => sparseBatches++);
        Assert.That(sparseBatches, Is.GreaterThan(0));
        Assert.That(sparse, Is.EqualTo(Train(Dataset.FromArrays(whole, [DenseColumns + SparseColumns], labels, classCount: 2), Assert.Fail)));

        static float[] Train(Dataset data, Action onSparseRows)
        {
            var network = new Sequential([DenseColumns + SparseColumns], seed: 1, new NaiveSparseDense(6, onSparseRows), new ActivationLayer(Activation.Tanh), new Dense(2));
            new Trainer(network, new SoftmaxCrossEntropy(), new Adam(0.01f)).Fit(data, new FitOptions { Epochs = 3, BatchSize = 16 });
            return network.Parameters.Values.ToArray();
        }
    }

    private static Sequential Pictures() => new(
        [8, 7, 1], seed: 1, new NaiveConv2D(4, kernelSize: 3), new ActivationLayer(Activation.Relu), new NaiveMaxPool2D(2), new Flatten(), new Highway(new Dense(24, Activation.Tanh)), new Dense(2));

    /// <summary>Pictures of noise with a horizontal or a vertical stripe.</summary>
    private static Dataset Stripes(int count, ulong seed)
    {
        var random = new RandomSource(seed);
        var pixels = new float[count * 56];
        for (int i = 0; i < pixels.Length; i++)
        {
            int sample = i / 56, row = i % 56 / 7, column = i % 7, place = random.Fork(1).Below((ulong)sample, 7);
            pixels[i] = (float)(0.3 * random.Normal((ulong)i)) + ((sample % 2 == 0 ? row : column) == place ? 1 : 0);
        }

        return Dataset.FromArrays(pixels, [8, 7, 1], [.. Enumerable.Range(0, count).Select(i => i % 2)], classCount: 2);
    }
}
