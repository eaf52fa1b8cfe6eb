using System.Numerics.Tensors;
using NeuralNetFromScratch.Tests.Layers;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Networks;

public class SequentialTests
{
    [Test]
    public void Parameters_are_named_by_layer_and_lie_in_the_order_of_the_layers()
    {
        Sequential network = Small();
        Assert.That(network.Parameters.Select(parameter => parameter.ToString()),
            Is.EqualTo((string[])["dense1.weight [6, 5]", "dense1.bias [5]", "dense2.weight [5, 3]", "dense2.bias [3]"]));
        Assert.That(network.Parameters.Select(parameter => parameter.Offset), Is.Ordered);
        Assert.That(network.Parameters.TrainableCount, Is.EqualTo(30 + 5 + 15 + 3));
        Assert.That(network.Parameters.Select(parameter => parameter.Offset % 16), Is.All.Zero);
        Assert.That(() => network.Parameters["dense3.weight"], Throws.InstanceOf<KeyNotFoundException>().With.Message.Contains("dense1.weight, dense1.bias"));
    }

    [Test]
    public void One_seed_gives_one_network()
    {
        int[] first = TestValues.Bits(Small(1).Parameters.Values), again = TestValues.Bits(Small(1).Parameters.Values);
        Assert.That(again, Is.EqualTo(first));
        Assert.That(TestValues.Bits(Small(2).Parameters.Values), Is.Not.EqualTo(first));
    }

    [Test]
    public void Predictions_are_softmax_probabilities_of_the_formula()
    {
        Sequential network = Small();
        float[] input = TestValues.Uniform(4 * 6, 3);
        Tensor<float> output = network.Predict(Tensor.Create<float>([.. input], [4, 6]));
        Expected(network, input, 4, softmax: true).AssertClose(output.AsMatrix().Span, 1e-6, "probabilities");
        Assert.That(output.Lengths.ToArray(), Is.EqualTo((nint[])[4, 3]));
    }

    [Test]
    public void Without_a_transform_predictions_are_the_outputs()
    {
        var network = new Sequential([6], 1, new Dense(5, Activation.Relu), new Dense(3)) { OutputActivation = OutputActivation.None };
        float[] input = TestValues.Uniform(4 * 6, 3);
        Expected(network, input, 4, softmax: false).AssertClose(network.Predict(Tensor.Create<float>([.. input], [4, 6])).AsMatrix().Span, 1e-6, "outputs");
    }

    [Test]
    public void Samples_may_have_several_dimensions_and_come_alone_or_flat()
    {
        var network = new Sequential([2, 3], 1, new Dense(4)) { OutputActivation = OutputActivation.Softmax };
        Assert.That(network.Predict(Tensor.CreateFromShape<float>([2, 3])).Lengths.ToArray(), Is.EqualTo((nint[])[1, 4]));
        Assert.That(network.Predict(Tensor.CreateFromShape<float>([5, 2, 3])).Lengths.ToArray(), Is.EqualTo((nint[])[5, 4]));
        Assert.That(network.Predict(Tensor.CreateFromShape<float>([5, 6])).Lengths.ToArray(), Is.EqualTo((nint[])[5, 4]));
        Assert.That(network.Predict(Tensor.CreateFromShape<float>([0, 6])).Lengths.ToArray(), Is.EqualTo((nint[])[0, 4]));
        Assert.That(() => network.Predict(Tensor.CreateFromShape<float>([5, 7])), Throws.ArgumentException.With.Message.Contains("dense1: expected input [batch, 2, 3], got [5, 7]"));
    }

    [Test]
    public void A_large_batch_has_the_bits_of_single_predictions()
    {
        var network = new Sequential([30], 1, new Dense(20, new SwishActivation()), new Dense(10)) { OutputActivation = OutputActivation.Softmax };
        float[] inputs = TestValues.Uniform(700 * 30, 3);
        Tensor<float> together = network.Predict(Tensor.Create<float>(inputs, [700, 30]));
        Predictor predictor = network.CreatePredictor();
        float[] alone = new float[7000];
        for (int i = 0; i < 700; i++)
            predictor.Predict(inputs.AsSpan(i * 30, 30), alone.AsSpan(i * 10, 10));
        Assert.That(TestValues.Bits(alone), Is.EqualTo(TestValues.Bits(together.AsMatrix().Span)));
    }

    [Test]
    public void The_first_prediction_of_a_sample_allocates_nothing_either()
    {
        var network = new Sequential([784], 1, new Dense(128, Activation.Relu), new Dense(10)) { OutputActivation = OutputActivation.Softmax };
        float[] input = new float[784], output = new float[10];
        // What the runtime allocates when it compiles.
        network.CreatePredictor().Predict(input, output);
        var allocated = new List<long>();
        foreach (Predictor fresh in (Predictor[])[network.CreatePredictor(), network.CreatePredictor(), network.CreatePredictor()])
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            fresh.Predict(input, output);
            allocated.Add(GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.That(allocated, Has.Some.Zero);
    }

    [Test]
    public void A_predictor_allocates_nothing()
    {
        Predictor predictor = Small().CreatePredictor(8);
        float[] input = TestValues.Uniform(48, 3), output = new float[24];
        Assert.That(Allocation.Least(() => predictor.Predict(input, output)), Is.Zero);
    }

    [Test]
    public void Many_threads_may_predict_at_once()
    {
        Sequential network = Small();
        float[] input = TestValues.Uniform(60, 3);
        int[] expected = TestValues.Bits(network.Predict(Tensor.Create<float>(input, [10, 6])).AsMatrix().Span);
        Parallel.For(0, 200, _ =>
            Assert.That(TestValues.Bits(network.Predict(Tensor.Create<float>([.. input], [10, 6])).AsMatrix().Span), Is.EqualTo(expected)));
    }

    [Test]
    public void The_summary_lists_layers_shapes_parameters_and_memory()
    {
        string[] lines = new Sequential([784], 1, new Dense(128, Activation.Relu), new Dense(10)) { OutputActivation = OutputActivation.Softmax }.Summary().Split('\n');
        Assert.That(lines[2], Is.EqualTo("dense1  dense(units=128, activation=relu)  [128]      100,480  392.5 KB"));
        Assert.That(lines[5], Is.EqualTo("total   input [784]                                   101,770  397.5 KB"));
    }

    [Test]
    public void An_invalid_network_is_refused()
    {
        Assert.That(() => new Sequential([6], 1) { OutputActivation = OutputActivation.Softmax }, Throws.ArgumentException.With.Message.Contains("at least one layer"));
        Assert.That(() => new Sequential([0], 1, new Dense(3)) { OutputActivation = OutputActivation.Softmax }, Throws.ArgumentException.With.Message.Contains("at least one value"));
        Assert.That(() => new Sequential([6], 1, new Dense(3), null!) { OutputActivation = OutputActivation.Softmax }, Throws.ArgumentException.With.Message.Contains("layer 1 is null"));
        Assert.That(() => Small().CreatePredictor(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Small().CreatePredictor().Predict(new float[7], new float[3]), Throws.ArgumentException.With.Message.Contains("samples of 6 values"));
        Assert.That(() => Small().CreatePredictor().Predict(new float[6], new float[4]), Throws.ArgumentException.With.Message.Contains("a span of 1 × 3"));
    }

    private static Sequential Small(ulong seed = 1) => new([6], seed, new Dense(5, Activation.Relu), new Dense(3)) { OutputActivation = OutputActivation.Softmax };

    private static DoubleMatrix Expected(Sequential network, float[] input, int batch, bool softmax)
    {
        DoubleMatrix x = DoubleMatrix.From(input, batch, 6);
        for (int layer = 0; layer < 2; layer++)
        {
            Parameter weight = network.Parameters[2 * layer], bias = network.Parameters[2 * layer + 1];
            DoubleMatrix product = x.Times(DoubleMatrix.From(weight.Values, weight.Shape[0], weight.Shape[1]));
            float[] b = bias.Values.ToArray();
            x = DoubleMatrix.Build(batch, b.Length, (i, j) => product[i, j] + b[j]);
            if (layer == 0)
                x = x.Map(z => Math.Max(z, 0));
        }

        if (!softmax)
            return x;
        DoubleMatrix exponentials = x.Map(Math.Exp), sums = exponentials.RowSums();
        return DoubleMatrix.Build(batch, 3, (i, j) => exponentials[i, j] / sums[i, 0]);
    }
}
