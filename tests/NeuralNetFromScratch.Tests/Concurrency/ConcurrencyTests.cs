using System.Collections.Concurrent;
using System.Numerics.Tensors;
using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Concurrency;

/// <summary>Many threads at once get, to the bit, what each would get alone.</summary>
public class ConcurrencyTests
{
    private const int Samples = 60, Rounds = 40;

    [Test]
    public void Threads_predict_on_one_network_while_others_train_their_own()
    {
        Dataset data = SyntheticDigits.Create(Samples, 3);
        Sequential shared = Network(1);
        float[] inputs = Features(data), expected = shared.Predict(Tensor.Create<float>(inputs, [Samples, 28, 28])).AsMatrix().Span.ToArray();
        int[][] trained = [.. Enumerable.Range(0, 4).Select(seed => Train(data, (ulong)seed, threads: 1))];

        var work = new List<Action>();
        for (int thread = 0; thread < 6; thread++)
        {
            int batch = 1 + 7 * thread;
            work.Add(() =>
            {
                Predictor predictor = shared.CreatePredictor(batch);
                for (int round = 0; round < Rounds; round++)
                {
                    float[] outputs = TestValues.Poison(expected.Length);
                    predictor.Predict(inputs, outputs);
                    Assert.That(TestValues.Bits(outputs), Is.EqualTo(TestValues.Bits(expected)));
                }
            });
        }

        for (int thread = 0; thread < 3; thread++)
        {
            // These share the network itself, which hands out its idle predictor.
            work.Add(() =>
            {
                for (int round = 0; round < Rounds; round++)
                    Assert.That(TestValues.Bits(shared.Predict(Tensor.Create<float>(inputs, [Samples, 28, 28])).AsMatrix().Span), Is.EqualTo(TestValues.Bits(expected)));
            });
        }

        for (int training = 0; training < trained.Length; training++)
        {
            int seed = training;
            work.Add(() => Assert.That(Train(data, (ulong)seed, threads: 1 + seed), Is.EqualTo(trained[seed])));
        }

        RunAtOnce(work);
    }

    [Test]
    public void Threads_evaluate_save_and_load_one_network_at_once()
    {
        Dataset data = SyntheticDigits.Create(Samples, 3);
        Sequential shared = Network(1);
        double loss = shared.Evaluate(data).Loss;
        using var folder = new Tests.Data.TemporaryFolder();
        RunAtOnce([.. Enumerable.Range(0, 8).Select(thread => (Action)(() =>
        {
            for (int round = 0; round < 5; round++)
            {
                // All write to one name: whoever comes last wins, and nobody reads half a file.
                string path = folder.File("model.safetensors");
                shared.Save(path);
                Sequential loaded = Sequential.Load(path);
                Assert.That(loaded.Evaluate(data).Loss, Is.EqualTo(loss));
            }
        }))]);
        Assert.That(folder.FileNames, Is.EqualTo((string[])["model.safetensors"]));
    }

    [Test]
    public void One_engine_serves_several_threads_one_after_the_other()
    {
        var engine = new Engine(3, SimdWidths.Best);
        float[] left = TestValues.Uniform(90 * 80, 1), right = TestValues.Uniform(80 * 70, 2), expected = new float[90 * 70];
        new Engine(1).Multiply(new(left, 90, 80), new(right, 80, 70), new(expected, 90, 70));
        RunAtOnce([.. Enumerable.Range(0, 6).Select(thread => (Action)(() =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                float[] product = TestValues.Poison(90 * 70);
                engine.Multiply(new(left, 90, 80), new(right, 80, 70), new(product, 90, 70));
                Assert.That(TestValues.Bits(product), Is.EqualTo(TestValues.Bits(expected)));
            }
        }))]);
    }

    private static int[] Train(Dataset data, ulong seed, int threads)
    {
        Sequential network = Network(seed);
        new Trainer(network, new SoftmaxCrossEntropy(), new Adam(), new Engine(threads, SimdWidths.Best))
            .Fit(data, new FitOptions { Epochs = 4, BatchSize = 16, Seed = seed });
        return TestValues.Bits(network.Parameters.Values);
    }

    private static Sequential Network(ulong seed) =>
        new([28, 28], seed, new Dense(64, Activation.Relu), new BatchNormalization(), new Dropout(0.2f), new Dense(10)) { OutputActivation = OutputActivation.Softmax };

    private static float[] Features(Dataset data)
    {
        var features = new float[data.Count * data.SampleShape.ElementCount];
        for (int i = 0; i < data.Count; i++)
            data.CopyFeatures(i, features.AsSpan(i * data.SampleShape.ElementCount, data.SampleShape.ElementCount));
        return features;
    }

    /// <summary>Runs all at the same time, each on a thread of its own, and throws what any of them threw.</summary>
    private static void RunAtOnce(List<Action> work)
    {
        using var start = new Barrier(work.Count);
        var failures = new ConcurrentQueue<Exception>();
        Thread[] threads = [.. work.Select(action => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failures.Enqueue(exception);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.That(failures, Is.Empty);
    }
}
