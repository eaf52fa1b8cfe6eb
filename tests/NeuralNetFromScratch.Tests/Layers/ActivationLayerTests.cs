using System.Numerics.Tensors;

namespace NeuralNetFromScratch.Tests.Layers;

public class ActivationLayerTests
{
    private static readonly Activation[] Smooth = [Activation.Sigmoid, Activation.Tanh, Activation.Silu, Activation.Gelu, Activation.GeluTanh, Activation.Softplus, new SwishActivation()];

    [TestCaseSource(nameof(Smooth))]
    public void Gradients_agree_with_differences(Activation activation) => LayerCheck.Gradients(new ActivationLayer(activation), [7], batch: 5);

    [TestCaseSource(nameof(Smooth))]
    public void It_computes_what_the_fused_activation_computes(Activation activation)
    {
        var fused = new Sequential([6], 1, new Dense(5, activation, Initializer.HeNormal)) { OutputActivation = OutputActivation.Softmax };
        var apart = new Sequential([6], 1, new Dense(5, null, Initializer.HeNormal), new ActivationLayer(activation)) { OutputActivation = OutputActivation.Softmax };
        var input = Tensor.Create<float>(Reference.TestValues.Uniform(18, 1), [3, 6]);
        Assert.That(apart.Predict(input).AsMatrix().Span.ToArray(), Is.EqualTo(fused.Predict(input).AsMatrix().Span.ToArray()).Within(1e-7));
    }

    [Test]
    public void No_gradient_is_written_where_none_is_wanted()
    {
        var run = new LayerRun(new ActivationLayer(Activation.Tanh), [4], 2, new Engine(1), 1);
        run.Forward();
        Assert.That(() => run.Backward(new float[8], wantsInputGradient: false), Throws.Nothing);
        Assert.That(run.InputGradient, Is.All.NaN);
    }

    [Test]
    public void An_activation_is_needed() => Assert.That(() => new ActivationLayer(null!), Throws.ArgumentNullException);
}
