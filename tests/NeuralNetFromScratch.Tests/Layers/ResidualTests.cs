using System.Numerics.Tensors;
using NeuralNetFromScratch.Tests.Reference;
using NeuralNetFromScratch.Tests.Training;

namespace NeuralNetFromScratch.Tests.Layers;

public class ResidualTests
{
    [Test]
    public void Gradients_agree_with_differences([Values(1, 2, 3)] int depth)
    {
        Layer[] layers = [new Dense(9, Activation.Tanh), new ScaleLayer(), new Dense(6, Activation.Silu)];
        LayerCheck.Gradients(new Residual(layers[^depth..]), [6], batch: 4);
        LayerCheck.Gradients(new Residual(new Residual(new Dense(5, Activation.Tanh), new Dense(6)), new LayerNormalization()), [6], batch: 4);
    }

    [Test]
    public void It_is_the_input_plus_the_block()
    {
        var block = new Sequential([6], 3, new Dense(9, Activation.Relu), new Dense(6)) { OutputActivation = OutputActivation.None };
        var network = new Sequential([6], 3, new Residual(new Dense(9, Activation.Relu), new Dense(6))) { OutputActivation = OutputActivation.None };
        Assert.That(network.Parameters.Select(parameter => parameter.Name), Is.EqualTo((string[])
            ["residual1.dense1.weight", "residual1.dense1.bias", "residual1.dense2.weight", "residual1.dense2.bias"]));
        block.Parameters.Values.CopyTo(network.Parameters.Values);
        float[] x = TestValues.Uniform(18, 1);
        float[] expected = [.. x.Zip(block.Predict(Tensor.Create<float>(x, [3, 6])).AsMatrix().Span.ToArray(), (a, b) => a + b)];
        Assert.That(network.Predict(Tensor.Create<float>(x, [3, 6])).AsMatrix().Span.ToArray(), Is.EqualTo(expected).Within(1e-7));
    }

    [Test]
    public void A_block_must_keep_the_shape_and_have_layers()
    {
        Assert.That(() => new Sequential([6], 0, new Residual(new Dense(5))), Throws.ArgumentException.With.Message.Contains("residual1: expected a block from [6]"));
        Assert.That(() => new Residual(), Throws.ArgumentException);
        Assert.That(() => new Residual((Layer)null!), Throws.ArgumentException);
        Assert.That(() => new Residual(null!), Throws.ArgumentNullException);
    }

    [Test]
    public void It_needs_the_whole_batch_where_a_layer_within_does()
    {
        Assert.That(new Residual(new Dense(3)).MixesSamples, Is.False);
        Assert.That(new Residual(new Dense(3), new BatchNormalization()).MixesSamples, Is.True);
    }
}
