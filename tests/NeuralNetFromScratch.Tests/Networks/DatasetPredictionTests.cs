using System.Numerics.Tensors;
using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Networks;

/// <summary>Predictions over whole data sets.</summary>
public class DatasetPredictionTests
{
    [Test]
    public void Predictions_take_one_thread_for_each_caller_and_each_part_of_a_data_set()
    {
        var spy = new ThreadSpy();
        var network = new Sequential([3], 1, spy) { OutputActivation = OutputActivation.None };
        network.Predict(new float[300 * 3], new float[300 * 3]);
        network.CreatePredictor(256).Predict(new float[300 * 3], new float[300 * 3]);
        network.Predict(Dataset.FromArrays(new float[600 * 3], [3], new int[600], 3), new Engine(2, SimdWidths.Best));
        Assert.That(spy.ThreadCounts, Is.Not.Empty.And.All.EqualTo(1));
    }

    [Test]
    public void Predictions_of_a_data_set_are_those_of_its_samples([Values(1, 255, 256, 257, 700)] int count, [Values(1, 2)] int threads)
    {
        Dataset data = Separable(count);
        Sequential network = Network();
        network.OutputActivation = OutputActivation.Softmax;
        Tensor<float> all = network.Predict(data, new Engine(threads, SimdWidths.Best));
        float[] sample = new float[20];
        for (int i = 0; i < count; i += 50)
        {
            data.CopyFeatures(i, sample);
            Assert.That(all.AsMatrix().Row(i).ToArray(), Is.EqualTo(network.Predict(Tensor.Create<float>(sample, [20])).AsMatrix().Span.ToArray()));
        }
    }

    [Test]
    public void Multi_label_predictions_are_probabilities_of_their_own()
    {
        var network = new Sequential([1], 1, new Dense(2)) { OutputActivation = OutputActivation.Sigmoid };
        network.Parameters["dense1.weight"].Values.Clear();
        network.Parameters["dense1.bias"].Values[1] = 2;
        Assert.That(network.Predict(Tensor.Create<float>([1], [1, 1])).AsMatrix().Span.ToArray(), Is.EqualTo((double[])[0.5, 1 / (1 + Math.Exp(-2))]).Within(1e-6));
    }

    private static Sequential Network() => new([20], 1, new Dense(15, Activation.Relu), new Dense(4));

    /// <summary>Four classes, each with its own corner of the space.</summary>
    private static Dataset Separable(int count)
    {
        float[] features = TestValues.Uniform(count * 20, 9);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % 4)];
        for (int i = 0; i < count; i++)
            features[i * 20 + labels[i]] += 3;
        return Dataset.FromArrays(features, [20], labels, 4);
    }

    private sealed class ThreadSpy() : Layer(new Settings("spy"))
    {
        public System.Collections.Concurrent.ConcurrentBag<int> ThreadCounts { get; } = [];

        public override Shape OutputShape(Shape inputShape) => inputShape;

        public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
        {
            ThreadCounts.Add(context.Engine.ThreadCount);
            input.Span.CopyTo(output.Span);
        }

        public override void Backward(
            in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient) => throw new NotSupportedException();
    }
}
