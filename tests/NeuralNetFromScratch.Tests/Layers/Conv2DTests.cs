using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Layers;

/// <summary>Convolutions against their formula in double precision, and bit by bit against copied patches with the library's matrix product.</summary>
public class Conv2DTests
{
    private static readonly (Conv2D Layer, Shape Shape)[] Cases =
    [
        .. from kernel in (Size2D[])[1, 2, 3, 5, new(1, 3), new(3, 2)]
           from stride in (Size2D[])[1, 2, new(1, 3), 3]
           from padding in (Padding2D[])[0, Padding2D.Same, 1, new(2, 0, 1, 3)]
           from dilation in (Size2D[])[1, 2, new(2, 1)]
           select (new Conv2D(4, kernel) { Stride = stride, Padding = padding, Dilation = dilation }, Sizes(10, 9, 2)),
        .. from filters in (int[])[1, 2, 7, 8, 15, 16, 17, 24, 31, 32, 33, 48, 65]
           from channels in (int[])[1, 3, 4, 16]
           select (new Conv2D(filters, 3, Activation.Relu) { Padding = 1 }, Sizes(6, 5, channels)),
        .. from groups in (int[])[2, 3, 6]
           from stride in (int[])[1, 2]
           select (new Conv2D(12, 3) { Groups = groups, Stride = stride, Padding = 1 }, Sizes(7, 6, 6)),
        .. from channels in (int[])[2, 3, 8, 16, 19, 33]
           from stride in (Size2D[])[1, 2, new(2, 1)]
           from dilation in (int[])[1, 2]
           select (new Conv2D(channels, 3) { Groups = channels, Stride = stride, Dilation = dilation, Padding = new(1, 2, 0, 1) }, Sizes(9, 7, channels)),
        (new Conv2D(24, 5, Activation.Relu), [28, 28]), (new Conv2D(3, 5) { HasBias = false }, [5, 5, 1]), (new Conv2D(2, 1), [1, 1, 1]),
        (new Conv2D(5, 3) { Padding = Padding2D.Same }, [3, 300, 1]), (new Conv2D(40, 3) { Padding = 1 }, [4, 4, 70]), (new Conv2D(3, 2) { Stride = 3 }, [8, 8, 2]),
        (new Conv2D(3, 2, Activation.Gelu) { Padding = 1 }, [4, 3, 2]),
    ];

    [Test]
    public void Outputs_and_gradients_agree_with_double_precision([Values] RegisterWidth width, [Values(1, 3)] int batch)
    {
        var engine = new Engine(2, (SimdWidth)width);
        foreach ((Conv2D layer, Shape shape) in Cases)
        {
            var run = new LayerRun(layer, shape, batch, engine, seed: 3);
            var reference = new DoubleConvolution(layer, shape);
            TestValues.Uniform(layer.Channels, 8).AsSpan(0, layer.HasBias ? layer.Channels : 0).CopyTo(layer.HasBias ? run.Parameters["bias"].Values : default);
            float[] dy = TestValues.Uniform(run.Output.Length, 9);
            run.Forward();
            run.Backward(dy);
            Check(layer, reference, run, dy, batch);
        }
    }

    [Test]
    public void The_bits_are_those_of_copied_patches([Values] RegisterWidth width, [Values(1, 3)] int threads)
    {
        const int Batch = 2;
        var engine = new Engine(threads, (SimdWidth)width);
        foreach ((Conv2D layer, Shape shape) in Cases)
        {
            if (layer.Activation.Equals(Activation.Gelu))
                continue;
            var run = new LayerRun(layer, shape, Batch, engine, seed: 5);
            var reference = new DoubleConvolution(layer, shape);
            float[] dy = TestValues.Uniform(run.Output.Length, 9);
            run.Forward();
            run.Backward(dy);
            Differentiate(layer, run.Output, dy);
            CheckBits(layer, reference, run, dy, Batch, shape.ElementCount);
        }
    }

    [Test]
    public void Weight_gradients_are_chains_of_chunks_that_are_added_in_a_tree([Values] RegisterWidth width)
    {
        const int Batch = 23;
        foreach ((Conv2D layer, Shape shape) in (ReadOnlySpan<(Conv2D, Shape)>)[(new(24, 5), [28, 28]), (new(3, 3) { Padding = 1, Groups = 3 }, [20, 20, 3])])
        {
            var run = new LayerRun(layer, shape, Batch, new Engine(3, (SimdWidth)width), seed: 6);
            var reference = new DoubleConvolution(layer, shape);
            float[] dy = TestValues.Uniform(run.Output.Length, 9);
            run.Forward();
            run.Backward(dy);

            // At least 1024 places in a chunk.
            int chunk = (1024 - 1) / reference.Places + 1, count = (Batch - 1) / chunk + 1, length = layer.Channels * reference.Depth;
            Assert.That(count, Is.GreaterThan(2));
            float[][] sums = [.. Enumerable.Range(0, count).Select(_ => new float[length])];
            for (int group = 0; group < layer.Groups; group++)
            {
                float[] patches = reference.Patches(run.Input, Batch, group);
                for (int i = 0; i < count; i++)
                {
                    int first = i * chunk * reference.Places, rows = Math.Min(chunk * reference.Places, Batch * reference.Places - first);
                    ReadOnlyMatrixView x = new ReadOnlyMatrixView(patches, Batch * reference.Places, reference.Depth).SliceRows(first, rows);
                    ReadOnlyMatrixView gradient = new ReadOnlyMatrixView(dy, Batch * reference.Places, layer.Channels)
                        .SliceRows(first, rows).SliceColumns(group * reference.GroupFilters, reference.GroupFilters);
                    var product = new MatrixView(sums[i], reference.Depth, layer.Channels).SliceColumns(group * reference.GroupFilters, reference.GroupFilters);
                    Matrix.Multiply(x.Transposed, gradient, product);
                }
            }

            for (int stride = 1; stride < count; stride *= 2)
            {
                for (int i = 0; i + stride < count; i += 2 * stride)
                    sums[i] = [.. sums[i].Zip(sums[i + stride], (left, right) => left + right)];
            }

            Assert.That(run.Parameters["weight"].Gradients.ToArray(), Is.EqualTo(sums[0]), $"{layer}");
            float[] once = run.Parameters["weight"].Gradients.ToArray();
            run.Backward(dy, accumulate: true);
            Assert.That(run.Parameters["weight"].Gradients.ToArray(), Is.EqualTo(once.Zip(once, (left, right) => left + right)));
        }
    }

    [Test]
    public void Gradients_agree_with_differences()
    {
        LayerCheck.Gradients(new Conv2D(3, 3, Activation.Tanh), [5, 6, 2], batch: 3);
        LayerCheck.Gradients(new Conv2D(4, new Size2D(2, 3), Activation.Gelu) { Stride = new(2, 1), Padding = Padding2D.Same, Dilation = new(1, 2) }, [6, 7, 2], batch: 2);
        LayerCheck.Gradients(new Conv2D(6, 3, Activation.Silu) { Groups = 3, Padding = 1, HasBias = false }, [4, 4, 3], batch: 2);
        LayerCheck.Gradients(new Conv2D(5, 3) { Groups = 5, Padding = new(0, 1, 2, 1), Stride = 2 }, [5, 6, 5], batch: 2);
    }

    [Test]
    public void Bits_do_not_depend_on_threads_and_widths()
    {
        foreach ((Conv2D layer, Shape shape) in Cases.Where((_, i) => i % 7 == 0))
        {
            int[]? expected = null;
            foreach (SimdWidth width in (ReadOnlySpan<SimdWidth>)[SimdWidth.Bits256, SimdWidth.Bits512, SimdWidth.Bits128, SimdWidth.Scalar])
            {
                foreach (int threads in (ReadOnlySpan<int>)[1, 2, 3, 7])
                {
                    var run = new LayerRun(layer, shape, 5, new Engine(threads, width), seed: 7);
                    run.Forward();
                    run.Backward(TestValues.Uniform(run.Output.Length, 9));
                    int[] bits = [.. TestValues.Bits(run.Output), .. TestValues.Bits(run.InputGradient), .. TestValues.Bits(run.Parameters.Gradients)];
                    expected ??= bits;
                    Assert.That(bits, Is.EqualTo(expected), $"{layer} {shape}, {width}, {threads} threads");
                }
            }
        }
    }

    [Test]
    public void A_warm_pass_allocates_nothing([Values(1, 2)] int threads)
    {
        foreach (Conv2D layer in (ReadOnlySpan<Conv2D>)[new(8, 3, Activation.Relu) { Padding = 1, Stride = 2 }, new(4, 3) { Groups = 4, Padding = 1 }])
        {
            var engine = new Engine(threads, SimdWidths.Best);
            var run = new LayerRun(layer, [12, 12, 4], 40, engine, seed: 7);
            float[] dy = TestValues.Uniform(run.Output.Length, 9);
            Assert.That(Allocation.Least(engine, () =>
            {
                run.Forward();
                run.Backward(dy);
            }), Is.Zero);
        }
    }

    [Test]
    public void Shapes_are_checked_and_the_message_says_what_to_do()
    {
        Assert.That(() => new Conv2D(3, 5).OutputShape([4, 8, 1]), Throws.ArgumentException.With.Message.Contains("5 × 5").And.Message.Contains("4 × 8"));
        Assert.That(() => new Conv2D(3, 5).OutputShape([784]), Throws.ArgumentException.With.Message.Contains("[height, width, channels]"));
        Assert.That(() => new Conv2D(4, 3) { Groups = 2 }.OutputShape([8, 8, 3]), Throws.ArgumentException.With.Message.Contains("2 groups"));
        Assert.That(() => new Conv2D(3, 3) { Groups = 2 }, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("3 channels"));
        Assert.That(() => new Conv2D(0, 3), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Conv2D(3, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Conv2D(3, 3) { Stride = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Padding2D(0, -1, 0, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(new Conv2D(8, 3) { Padding = Padding2D.Same, Stride = 2 }.OutputShape([7, 8]), Is.EqualTo(Sizes(4, 4, 8)));
        ParameterDefinition weight = new Conv2D(8, new Size2D(3, 5)) { Groups = 2 }.Parameters([9, 9, 4])[0];
        Assert.That((weight.Shape, weight.FanIn, weight.FanOut), Is.EqualTo((Sizes(3, 5, 2, 8), 30, 60)));
    }

    private static void Check(Conv2D layer, DoubleConvolution reference, LayerRun run, float[] dy, int batch)
    {
        ReadOnlySpan<float> w = run.Parameters["weight"].Values, b = layer.HasBias ? run.Parameters["bias"].Values : default;
        int sampleLength = run.Input.Length / batch, outputs = run.Output.Length / batch, filters = layer.Channels;
        double[] z = new double[run.Output.Length], dz = new double[z.Length], dw = new double[w.Length], dx = new double[run.Input.Length], db = new double[filters];
        (int, int, int, int)[] terms = [.. reference.Terms()];
        for (int sample = 0; sample < batch; sample++)
        {
            foreach ((int place, int filter, int input, int weight) in terms)
                z[sample * outputs + place * filters + filter] += input < 0 ? 0 : (double)run.Input[sample * sampleLength + input] * w[weight];
        }

        float[] zs = [.. z.Select((value, i) => (float)(value + (run.Parameters.Count > 1 ? run.Parameters["bias"].Values[i % filters] : 0)))];
        float[] y = new float[zs.Length], gradient = [.. dy];
        layer.Activation.Apply(zs, y);
        layer.Activation.Differentiate(layer.Activation.DerivativeNeedsInput ? zs : run.Output, gradient);
        for (int i = 0; i < z.Length; i++)
        {
            dz[i] = gradient[i];
            db[i % filters] += dz[i];
        }

        for (int sample = 0; sample < batch; sample++)
        {
            foreach ((int place, int filter, int input, int weight) in terms.Where(term => term.Item3 >= 0))
            {
                double g = dz[sample * outputs + place * filters + filter];
                dw[weight] += g * run.Input[sample * sampleLength + input];
                dx[sample * sampleLength + input] += g * w[weight];
            }
        }

        AssertClose(run.Output, [.. y.Select(value => (double)value)], reference.Depth, $"{layer}: output");
        AssertClose(run.Parameters["weight"].Gradients, dw, batch * reference.Places, $"{layer}: weight gradient");
        AssertClose(run.InputGradient, dx, filters * reference.Depth, $"{layer}: input gradient");
        if (layer.HasBias)
            AssertClose(run.Parameters["bias"].Gradients, db, batch * reference.Places, $"{layer}: bias gradient");
    }

    private static void CheckBits(Conv2D layer, DoubleConvolution reference, LayerRun run, float[] dz, int batch, int sampleLength)
    {
        ReadOnlySpan<float> w = run.Parameters["weight"].Values;
        int rows = batch * reference.Places, filters = layer.Channels, inputs = reference.GroupChannels, places = sampleLength / (inputs * layer.Groups);
        float[] y = new float[run.Output.Length], dx = new float[run.Input.Length];
        for (int group = 0; group < layer.Groups; group++)
        {
            ReadOnlyMatrixView weights = new ReadOnlyMatrixView(w, reference.Depth, filters).SliceColumns(group * reference.GroupFilters, reference.GroupFilters);
            MatrixView product = new MatrixView(y, rows, filters).SliceColumns(group * reference.GroupFilters, reference.GroupFilters);
            Matrix.Multiply(new(reference.Patches(run.Input, batch, group), rows, reference.Depth), weights, product);
            for (int place = 0; place < batch * places; place++)
            {
                (float[] windows, float[] turned) = reference.Windows(dz, w, place / places, place % places, group);
                MatrixView gradient = new(dx.AsSpan(place * inputs * layer.Groups + group * inputs, inputs), 1, inputs);
                Matrix.Multiply(new(windows, 1, windows.Length), new ReadOnlyMatrixView(turned, windows.Length, inputs), gradient);
            }
        }

        layer.Activation.Apply(y, y);
        Assert.That(run.Output, Is.EqualTo(y), $"{layer}: output");
        Assert.That(run.InputGradient, Is.EqualTo(dx), $"{layer}: input gradient");
    }

    private static Shape Sizes(params ReadOnlySpan<int> sizes) => [.. sizes];

    private static void Differentiate(Conv2D layer, float[] output, float[] gradient) => layer.Activation.Differentiate(output, gradient);

    private static void AssertClose(ReadOnlySpan<float> actual, double[] expected, int steps, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            double allowed = 1e-6 * (1 + Math.Sqrt(steps)) * Math.Max(1, Math.Abs(expected[i]));
            if (!(Math.Abs(actual[i] - expected[i]) <= allowed))
                Assert.Fail($"{what}[{i}]: expected {expected[i]}, got {actual[i]}");
        }
    }
}
