using System.Numerics.Tensors;
using NeuralNetFromScratch.Onnx;

namespace NeuralNetFromScratch.Tests.Onnx;

/// <summary>Every part of the library in ONNX Runtime, at small and large batches and inputs.</summary>
public class OnnxExportRangeTests
{
    private static readonly Layer[] Layers =
    [
        new Dense(5), new Dense(5) { HasBias = false }, new Dense(5, Activation.Relu) { HasBias = false }, new BatchNormalization(), new BatchNormalization(affine: false), new LayerNormalization(), new Dropout(0.5f),
        new GaussianNoise(1), new ScaleShift(), new Flatten(), new Standardization([1, 2, 3, 4, 5, 6], [1, 2, 3, 0.5f, 1, 1]), new Standardization([1, 2], [3, 4]), new ActivationLayer(Activation.Tanh), new SpatialDropout2D(0.5f),
        new Residual(new Dense(6, Activation.Gelu) { HasBias = false }, new Residual(new Dense(6))), new Residual(new Dense(4)) { Projection = [new Dense(4) { HasBias = false }] },
    ];

    private static readonly Shape[] Shapes = [[6], [2, 3], [1, 2, 3], [3, 1, 2]];

    [Test]
    public void Every_layer_at_every_batch_and_range([ValueSource(nameof(Layers))] Layer layer, [Values(1, 2, 64)] int batch)
    {
        foreach (Shape shape in Shapes.Where(shape => layer is Residual ? shape.Rank == 1 : layer is not SpatialDropout2D || shape.Rank == 3))
        {
            Compare(Network(shape, layer), batch);
            Compare(Network(shape, layer, new Dense(4, Activation.Relu), new BatchNormalization(), new Dense(3)), batch);
        }
    }

    [Test]
    public void Folded_networks_give_the_same([Values] bool hasBias, [Values] bool isAffine)
    {
        foreach (Shape shape in Shapes)
        {
            Sequential network = Network(shape, new BatchNormalization(), new Dense(5) { HasBias = hasBias }, new BatchNormalization(affine: isAffine), new ActivationLayer(Activation.Relu), new Dense(3) { HasBias = hasBias });
            Sequential folded = network.FuseBatchNormalization();
            Assert.That(folded.Layers, Has.Count.LessThan(network.Layers.Count));
            foreach (int batch in (int[])[1, 2, 64])
            {
                Compare(folded, batch);
                float[] inputs = Reference.TestValues.Uniform(batch * 6, 1, -2, 2);
                Assert.That(folded.Predict(Tensor.Create<float>(inputs, [batch, 6])).AsMatrix().Span.ToArray(), Is.EqualTo(network.Predict(Tensor.Create<float>(inputs, [batch, 6])).AsMatrix().Span.ToArray()).Within(1e-5));
            }
        }
    }

    [Test]
    public void Every_layer_of_the_library_is_here()
    {
        HashSet<Type> tried = [.. Layers.Select(layer => layer.GetType())];
        Type[] missing = [.. typeof(Layer).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Layer)) && !type.IsAbstract && !tried.Contains(type))];
        Assert.That(missing.Except(OnnxPictureTests.Layers.Select(layer => layer.GetType())), Is.Empty);
    }

    [TestCase("", "output")]
    [TestCase("input", "")]
    [TestCase("same", "same")]
    [TestCase("value0", "output")]
    [TestCase("input", "value0")]
    [TestCase("dense1.weight", "output")]
    [TestCase("input", "dense1.bias")]
    public void Names_that_nobody_could_read_are_refused(string input, string output) => Assert.That(
        () => OnnxModel.Export(Network([6], new Dense(3)), Stream.Null, new() { InputName = input, OutputName = output }), Throws.InstanceOf<ArgumentException>());

    [Test]
    public void A_part_of_ones_own_is_exported_as_the_parts_that_it_is_composed_of()
    {
        Compare(Network([6], new Block(), new Dense(3, new Swish())), 3);
        Assert.That(() => OnnxModel.Export(Network([6], new Block(isRight: false)), Stream.Null), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("block1").And.Message.Contains("parameters"));
        Assert.That(() => OnnxModel.Export(Network([6], new Training.ScaleLayer()), Stream.Null), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("scale1").And.Message.Contains("IComposedOf"));
    }

    private static Sequential Network(Shape shape, params Layer[] layers)
    {
        var network = new Sequential(shape, 3, layers) { OutputActivation = OutputActivation.None };
        foreach (Parameter parameter in network.Parameters)
        {
            float[] values = Reference.TestValues.Uniform(parameter.Shape.ElementCount, (ulong)parameter.Offset + 5, parameter.Name.EndsWith("variance", StringComparison.Ordinal) ? 0.5f : -1.5f, 2);
            if (parameter.Name.EndsWith("deviation", StringComparison.Ordinal))
                values = [.. values.Select(value => Math.Abs(value) + 0.1f)];
            values.CopyTo(parameter.Values);
        }

        return network;
    }

    private static void Compare(Sequential network, int batch)
    {
        foreach (float scale in (float[])[1e-3f, 1, 1e4f])
        {
            float[] inputs = Reference.TestValues.Uniform(batch * 6, 9, -scale, scale), ours = network.Predict(Tensor.Create<float>(inputs, [batch, 6])).AsMatrix().Span.ToArray();
            float[] theirs = OnnxRun.Predict(network, inputs, batch);
            // An element can be the difference of large numbers, whose rounding errors remain.
            double tolerance = 1e-5 * Math.Max(1, theirs.Max(Math.Abs));
            Assert.That(ours, Is.EqualTo(theirs).Within(tolerance), $"inputs to {scale}: {network}");
        }
    }

    /// <summary>x ↦ tanh(x·W + b), as a layer of somebody's own.</summary>
    private sealed class Block(bool isRight = true) : Layer(new Settings("block")), IComposedOf
    {
        public IReadOnlyList<Layer> Composition(Shape inputShape) => [new Dense(isRight ? 5 : 4), new ActivationLayer(Activation.Tanh)];

        public override Shape OutputShape(Shape inputShape) => [5];

        public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) => new Dense(5).Parameters(inputShape);

        public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output) => new Dense(5, Activation.Tanh).Forward(context, input, output);

        public override void Backward(in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient) =>
            throw new NotSupportedException();
    }

    /// <summary>x·σ(x) under another name.</summary>
    private sealed class Swish() : Activation(new Settings("my-swish")), IComposedOf
    {
        public override bool DerivativeNeedsInput => true;

        public IReadOnlyList<Layer> Composition(Shape inputShape) => [new ActivationLayer(Silu)];

        public override void Apply(ReadOnlySpan<float> input, Span<float> output) => Silu.Apply(input, output);

        public override void Differentiate(ReadOnlySpan<float> argument, Span<float> gradient) => Silu.Differentiate(argument, gradient);
    }
}
