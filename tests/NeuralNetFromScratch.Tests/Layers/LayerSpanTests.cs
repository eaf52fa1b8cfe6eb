using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Layers;

/// <summary>
/// Every layer of the library, called by itself: with buffers that fit it computes, and each of them that is too short by one is refused before
/// anything is written.
/// </summary>
public class LayerSpanTests
{
    private const int Rows = 5;

    /// <summary>What can be too short.</summary>
    private static readonly string[] Buffers = ["input", "output", "outputGradient", "inputGradient", "parameter", "scratch", "rows"];

    private static readonly (Layer Layer, Shape Shape)[] Cases =
    [
        (new Dense(10), [40]), (new Dense(10, Activation.Gelu), [40]), (new Dense(10) { HasBias = false }, [40]), (new Dense(3) { ZeroSkipping = ZeroSkipping.Always }, [40]),
        (new ActivationLayer(Activation.Tanh), [17]), (new ScaleShift(), [17]), (new BatchNormalization(), [17]), (new BatchNormalization(affine: false), [3, 2, 4]),
        (new LayerNormalization(), [17]), (new Standardization(17), [17]), (new Standardization(5), [17]), (new Dropout(0.5f), [17]), (new GaussianNoise(0.1f), [17]), (new Flatten(), [4, 4]),
        (new Conv2D(3, 2), [4, 5, 2]), (new Conv2D(4, 3, Activation.Gelu) { Groups = 2, HasBias = false }, [5, 4, 2]),
        (new MaxPool2D(2), [4, 5, 2]), (new AveragePool2D(2) { Stride = 1 }, [4, 5, 2]), (new GlobalMaxPool2D(), [4, 5, 2]), (new GlobalAveragePool2D(), [4, 5, 2]),
        (new ZeroPadding2D(1), [4, 5, 2]), (new Upsample2D(2), [2, 3, 2]), (new SpatialDropout2D(0.5f), [4, 5, 2]),
        (new Residual(new Dense(9), new ScaleShift()), [9]), (new Residual(new Dense(4)) { Projection = [new Dense(4)] }, [9]),
    ];

    private static IEnumerable<TestCaseData> Calls() =>
        from pair in Cases from buffer in Buffers from isBackward in (bool[])[false, true] select new TestCaseData(pair.Layer, pair.Shape, buffer, isBackward);

    [Test]
    public void Every_layer_of_the_library_is_among_the_cases() =>
        Assert.That(
            typeof(Layer).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Layer)) && type.IsPublic && !type.IsAbstract),
            Is.SubsetOf(Cases.Select(pair => pair.Layer.GetType())));

    [TestCaseSource(nameof(Calls))]
    public void A_buffer_that_is_too_short_by_one_is_refused_and_nothing_is_written(Layer layer, Shape shape, string missing, bool isBackward)
    {
        int inputs = shape.ElementCount, outputs = layer.OutputShape(shape).ElementCount;
        ParameterStore parameters = Parameters(layer, shape, missing == "parameter");
        float[] scratch = new float[Math.Max(layer.Scratch(shape, Rows).Floats - (missing == "scratch" ? 1 : 0), 0)];
        bool needsScratch = layer.Scratch(shape, Rows).Floats > 0, usesScratch = isBackward || layer is not (Dense or Conv2D);
        bool hasParameters = parameters.Count > 0 && !(isBackward && layer is BatchNormalization { IsAffine: false });
        if ((missing == "scratch" && !(needsScratch && usesScratch)) || (missing == "parameter" && !hasParameters) || (!isBackward && missing.EndsWith("Gradient", StringComparison.Ordinal)))
            Assert.Pass("there is no such buffer");

        var context = new LayerContext(new Engine(), Rows, parameters) { InputShape = shape, IsTraining = true, Scratch = scratch, Random = new RandomSource(1) };
        float[][] memory = [.. Enumerable.Range(0, 4).Select(_ => TestValues.Poison(2 * Rows * Math.Max(inputs, outputs)))];
        ArgumentException? refusal = null;
        try
        {
            int rows = missing == "rows" ? Rows - 1 : Rows;
            ReadOnlyMatrixView input = View(0, rows, inputs, missing == "input");
            MatrixView output = View(1, rows, outputs, missing == "output");
            if (isBackward)
                layer.Backward(context, input, output, View(2, rows, outputs, missing == "outputGradient"), View(3, rows, inputs, missing == "inputGradient"));
            else
                layer.Forward(context, input, output);
        }
        catch (ArgumentException exception)
        {
            refusal = exception;
        }

        Assert.Multiple(() =>
        {
            Assert.That(refusal, Is.Not.Null);
            Assert.That(refusal?.Message, Does.StartWith(layer.Settings.Kind).Or.StartWith("a residual must run in a Chain"));
            Assert.That(memory.SelectMany(values => values), Has.All.NaN);
        });

        MatrixView View(int number, int rows, int columns, bool isShort) =>
            new(memory[number].AsSpan(0, rows * (isShort ? columns - 1 : columns)), rows, isShort ? columns - 1 : columns);
    }

    [TestCaseSource(nameof(Cases))]
    public void Views_that_are_not_contiguous_are_refused((Layer Layer, Shape Shape) pair)
    {
        if (pair.Layer is Residual)
            Assert.Pass("it must run in a Chain");
        int inputs = pair.Shape.ElementCount, outputs = pair.Layer.OutputShape(pair.Shape).ElementCount;
        float[] input = new float[Rows * inputs], output = new float[2 * Rows * outputs];
        Assert.That(
            () => pair.Layer.Forward(
                new LayerContext(new Engine(), Rows, pair.Layer.CreateParameters(pair.Shape)) { InputShape = pair.Shape, Scratch = new float[1000] },
                new(input, Rows, inputs),
                new MatrixView(output, Rows, outputs, 2 * outputs, 1)),
            Throws.ArgumentException.With.Message.Contain("must be contiguous"));
    }

    [TestCaseSource(nameof(Cases))]
    public void The_default_context_is_refused((Layer Layer, Shape Shape) pair) => Assert.That(
        () => pair.Layer.Forward(default, default, default), Throws.ArgumentException.With.Message.Match("context|chain"));

    [Test]
    public void A_layer_of_ones_own_within_a_network_cannot_write_beyond_its_buffers()
    {
        var network = new Sequential([8], 1, new Widening(), new Dense(2));
        var trainer = new Trainer(network, new MeanSquaredError(), new Sgd(0.1f));
        Assert.That(
            () => trainer.TrainStep(new ReadOnlyMatrixView(new float[16], 2, 8), new ReadOnlyMatrixView(new float[4], 2, 2)),
            Throws.ArgumentException.With.Message.EqualTo("dense: expected output [2, 20], got [2, 8] (Parameter 'output')"));
    }

    [Test]
    public void A_chain_within_a_layer_of_ones_own_refuses_an_input_of_another_shape()
    {
        var chain = new Chain([8], [new Dense(4)]);
        var memory = new ChainMemory(chain, new Engine(), new Dense(4).CreateParameters([8]), 3, isTraining: false);
        Assert.Multiple(() =>
        {
            Assert.That(
                () => memory.Run(3).Forward(new(new float[21], 3, 7)),
                Throws.ArgumentException.With.Message.EqualTo("dense1: expected input [3, 8], got [3, 7] (Parameter 'input')"));
            Assert.That(() => memory.Run(3).Backward(new(new float[24], 3, 8), default), Throws.InvalidOperationException);
            Assert.That(() => default(ChainRun).Output.Rows, Throws.InvalidOperationException);
            Assert.That(() => default(LayerContext).Values(0).Length, Throws.InvalidOperationException);
            Assert.That(() => default(LayerContext).Branch(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }

    /// <summary>The layer's parameters, or those that it would have with one value less in each.</summary>
    private static ParameterStore Parameters(Layer layer, Shape shape, bool isShort)
    {
        ParameterStore whole = layer.CreateParameters(shape);
        return isShort
            ? new ParameterStore([.. whole.Select(parameter => parameter.Definition with { Shape = [parameter.Shape.ElementCount - 1], PyTorchAxes = [] })])
            : whole;
    }

    /// <summary>It says that its output is as wide as its input, and lets a wider layer write there.</summary>
    private sealed class Widening() : Layer(new Settings("widening"))
    {
        private readonly Dense _inner = new(20);

        public override Shape OutputShape(Shape inputShape) => inputShape;

        public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) => _inner.Parameters(inputShape);

        public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output) =>
            _inner.Forward(new LayerContext(context.Engine, context.Rows, _inner.CreateParameters(context.InputShape)), input, output);

        public override void Backward(
            in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient) =>
            throw new NotSupportedException();
    }
}
