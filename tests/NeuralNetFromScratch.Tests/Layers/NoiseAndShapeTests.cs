using System.Numerics.Tensors;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Layers;

public class NoiseAndShapeTests
{
    private static readonly Layer[] Simple = [new Flatten(), new GaussianNoise(0.3f), new Standardization([1, 2, -1], [2, 0, 0.5f])];

    [TestCaseSource(nameof(Simple))]
    public void Gradients_agree_with_differences(Layer layer) => LayerCheck.Gradients(layer, [3], batch: 5);

    [Test]
    public void Noise_has_mean_zero_and_its_deviation([Values(1, 100, 255, 256, 257, 700)] int width)
    {
        int batch = 200_000 / width;
        var run = new LayerRun(new GaussianNoise(0.5f), [width], batch, new Engine(1), 1);
        Array.Clear(run.Input);
        run.Forward();
        double mean = run.Output.Average(), variance = run.Output.Average(value => (double)value * value), fourth = run.Output.Average(value => Math.Pow(value, 4));
        Assert.That(mean, Is.EqualTo(0).Within(0.006));
        Assert.That(variance, Is.EqualTo(0.25).Within(0.005));
        Assert.That(fourth / (variance * variance), Is.EqualTo(3).Within(0.1), "a normal distribution's tails");
        Assert.That(run.Output.Distinct().Count(), Is.GreaterThan(0.98 * run.Output.Length), "each element has noise of its own");
    }

    [Test]
    public void A_samples_noise_depends_on_its_number_in_the_step_alone()
    {
        var whole = new LayerRun(new GaussianNoise(1), [300], 8, new Engine(1), 1);
        var second = new LayerRun(new GaussianNoise(1), [300], 4, new Engine(1), 1) { SampleOffset = 4 };
        Array.Clear(whole.Input);
        Array.Clear(second.Input);
        whole.Forward();
        second.Forward();
        Assert.That(second.Output, Is.EqualTo(whole.Output[1200..]));
        Assert.That(second.Output, Is.Not.EqualTo(whole.Output[..1200]));
    }

    [Test]
    public void Without_training_there_is_no_noise()
    {
        var run = new LayerRun(new GaussianNoise(1), [10], 3, new Engine(1), 1);
        run.Forward(isTraining: false);
        Assert.That(run.Output, Is.EqualTo(run.Input));
    }

    [Test]
    public void Flatten_makes_a_vector()
    {
        var network = new Sequential([2, 3], 0, new Flatten(), new Dense(4)) { OutputActivation = OutputActivation.Softmax };
        Assert.That(new Flatten().OutputShape([2, 3]), Is.EqualTo((Shape)Shape.Create([6])));
        var plain = new Sequential([2, 3], 0, new Dense(4)) { OutputActivation = OutputActivation.Softmax };
        plain.Parameters.Values.CopyTo(network.Parameters.Values);
        var sample = Tensor.Create<float>(TestValues.Uniform(6, 1), [2, 3]);
        Assert.That(network.Predict(sample).AsMatrix().Span.ToArray(), Is.EqualTo(plain.Predict(sample).AsMatrix().Span.ToArray()));
    }

    [Test]
    public void Standardize_passes_on_what_it_has_no_figures_for()
    {
        var network = new Sequential([2, 2], 0, new Standardization([1, 2], [2, 4])) { OutputActivation = OutputActivation.None };
        Assert.That(network.Predict(Tensor.Create<float>([3, 10, -7, 8], [1, 2, 2])).AsMatrix().Span.ToArray(), Is.EqualTo((float[])[1, 2, -7, 8]));
        Assert.That(network.OutputShape, Is.EqualTo(Shape.Create([2, 2])));
        Assert.That(network.Parameters["standardization1.mean"].Shape, Is.EqualTo(Shape.Create([2])));
        LayerCheck.Gradients(new Standardization([1, 2], [2, 4]), [5], batch: 3);
    }

    [Test]
    public void Standardize_subtracts_and_divides_and_is_not_trained()
    {
        var network = new Sequential([3], 0, new Standardization([1, 2, -1], [2, 0, 0.5f])) { OutputActivation = OutputActivation.None };
        Assert.That(network.Predict(Tensor.Create<float>([3, 2.5f, -1], [1, 3])).AsMatrix().Span.ToArray(), Is.EqualTo((float[])[1, 0.5f, 0]));
        Assert.That(network.Parameters.TrainableCount, Is.Zero);
        Assert.That(network.Parameters.TrainableCount, Is.Zero);
        Assert.That(() => new Sequential([4], 0, new Standardization(5)) { OutputActivation = OutputActivation.Softmax }, Throws.ArgumentException.With.Message.Contains("standardization1: expected samples of at least 5 values"));
        Assert.That(() => new Standardization([1, 2], [1]), Throws.ArgumentException);
        Assert.That(() => new Standardization([1], [-1]), Throws.ArgumentException);
        Assert.That(() => new Standardization([float.NaN], [1]), Throws.ArgumentException);
        Assert.That(() => new Standardization(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Standardize_changes_nothing_until_it_is_told_how()
    {
        var network = new Sequential([3], 0, new Standardization(3)) { OutputActivation = OutputActivation.None };
        Assert.That(network.Predict(Tensor.Create<float>([3, 2.5f, -1], [1, 3])).AsMatrix().Span.ToArray(), Is.EqualTo((float[])[3, 2.5f, -1]));
    }

    [Test]
    public void No_noise_is_a_deviation_too() => Assert.That(new GaussianNoise(0).StandardDeviation, Is.Zero);

    [Test]
    public void No_gradient_is_computed_below_the_first_layer_that_learns()
    {
        var spy = new Spy();
        var network = new Sequential([4], 0, spy, new Dense(3)) { OutputActivation = OutputActivation.Softmax };
        new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f)).TrainStep(new ReadOnlyMatrixView(new float[8], 2, 4), [0, 1]);
        Assert.That(spy.BackwardCalls, Is.Zero);
    }

    [Test]
    public void A_deviation_must_make_sense([Values(-1, float.NaN)] float deviation) =>
        Assert.That(() => new GaussianNoise(deviation), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private sealed class Spy() : Layer(new Settings("spy"))
    {
        public int BackwardCalls { get; private set; }

        public override Shape OutputShape(Shape inputShape) => inputShape;

        public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output) => input.Span.CopyTo(output.Span);

        public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient) =>
            BackwardCalls++;
    }
}
