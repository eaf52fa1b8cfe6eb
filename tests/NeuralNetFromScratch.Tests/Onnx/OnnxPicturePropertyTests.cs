using System.Numerics.Tensors;
using NeuralNetFromScratch.Onnx;

namespace NeuralNetFromScratch.Tests.Onnx;

/// <summary>Random graphs of operators on pictures: what is imported, whichever way its channels lie, gives what ONNX Runtime gives.</summary>
public class OnnxPicturePropertyTests
{
    private const int Graphs = 300, Batch = 3;

    [Test]
    public void An_imported_graph_of_pictures_never_gives_other_numbers()
    {
        int imported = 0;
        for (ulong seed = 0; seed < Graphs; seed++)
        {
            var graph = new RandomPictures(seed);
            byte[] model = graph.Sketch.Bytes;
            (int channels, int height, int width) = graph.InputSizes;
            float[] inputs = Reference.TestValues.Uniform(Batch * channels * height * width, seed, -2, 2), theirs = OnnxRun.Predict(model, inputs, [Batch, channels, height, width], "x", "y");
            Sequential network;
            try
            {
                network = OnnxModel.Import(new MemoryStream(model));
            }
            catch (InvalidDataException exception)
            {
                Assert.That(exception.Message, Does.Contain("node"), $"graph {seed}");
                continue;
            }

            imported++;
            double scale = 1e-5 * Math.Max(1, theirs.Max(Math.Abs));
            float[] ours = Predict(network, inputs);
            Assert.That(ours, Is.EqualTo(theirs).Within(scale), $"graph {seed}: {graph.Sketch.Model}\n{network}");
            Sequential back = OnnxModel.Import(Exported(network));
            Assert.That(Predict(back, inputs), Is.EqualTo(theirs).Within(scale), $"graph {seed}, exported and imported again: {network}\n{back}");
            Sequential last = OnnxModel.Import(new MemoryStream(model), new() { ChannelsLast = true });
            float[] turned = new Turn(channels, height * width).Turned(inputs), outputs = last.OutputShape.Rank == 3 ? new Turn(last.OutputShape[2], last.OutputShape[0] * last.OutputShape[1]).Turned(theirs) : theirs;
            Assert.That(Predict(last, turned), Is.EqualTo(outputs).Within(scale), $"graph {seed}, channels last: {last}");
        }

        Assert.That(imported, Is.GreaterThan(Graphs * 9 / 10));
    }

    private static float[] Predict(Sequential network, float[] inputs) => network.Predict(Tensor.Create<float>(inputs, [Batch, inputs.Length / Batch])).AsMatrix().Span.ToArray();

    private static MemoryStream Exported(Sequential network)
    {
        var stream = new MemoryStream();
        OnnxModel.Export(network, stream);
        stream.Position = 0;
        return stream;
    }

    /// <summary>Channels first and places after them, the other way round.</summary>
    private readonly record struct Turn(int Channels, int Places)
    {
        public float[] Turned(float[] values)
        {
            (int channels, int places) = (Channels, Places);
            return [.. values.Select((_, i) => values[i / (channels * places) * channels * places + i % channels * places + i / channels % places])];
        }
    }

    /// <summary>Nodes on pictures that are picked at random from those that are there.</summary>
    private sealed class RandomPictures
    {
        private static readonly string[] Functions = ["Relu", "Sigmoid", "Tanh", "Elu", "LeakyRelu", "HardSwish", "Softplus", "Abs", "Neg"];

        private readonly RandomSource _random;
        private readonly List<(string Name, int Channels, int Height, int Width)> _values = [];
        private ulong _draws;
        private int _count;

        public RandomPictures(ulong seed)
        {
            _random = new RandomSource(seed).Fork(78);
            InputSizes = (1 + Below(3), 5 + Below(4), 5 + Below(4));
            Sketch.Input("x", Below(4) == 0 ? Batch : -1, InputSizes.Channels, InputSizes.Height, InputSizes.Width);
            _values.Add(("x", InputSizes.Channels, InputSizes.Height, InputSizes.Width));
            int nodes = 2 + Below(12);
            for (int i = 0; i < nodes; i++)
                Add();
            Finish();
        }

        public GraphSketch Sketch { get; } = new(17);

        public (int Channels, int Height, int Width) InputSizes { get; }

        private int Below(int bound) => (int)(_random.Uniform(_draws++) * bound);

        private void Add()
        {
            (string x, int channels, int height, int width) = Below(4) == 0 ? _values[Below(_values.Count)] : _values[^1];
            switch (Below(15))
            {
                case 0 or 1 or 2 when height > 2 && width > 2:
                    int groups = Below(3) == 0 ? channels : 1, filters = groups * (1 + Below(3)), stride = 1 + Below(2), zeros = Below(2), kernel = 1 + Below(3);
                    string bias = Below(2) == 0 ? " " + Constant([filters]) : "";
                    Give(
                        Node("Conv", $"{x} {Constant([filters, channels / groups, kernel, 2], 0.5f)}{bias}", ("group", groups), ("strides", (long[])[stride, 1]), ("pads", (long[])[zeros, 0, zeros, 1])),
                        filters, (height + 2 * zeros - kernel) / stride + 1, width);
                    break;
                case 3 or 4:
                    Give(Node(Functions[Below(Functions.Length)], x), channels, height, width);
                    break;
                case 5 when height > 3 && width > 3:
                    bool isMaximum = Below(2) == 0;
                    Give(Node(isMaximum ? "MaxPool" : "AveragePool", x, ("kernel_shape", (long[])[2, 3]), ("strides", (long[])[2, 1]), ("pads", (long[])[0, 1, 0, 1])), channels, (height - 2) / 2 + 1, width);
                    break;
                case 6:
                    Give(Node("BatchNormalization", $"{x} {Constant([channels])} {Constant([channels])} {Constant([channels])} {Constant([channels], 0.5f, 1)}"), channels, height, width);
                    break;
                case 7 or 8:
                    foreach ((string other, int otherChannels, int otherHeight, int otherWidth) in _values.Where(value => (value.Height, value.Width) == (height, width)).Reverse().ToArray())
                    {
                        if (otherChannels != channels)
                            Give(Node("Concat", $"{x} {other}", ("axis", 1)), channels + otherChannels, height, width);
                        else if (other != x)
                            Give(Node(Below(3) == 0 ? "Mul" : "Add", Below(2) == 0 ? $"{x} {other}" : $"{other} {x}"), channels, height, width);
                        else
                            continue;
                        break;
                    }

                    break;
                case 9:
                    string gate = Node("Sigmoid", Node(Below(2) == 0 ? "GlobalAveragePool" : "GlobalMaxPool", x));
                    Give(Node("Mul", $"{x} {gate}"), channels, height, width);
                    break;
                case 10:
                    Give(Node(Below(2) == 0 ? "Add" : "Mul", $"{x} {Constant(Below(2) == 0 ? [channels, 1, 1] : [1, height, 1])}"), channels, height, width);
                    break;
                case 11 when height < 8:
                    string margins = $"margins{_count++}";
                    Sketch.Integers(margins, 0, 0, 1, 0, 0, 0, 0, 2);
                    // ONNX Runtime merges margins with a pool that follows, which it then refuses.
                    Give(Node("Relu", Node("Pad", $"{x} {margins}")), channels, height + 1, width + 2);
                    break;
                case 12 when height < 6 && width < 6:
                    Give(
                        Node("Resize", $"{x} - {Scales(1, 1, 2, 1)}", ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor")), channels, 2 * height, width);
                    break;
                case 13:
                    Give(Node("Transpose", Node("Relu", Node("Transpose", x, ("perm", (long[])[0, 2, 3, 1]))), ("perm", (long[])[0, 3, 1, 2])), channels, height, width);
                    break;
                case 14 when channels > 1:
                    string[] bounds = [$"start{_count}", $"end{_count}", $"axis{_count++}"];
                    Sketch.Integers(bounds[0], 1).Integers(bounds[1], channels).Integers(bounds[2], 1);
                    Give(Node("Slice", $"{x} {string.Join(' ', bounds)}"), channels - 1, height, width);
                    break;
            }
        }

        /// <summary>Ends with pictures, or with a classifier.</summary>
        private void Finish()
        {
            (string x, int channels, int height, int width) = _values[^1];
            string end = Below(4) switch
            {
                0 => x,
                1 => Node("MatMul", $"{Node("ReduceMean", x, ("axes", (long[])[2, 3]), ("keepdims", 0))} {Constant([channels, 4])}"),
                _ => Node("MatMul", $"{Node("Flatten", x)} {Constant([channels * height * width, 4])}"),
            };
            Sketch.Node("Identity", end, "y").Output("y");
        }

        private void Give(string name, int channels, int height, int width) => _values.Add((name, channels, height, width));

        private string Node(string type, string inputs, params (string Name, object Value)[] attributes)
        {
            string output = $"v{_count++}";
            Sketch.Node(type, inputs, output, attributes);
            return output;
        }

        private string Scales(params float[] values)
        {
            string name = $"c{_count++}";
            Sketch.Floats(name, [values.Length], values);
            return name;
        }

        private string Constant(int[] sizes, float scale = 0.5f, float centre = 0)
        {
            string name = $"c{_count++}";
            int length = sizes.Aggregate(1, (product, size) => product * size);
            Sketch.Floats(name, sizes, [.. Enumerable.Range(0, length).Select(_ => centre + scale * (2 * (float)_random.Uniform(_draws++) - 1))]);
            return name;
        }
    }
}
