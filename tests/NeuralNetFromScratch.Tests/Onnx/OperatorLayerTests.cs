using System.Numerics.Tensors;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Tests.Data;

namespace NeuralNetFromScratch.Tests.Onnx;

/// <summary>Each step of an operator layer: its gradient, its result in ONNX Runtime, and its way through a file.</summary>
public class OperatorLayerTests
{
    private const int Length = 6;

    /// <summary>Functions that are defined on a part of the numbers, and how inputs are brought there: a·tanh(x) + b.</summary>
    private static readonly Dictionary<string, (float A, float B)> Domains = new()
    {
        ["Acos"] = (0.8f, 0), ["Asin"] = (0.8f, 0), ["Atanh"] = (0.8f, 0), ["Acosh"] = (1, 2.5f), ["Log"] = (1, 2), ["Sqrt"] = (1, 2), ["Reciprocal"] = (1, 2), ["Tan"] = (1, 0), ["Pow"] = (1, 2), ["Mod"] = (1, 2.5f),
        ["ReduceProd"] = (0.5f, 1.5f),
    };

    private static readonly Dictionary<string, float[]> Numbers = new()
    {
        ["Celu"] = [0.7f], ["Clip"] = [-0.4f, 0.6f], ["Elu"] = [0.7f], ["HardSigmoid"] = [0.3f, 0.4f], ["LeakyRelu"] = [0.2f], ["Selu"] = [1.6f, 1.1f], ["Shrink"] = [0.1f, 0.3f], ["ThresholdedRelu"] = [0.2f],
    };

    private static IEnumerable<string> Names => StepOperators.Names;

    [Test]
    public void Every_step_has_the_right_gradient([ValueSource(nameof(Names))] string name)
    {
        GradientReport report = GradientCheck.Run(Layer(name), [Length]);
        Assert.That(report.Passed, report.ToString());
    }

    [Test]
    public void Every_step_is_exported_to_ONNX_Runtime([ValueSource(nameof(Names))] string name, [Values(1, 2, 64)] int batch)
    {
        var network = new Sequential([Length], 1, Layer(name)) { OutputActivation = OutputActivation.None };
        float[] inputs = Reference.TestValues.Uniform(batch * Length, 3, -2, 2), ours = network.Predict(Tensor.Create<float>(inputs, [batch, Length])).AsMatrix().Span.ToArray();
        Assert.That(OnnxRun.Predict(network, inputs, batch), Is.EqualTo(ours).Within(2e-6));
    }

    [Test]
    public void Every_step_is_saved_and_loaded([ValueSource(nameof(Names))] string name)
    {
        using var folder = new TemporaryFolder();
        var network = new Sequential([Length], 1, Layer(name)) { OutputActivation = OutputActivation.None };
        network.Save(folder.File("a.safetensors"));
        Sequential loaded = Sequential.Load(folder.File("a.safetensors"), OnnxParts.Registry);
        float[] inputs = Reference.TestValues.Uniform(Length, 3, -2, 2);
        Assert.That(loaded.Layers, Is.EqualTo(network.Layers));
        Assert.That(loaded.Predict(Tensor.Create<float>(inputs, [1, Length])).AsMatrix().Span.ToArray(), Is.EqualTo(network.Predict(Tensor.Create<float>(inputs, [1, Length])).AsMatrix().Span.ToArray()));
    }

    [Test]
    public void Branches_have_the_right_gradients_and_names()
    {
        var layer = new ParallelLayer([[new Dense(3, Activation.Tanh)], [], [new Dense(2), new ActivationLayer(Activation.Gelu)]]);
        GradientReport report = GradientCheck.Run(layer, [4]);
        Assert.That(report.Passed, report.ToString());
        var network = new Sequential([4], 1, layer);
        Assert.That(network.OutputShape, Is.EqualTo(Shape.Create([9])));
        Assert.That(network.Parameters.Select(parameter => parameter.Name), Is.EqualTo((string[])["parallel1.branch1.dense1.weight", "parallel1.branch1.dense1.bias", "parallel1.branch3.dense1.weight", "parallel1.branch3.dense1.bias"]));
    }

    [Test]
    public void The_same_bits_for_any_number_of_threads()
    {
        var layer = new OperatorLayer(50, [new Step("Sin", [0]), new Step("Mul", [1, 0]), new Step("Softmax", [2], sizes: [1, 50, 1])], [], [50]);
        float[] inputs = Reference.TestValues.Uniform(3000 * 50, 1, -3, 3);
        float[] Run(int threads)
        {
            var chain = new Chain([50], [layer]);
            var memory = new ChainMemory(chain, new Engine(threads, NeuralNetFromScratch.Compute.SimdWidths.Best), new ParameterStore(chain.Parameters), 3000, isTraining: false);
            return memory.Run(3000).Forward(new ReadOnlyMatrixView(inputs, 3000, 50)).Span.ToArray();
        }

        Assert.That(Run(3), Is.EqualTo(Run(1)));
    }

    [Test]
    public void Steps_that_do_not_fit_are_refused()
    {
        Assert.That(() => new OperatorLayer(4, [new Step("Add", [0, 2])], [], [4]), Throws.ArgumentException.With.Message.Contains("computed later"));
        Assert.That(() => new OperatorLayer(4, [new Step("View", [0], sizes: [3, 2, 1])], [], [2]), Throws.ArgumentException.With.Message.Contains("reads 3 to 4 of 4"));
        Assert.That(() => new OperatorLayer(4, [new Step("Pick", [0], sizes: [1, 4, 1, 4])], [], [1]), Throws.ArgumentException.With.Message.Contains("index 4"));
        Assert.That(() => new OperatorLayer(4, [new Step("Relu", [0])], [], [5]), Throws.ArgumentException.With.Message.Contains("4 values"));
        Assert.That(() => new Step("Sing", [0]), Throws.ArgumentException.With.Message.Contains("\"Sing\" is unknown"));
        Assert.That(() => new OperatorLayer(4, [], [], [4]).OutputShape([5]), Throws.ArgumentException);
    }

    [Test]
    public void Transcendental_functions_are_those_of_the_platform_to_a_float()
    {
        foreach (double x in (double[])[-1000, -30, -3, -1, -0.999, -0.5, -1e-5, 0, 1e-5, 0.3, 0.9999, 1, 2.5, 20, 700])
        {
            AssertNear(Exact.Sin(x), Math.Sin(x));
            AssertNear(Exact.Cos(x), Math.Cos(x));
            AssertNear(Exact.Tanh(x), Math.Tanh(x));
            AssertNear(Exact.Sinh(x), Math.Sinh(x));
            AssertNear(Exact.Cosh(x), Math.Cosh(x));
            AssertNear(Exact.Asinh(x), Math.Asinh(x));
            AssertNear(Exact.Acosh(Math.Abs(x) + 1), Math.Acosh(Math.Abs(x) + 1));
            AssertNear(Exact.Atan(x), Math.Atan(x));
            AssertNear(Exact.Asin(Math.Tanh(x)), Math.Asin(Math.Tanh(x)));
            AssertNear(Exact.Acos(Math.Tanh(x)), Math.Acos(Math.Tanh(x)));
            AssertNear(Exact.Atanh(Math.Tanh(x / 10)), Math.Atanh(Math.Tanh(x / 10)));
            AssertNear(Exact.Pow(x, 3), Math.Pow(x, 3));
            AssertNear(Exact.Pow(x, -2), Math.Pow(x, -2));
            AssertNear(Exact.Pow(x, 0.5), Math.Pow(x, 0.5));
        }

        static void AssertNear(double actual, double expected)
        {
            if (!actual.Equals(expected))
                Assert.That(actual, Is.EqualTo(expected).Within(1e-9 * Math.Abs(expected) + 1e-12));
        }
    }

    /// <summary>A layer that brings its input to where the step is defined, and then takes the step.</summary>
    private static OperatorLayer Layer(string name)
    {
        (float a, float b) = Domains.GetValueOrDefault(name, (1.3f, 0.05f));
        // Constants: a, b, and a vector.
        List<Step> steps = [new("Tanh", [0]), new("Mul", [1, -1]), new("Add", [2, -2])];
        float[] numbers = Numbers.GetValueOrDefault(name, []);
        int length = Length;
        switch (name)
        {
            case "And" or "Or" or "Xor" or "Equal" or "Greater" or "GreaterOrEqual" or "Less" or "LessOrEqual" or "Add" or "Div" or "Max" or "Min" or "Mod" or "Mul" or "Pow" or "PRelu" or "Sub":
                steps.Add(new Step(name, [3, -3]));
                break;
            case "Where":
                steps.AddRange([new Step("Greater", [3, -2]), new Step("Where", [4, 3, -3])]);
                break;
            case "ReduceMax" or "ReduceMean" or "ReduceMin" or "ReduceProd" or "ReduceSum":
                steps.Add(new Step(name, [3], sizes: [1, 3, 2]));
                length = 2;
                break;
            case "Softmax" or "LogSoftmax" or "Hardmax":
                steps.Add(new Step(name, [3], sizes: [1, 3, 2]));
                break;
            case "MatMul":
                steps.Add(new Step(name, [3, -3], sizes: [1, 2, 3, 2]));
                length = 4;
                break;
            case "View":
                steps.Add(new Step(name, [3], sizes: [5, 2, 3, 2, -3, -1, 0]));
                length = 12;
                break;
            case "Join":
                steps.Add(new Step(name, [3, -3, 3], sizes: [2]));
                length = 18;
                break;
            case "Pick":
                steps.Add(new Step(name, [3], sizes: [2, 3, 1, 2, 0, 2, 1]));
                length = 8;
                break;
            case "Fill":
                steps.Add(new Step(name, [3], sizes: [4]));
                length = 4;
                break;
            default:
                steps.Add(new Step(name, [3], numbers));
                break;
        }

        return new OperatorLayer(Length, steps, [1, 1, Length], [length], [a, b, 1.5f, -0.7f, 2.2f, 0.4f, 1.1f, -1.6f]);
    }
}
