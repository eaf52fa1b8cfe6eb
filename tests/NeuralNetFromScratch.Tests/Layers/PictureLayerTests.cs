using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Layers;

/// <summary>Pooling, borders, enlargement and dropout of channels.</summary>
public class PictureLayerTests
{
    private static readonly Shape[] Shapes = [[4, 4, 1], [5, 7, 3], [6, 4, 16], [7, 6, 17], [4, 5, 33], [6, 6]];

    private static readonly Pool2D[] Pools =
    [
        .. from size in (Size2D[])[2, 3, new(1, 2), new(3, 2)]
           from stride in (Size2D[])[1, 2, new(2, 3), 4]
           from padding in (Padding2D[])[0, Padding2D.Same, new(0, 1, 0, 1)]
           where padding.IsSame || size.Width > 1
           from pool in (Pool2D[])
           [
               new MaxPool2D(size) { Stride = stride, Padding = padding }, new AveragePool2D(size) { Stride = stride, Padding = padding },
               new AveragePool2D(size) { Stride = stride, Padding = padding, CountsPadding = false },
           ]
           select pool,
    ];

    [Test]
    public void Windows_agree_with_double_precision([Values] RegisterWidth width)
    {
        var engine = new Engine(2, (SimdWidth)width);
        foreach (Shape shape in Shapes)
        {
            foreach (Pool2D pool in Pools)
                Check(pool, shape, engine);
        }
    }

    private static readonly Layer[] _overflowing =
    [
        new ZeroPadding2D(int.MaxValue), new ZeroPadding2D(new Padding2D(0, 0, int.MaxValue, 0)), new Upsample2D(int.MaxValue), new Conv2D(2, kernelSize: 3) { Padding = int.MaxValue },
        new Conv2D(2, kernelSize: int.MaxValue) { Dilation = 2 }, new MaxPool2D(int.MaxValue) { Padding = int.MaxValue - 1 },
    ];

    [TestCaseSource(nameof(_overflowing))]
    public void Sizes_that_overflow_are_refused_by_the_name_of_the_layer(Layer layer)
    {
        Assert.That(() => new Sequential([8, 8, 1], 1, layer, new Flatten(), new Dense(2)), Throws.ArgumentException.With.Message.Contains("1: "));
        Assert.That(() => new Sequential([8, 8, 1], 1, new Residual(layer), new Flatten(), new Dense(2)), Throws.ArgumentException.With.Message.Contains("1: "));
    }

    [Test]
    public void Bits_do_not_depend_on_threads_and_widths()
    {
        Layer[] layers = [new MaxPool2D(3) { Stride = 2, Padding = 1 }, new AveragePool2D(2), new GlobalMaxPool2D(), new GlobalAveragePool2D(), new ZeroPadding2D(1), new Upsample2D(2), new SpatialDropout2D(0.4f)];
        foreach (Layer layer in layers)
        {
            int[]? expected = null;
            foreach (SimdWidth width in (ReadOnlySpan<SimdWidth>)[SimdWidth.Bits256, SimdWidth.Bits512, SimdWidth.Bits128, SimdWidth.Scalar])
            {
                foreach (int threads in (ReadOnlySpan<int>)[1, 2, 3, 7])
                {
                    var run = new LayerRun(layer, [18, 17, 19], 9, new Engine(threads, width), seed: 7);
                    run.Forward();
                    run.Backward(TestValues.Uniform(run.Output.Length, 9));
                    int[] bits = [.. TestValues.Bits(run.Output), .. TestValues.Bits(run.InputGradient)];
                    expected ??= bits;
                    Assert.That(bits, Is.EqualTo(expected), $"{layer}, {width}, {threads} threads");
                }
            }
        }
    }

    [Test]
    public void Gradients_agree_with_differences()
    {
        foreach (Shape shape in Shapes)
        {
            foreach (Layer layer in (ReadOnlySpan<Layer>)[new MaxPool2D(2), new AveragePool2D(3) { Stride = 2, Padding = 1 }, new GlobalMaxPool2D(), new GlobalAveragePool2D(), new ZeroPadding2D(new Padding2D(1, 0, 2, 3)), new Upsample2D(new Size2D(2, 3)), new SpatialDropout2D(0.3f)])
                LayerCheck.Gradients(layer, shape, batch: 2);
        }
    }

    [Test]
    public void Global_pools_give_a_value_for_each_channel()
    {
        foreach (Shape shape in Shapes)
        {
            int channels = shape.Rank == 3 ? shape[2] : 1, places = shape.ElementCount / channels;
            LayerRun maximum = new(new GlobalMaxPool2D(), shape, 3, new Engine(), seed: 2), mean = new(new GlobalAveragePool2D(), shape, 3, new Engine(), seed: 2);
            maximum.Forward();
            mean.Forward();
            for (int i = 0; i < 3 * channels; i++)
            {
                float[] values = [.. Enumerable.Range(0, places).Select(place => maximum.Input[i / channels * shape.ElementCount + place * channels + i % channels])];
                Assert.That(maximum.Output[i], Is.EqualTo(values.Max()));
                Assert.That(mean.Output[i], Is.EqualTo(values.Average(value => (double)value)).Within(1e-6));
            }
        }
    }

    [Test]
    public void The_first_of_equal_maxima_gets_the_gradient_and_NaN_is_a_maximum()
    {
        var run = new LayerRun(new MaxPool2D(2), [2, 4, 1], 1, new Engine(), seed: 2);
        ((ReadOnlySpan<float>)[1, 3, float.NaN, 0, 3, 3, 5, 7]).CopyTo(run.Input);
        run.Forward();
        Assert.That(run.Output, Is.EqualTo((float[])[3, float.NaN]));
        run.Backward([2, 0]);
        Assert.That(run.InputGradient[..2], Is.EqualTo((float[])[0, 2]));
        Assert.That((run.InputGradient[4], run.InputGradient[5]), Is.EqualTo((0f, 0f)));
    }

    [Test]
    public void A_border_is_zero_and_a_larger_picture_repeats_places()
    {
        var padded = new LayerRun(new ZeroPadding2D(new Padding2D(1, 2, 0, 1)), [2, 2, 2], 2, new Engine(), seed: 2);
        padded.Forward();
        Assert.That(padded.Layer.OutputShape([2, 2, 2]).ToString(), Is.EqualTo("[3, 5, 2]"));
        Assert.That(padded.Output[..14], Is.All.Zero);
        Assert.That(padded.Output[14..18], Is.EqualTo(padded.Input[..4]));
        var larger = new LayerRun(new Upsample2D(new Size2D(2, 3)), [2, 2, 1], 1, new Engine(), seed: 2);
        larger.Forward();
        float[] x = larger.Input;
        Assert.That(larger.Output[..12], Is.EqualTo((float[])[x[0], x[0], x[0], x[1], x[1], x[1], x[0], x[0], x[0], x[1], x[1], x[1]]));
    }

    [Test]
    public void Whole_channels_are_dropped()
    {
        const int Channels = 40;
        var run = new LayerRun(new SpatialDropout2D(0.25f), [3, 2, Channels], 50, new Engine(), seed: 2);
        run.Forward();
        int dropped = 0;
        for (int i = 0; i < 50 * Channels; i++)
        {
            float[] factors = [.. Enumerable.Range(0, 6).Select(place => i / Channels * 6 * Channels + place * Channels + i % Channels).Select(at => run.Output[at] / run.Input[at])];
            Assert.That(factors, Is.All.EqualTo(factors[0]).Within(1e-6));
            Assert.That(factors[0], Is.EqualTo(0).Or.EqualTo(1 / 0.75).Within(1e-6));
            dropped += factors[0] == 0 ? 1 : 0;
        }

        Assert.That(dropped / (50.0 * Channels), Is.EqualTo(0.25).Within(0.04));
    }

    [Test]
    public void Misuse_is_refused()
    {
        Assert.That(() => new MaxPool2D(2) { Padding = 2 }.OutputShape([8, 8, 1]), Throws.ArgumentException.With.Message.Contains("padding"));
        Assert.That(() => new MaxPool2D(9).OutputShape([8, 8, 1]), Throws.ArgumentException.With.Message.Contains("9 × 9"));
        Assert.That(() => new AveragePool2D(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new AveragePool2D(2) { Stride = new(1, 0) }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ZeroPadding2D(Padding2D.Same), Throws.ArgumentException);
        Assert.That(() => new GlobalAveragePool2D().OutputShape([12]), Throws.ArgumentException);
        Assert.That(() => new SpatialDropout2D(1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static void Check(Pool2D pool, Shape shape, Engine engine)
    {
        if (pool.Size.Height > shape[0] || pool.Size.Width > shape[1] || (pool.Padding.Left >= pool.Size.Width && !pool.Padding.IsSame))
            return;
        const int Batch = 2;
        var run = new LayerRun(pool, shape, Batch, engine, seed: 4);
        // Few different values, so that maxima are not unique.
        for (int i = 0; i < run.Input.Length; i++)
            run.Input[i] = MathF.Round(3 * run.Input[i]);
        float[] dy = TestValues.Uniform(run.Output.Length, 9);
        run.Forward();
        run.Backward(dy);
        Shape output = pool.OutputShape(shape);
        int channels = output[2], top = pool.Padding.Top, left = pool.Padding.Left;
        if (pool.Padding.IsSame)
        {
            top = Math.Max(0, (output[0] - 1) * pool.Stride.Height + pool.Size.Height - shape[0]) / 2;
            left = Math.Max(0, (output[1] - 1) * pool.Stride.Width + pool.Size.Width - shape[1]) / 2;
        }

        double[] y = new double[dy.Length], dx = new double[run.Input.Length];
        for (int i = 0; i < y.Length; i++)
        {
            int sample = i / output.ElementCount, row = i % output.ElementCount / channels / output[1], column = i / channels % output[1];
            int[] places =
            [
                .. from r in Enumerable.Range(row * pool.Stride.Height - top, pool.Size.Height)
                   from c in Enumerable.Range(column * pool.Stride.Width - left, pool.Size.Width)
                   where r >= 0 && r < shape[0] && c >= 0 && c < shape[1]
                   select sample * shape.ElementCount + (r * shape[1] + c) * channels + i % channels,
            ];
            if (pool is AveragePool2D average)
            {
                double count = average.CountsPadding ? pool.Size.Height * pool.Size.Width : places.Length;
                y[i] = places.Sum(place => (double)run.Input[place]) / count;
                foreach (int place in places)
                    dx[place] += dy[i] / count;
            }
            else
            {
                y[i] = places.Max(place => run.Input[place]);
                dx[places.First(place => run.Input[place] == y[i])] += dy[i];
            }
        }

        Assert.That(run.Output, Is.EqualTo(y).Within(1e-5), $"{pool} {shape}");
        Assert.That(run.InputGradient, Is.EqualTo(dx).Within(1e-5), $"{pool} {shape}");
    }
}
