using System.Numerics.Tensors;

namespace NeuralNetFromScratch.Tests.Onnx;

/// <summary>Random graphs of operators: what is imported gives what ONNX Runtime gives, and all else is refused.</summary>
public class OnnxPropertyTests
{
    private const int Graphs = 400, Features = 4, Batch = 5;

    private static readonly string[] Functions =
    [
        "Relu", "Sigmoid", "Tanh", "Softplus", "Softsign", "Erf", "HardSwish", "Elu", "Selu", "LeakyRelu", "Celu", "HardSigmoid", "ThresholdedRelu", "Abs", "Neg", "Sin", "Cos", "Atan", "Floor", "Mish",
    ];

    [Test]
    public void An_imported_graph_never_gives_other_numbers()
    {
        int imported = 0;
        for (ulong seed = 0; seed < Graphs; seed++)
        {
            GraphSketch sketch = new RandomGraph(seed).Sketch;
            float[] inputs = Reference.TestValues.Uniform(Batch * Features, seed, -3, 3);
            Sequential network;
            try
            {
                network = sketch.Import();
            }
            catch (InvalidDataException exception)
            {
                Assert.That(exception.Message, Does.Contain("node"), $"graph {seed}");
                continue;
            }

            imported++;
            float[] theirs = OnnxRun.Predict(sketch.Bytes, inputs, [Batch, Features], "x", "y"), ours = network.Predict(Tensor.Create<float>(inputs, [Batch, Features])).AsMatrix().Span.ToArray();
            Assert.That(ours, Has.Length.EqualTo(theirs.Length), $"graph {seed}");
            double scale = Math.Max(1, theirs.Max(Math.Abs));
            for (int i = 0; i < ours.Length; i++)
                Assert.That(ours[i], Is.EqualTo(theirs[i]).Within(1e-5 * scale), $"graph {seed}, value {i}: {sketch.Model}\n{network}");
            Sequential back = Exported(network);
            Assert.That(back.Predict(Tensor.Create<float>(inputs, [Batch, Features])).AsMatrix().Span.ToArray(), Is.EqualTo(ours).Within(1e-5 * scale), $"graph {seed}, exported and imported again");
        }

        Assert.That(imported, Is.GreaterThan(Graphs * 3 / 4));
    }

    private static Sequential Exported(Sequential network)
    {
        using var stream = new MemoryStream();
        NeuralNetFromScratch.Onnx.OnnxModel.Export(network, stream);
        stream.Position = 0;
        return NeuralNetFromScratch.Onnx.OnnxModel.Import(stream);
    }

    /// <summary>Nodes on values [batch, width] that are picked at random from those that are there.</summary>
    private sealed class RandomGraph
    {
        private readonly RandomSource _random;
        private readonly List<(string Name, int Width)> _values = [("x", Features)];
        private ulong _draws;
        private int _count;

        public RandomGraph(ulong seed)
        {
            _random = new RandomSource(seed).Fork(77);
            // A batch that is not fixed, most of the time.
            Sketch.Input("x", Below(4) == 0 ? Batch : -1, Features);
            int nodes = 2 + Below(14);
            for (int i = 0; i < nodes; i++)
                Add();
            Sketch.Node("Identity", _values[^1].Name, "y").Output("y");
        }

        public GraphSketch Sketch { get; } = new(18);

        private int Below(int bound) => (int)(_random.Uniform(_draws++) * bound);

        private void Add()
        {
            // The newest one most of the time, so that the graph is deep.
            (string x, int width) = Below(3) == 0 ? _values[Below(_values.Count)] : _values[^1];
            switch (Below(14))
            {
                case 0 or 1 or 2:
                    int units = 1 + Below(5);
                    string product = Node("MatMul", $"{x} {Constant([width, units], 0.6f)}");
                    Give(Below(2) == 0 ? product : Node("Add", $"{product} {Constant([units])}"), units);
                    break;
                case 3 or 4 or 5:
                    string function = Functions[Below(Functions.Length)];
                    // A step at 0 or a whole number turns a rounding error into another value.
                    if (function == "Floor")
                        x = Node("Add", $"{x} {Constant([1])}");
                    Give(Node(function, x), width);
                    break;
                case 6 or 7:
                    string[] arithmetic = ["Add", "Sub", "Mul", "Max", "Min"];
                    (string other, int otherWidth) = _values[Below(_values.Count)];
                    if (otherWidth == width || otherWidth == 1 || width == 1)
                        Give(Node(arithmetic[Below(arithmetic.Length)], Below(2) == 0 ? $"{x} {other}" : $"{other} {x}"), Math.Max(width, otherWidth));
                    break;
                case 8:
                    Give(Node(Below(2) == 0 ? "Add" : "Mul", $"{x} {Constant(Below(2) == 0 ? [width] : [1])}"), width);
                    break;
                case 9:
                    (string beside, int besideWidth) = _values[Below(_values.Count)];
                    Give(Node("Concat", $"{x} {beside}", ("axis", 1)), width + besideWidth);
                    break;
                case 10:
                    string[] reductions = ["ReduceMean", "ReduceMax", "ReduceSum", "ReduceMin"];
                    string axes = $"axes{_count++}";
                    Sketch.Integers(axes, 1);
                    Give(Node(reductions[Below(reductions.Length)], $"{x} {axes}", ("keepdims", 1)), 1);
                    break;
                case 11:
                    Give(Node(Below(2) == 0 ? "Softmax" : "LogSoftmax", x, ("axis", 1)), width);
                    break;
                case 12 when width > 1:
                    string[] bounds = [$"start{_count}", $"end{_count}", $"axis{_count++}"];
                    int start = Below(width - 1), end = start + 1 + Below(width - start);
                    Sketch.Integers(bounds[0], start).Integers(bounds[1], end).Integers(bounds[2], 1);
                    Give(Node("Slice", $"{x} {string.Join(' ', bounds)}"), Math.Min(end, width) - start);
                    break;
                case 13:
                    Give(
                        Node("BatchNormalization", $"{x} {Constant([width])} {Constant([width])} {Constant([width])} {Constant([width], 1, 1.5f)}"), width);
                    break;
            }
        }

        private void Give(string name, int width) => _values.Add((name, width));

        private string Node(string type, string inputs, params (string Name, object Value)[] attributes)
        {
            string output = $"v{_count++}";
            Sketch.Node(type, inputs, output, attributes);
            return output;
        }

        private string Constant(int[] sizes, float scale = 1, float centre = 0)
        {
            string name = $"c{_count++}";
            int length = sizes.Aggregate(1, (product, size) => product * size);
            Sketch.Floats(name, sizes, [.. Enumerable.Range(0, length).Select(_ => centre + scale * (2 * (float)_random.Uniform(_draws++) - 1))]);
            return name;
        }
    }
}
