using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Compute;

public class GemmTests
{
    private const float Guard = 12345.5f;

    [Test]
    public void Every_size_up_to_two_tiles_and_one_is_right_in_every_layout([Values] RegisterWidth width)
    {
        var engine = new Engine(1, (SimdWidth)width);
        var blocking = Tuning.Blocking((SimdWidth)width);
        ulong seed = 1;
        for (int rows = 0; rows <= 2 * blocking.TileRows + 1; rows++)
        {
            for (int columns = 0; columns <= 2 * blocking.TileColumns + 1; columns++)
            {
                foreach (int depth in (ReadOnlySpan<int>)[0, 1, 2, 5])
                    Check(engine, rows, columns, depth, (Layout)(seed % 4), seed++);
            }
        }
    }

    [Test]
    public void Every_depth_up_to_two_registers_and_around_a_block_is_right([Values] RegisterWidth width, [Values] Layout layout)
    {
        var engine = new Engine(1, (SimdWidth)width);
        int block = Tuning.Blocking((SimdWidth)width).Depth;
        foreach (int depth in Enumerable.Range(0, 34).Concat([block - 1, block, block + 1, 2 * block, 2 * block + 1]))
            Check(engine, 13, 37, depth, layout, (ulong)depth);
    }

    [Test]
    public void Products_larger_than_every_block_are_right([Values] RegisterWidth width)
    {
        var engine = new Engine(1, (SimdWidth)width);
        Check(engine, 259, 19, 385, Layout.Plain, 1);
        Check(engine, 7, 2065, 300, Layout.LeftTransposed, 2);
        Check(engine, 300, 70, 40, Layout.RightTransposed, 3);
    }

    [Test]
    public void A_single_row_is_right_at_every_width_and_has_the_bits_of_the_same_row_among_others([Values] RegisterWidth width)
    {
        var engine = new Engine(1, (SimdWidth)width);
        for (int columns = 1; columns <= 280; columns += columns < 20 ? 1 : 13)
        {
            Check(engine, 1, columns, 37, Layout.Plain, (ulong)columns);
            Check(engine, 1, columns, 37, Layout.RightTransposed, (ulong)columns);
            float[] left = TestValues.Uniform(3 * 300, 1), right = TestValues.Uniform(300 * columns, 2);
            float[] among = new float[3 * columns], alone = TestValues.Poison(columns);
            engine.Multiply(new(left, 3, 300), new(right, 300, columns), new(among, 3, columns));
            engine.Multiply(new(left.AsSpan(300, 300), 1, 300), new(right, 300, columns), new(alone, 1, columns));
            Assert.That(TestValues.Bits(alone), Is.EqualTo(TestValues.Bits(among.AsSpan(columns, columns))));
        }
    }

    [Test]
    public void Any_strides_work_on_all_three_operands([Values] RegisterWidth width)
    {
        var engine = new Engine(1, (SimdWidth)width);
        float[] left = TestValues.Uniform(400, 1), right = TestValues.Uniform(900, 2);
        var a = new ReadOnlyMatrixView(left, 7, 9, 3, 25);
        var b = new ReadOnlyMatrixView(right, 9, 11, 2, 19);
        float[] destination = [.. Enumerable.Repeat(Guard, 500)];
        var c = new MatrixView(destination, 7, 11, 2, 17);
        engine.Multiply(a, b, c);
        var isElement = new bool[destination.Length];
        for (int i = 0; i < c.Rows; i++)
        {
            for (int j = 0; j < c.Columns; j++)
            {
                double expected = 0;
                for (int k = 0; k < a.Columns; k++)
                    expected += (double)a[i, k] * b[k, j];
                Assert.That(c[i, j], Is.EqualTo(expected).Within(1e-5));
                isElement[2 * i + 17 * j] = true;
            }
        }

        for (int i = 0; i < destination.Length; i++)
        {
            if (!isElement[i])
                Assert.That(destination[i], Is.EqualTo(Guard), $"place {i} between the elements was written");
        }
    }

    [Test]
    public void The_bits_do_not_depend_on_the_number_of_threads([Values(2, 3, 7)] int threads, [Values] RegisterWidth width)
    {
        foreach ((int rows, int columns, int depth) in (ReadOnlySpan<(int, int, int)>)[(64, 128, 784), (300, 10, 500), (31, 333, 257), (128, 784, 100)])
        {
            float[] left = TestValues.Uniform(rows * depth, 1), right = TestValues.Uniform(depth * columns, 2);
            float[] one = new float[rows * columns], several = TestValues.Poison(rows * columns);
            new Engine(1, (SimdWidth)width).Multiply(new(left, rows, depth), new(right, depth, columns), new(one, rows, columns));
            new Engine(threads, (SimdWidth)width).Multiply(new(left, rows, depth), new(right, depth, columns), new(several, rows, columns));
            Assert.That(TestValues.Bits(several), Is.EqualTo(TestValues.Bits(one)));
        }
    }

    [Test]
    public void The_single_threaded_product_has_the_bits_of_an_engine()
    {
        float[] left = TestValues.Uniform(50 * 90, 1), right = TestValues.Uniform(90 * 40, 2);
        float[] pooled = new float[2000], owned = new float[2000];
        Matrix.Multiply(new(left, 50, 90), new(right, 90, 40), new(pooled, 50, 40));
        new Engine(1).Multiply(new(left, 50, 90), new(right, 90, 40), new(owned, 50, 40));
        Assert.That(TestValues.Bits(pooled), Is.EqualTo(TestValues.Bits(owned)));
    }

    [Test]
    public void NaN_and_infinity_propagate([Values] RegisterWidth width)
    {
        float[] left = [1, float.NaN, 2, float.PositiveInfinity], right = [1, 0, 0, 1], c = new float[4];
        new Engine(1, (SimdWidth)width).Multiply(new(left, 2, 2), new(right, 2, 2), new(c, 2, 2));
        Assert.That(c, Is.EqualTo((float[])[float.NaN, float.NaN, float.NaN, float.PositiveInfinity]));
    }

    [Test]
    public void Shapes_that_do_not_fit_are_named()
    {
        Assert.That(
            () => Matrix.Multiply(new(new float[6], 2, 3), new(new float[8], 4, 2), new(new float[4], 2, 2)),
            Throws.ArgumentException.With.Message.Contains("cannot multiply [2, 3] by [4, 2] into [2, 2]"));
    }

    [Test]
    public void A_destination_that_shares_memory_with_a_factor_is_refused()
    {
        var values = new float[12];
        Assert.That(
            () => Matrix.Multiply(new(values.AsSpan(0, 4), 2, 2), new(new float[4], 2, 2), new(values.AsSpan(2, 4), 2, 2)),
            Throws.ArgumentException.With.Message.Contains("shares memory"));
    }

    /// <summary>|Ĉ − C| ≤ k·u·|A||B|, nothing else written, whatever the destination held.</summary>
    private static void Check(Engine engine, int rows, int columns, int depth, Layout layout, ulong seed)
    {
        var random = new RandomSource(seed);
        int padLeft = random.Below(1, 3), padRight = random.Below(2, 3), padC = random.Below(3, 3);
        bool leftTransposed = layout is Layout.LeftTransposed or Layout.BothTransposed;
        bool rightTransposed = layout is Layout.RightTransposed or Layout.BothTransposed;
        ReadOnlyMatrixView a = Operand(rows, depth, leftTransposed, padLeft, seed + 1);
        ReadOnlyMatrixView b = Operand(depth, columns, rightTransposed, padRight, seed + 2);

        int stride = columns + padC;
        int start = 5;
        float[] memory = [.. Enumerable.Repeat(Guard, start + rows * stride + 40)];
        for (int i = 0; i < rows; i++)
            memory.AsSpan(start + i * stride, columns).Fill(float.NaN);
        engine.Multiply(a, b, new MatrixView(memory.AsSpan(start), rows, columns, stride, 1));

        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                double exact = 0, magnitude = 0;
                for (int k = 0; k < depth; k++)
                {
                    double term = (double)a[i, k] * b[k, j];
                    exact += term;
                    magnitude += Math.Abs(term);
                }

                float actual = memory[start + i * stride + j];
                double bound = depth * Math.Pow(2, -24) * magnitude;
                if (!(Math.Abs(actual - exact) <= bound))
                    Assert.Fail($"{rows}×{columns}×{depth} {layout}: C[{i}, {j}] is {actual}, exactly {exact} ± {bound}");
                memory[start + i * stride + j] = Guard;
            }
        }

        Assert.That(memory.AsSpan().IndexOfAnyExcept(Guard), Is.EqualTo(-1), $"{rows}×{columns}×{depth} {layout}: written outside");
    }

    private static ReadOnlyMatrixView Operand(int rows, int columns, bool transposed, int pad, ulong seed)
    {
        if (transposed)
            return Operand(columns, rows, false, pad, seed).Transposed;
        // The gaps between rows are NaN: a kernel that reads them shows it.
        float[] values = TestValues.Poison(rows * (columns + pad));
        float[] content = TestValues.Uniform(rows * columns, seed);
        for (int i = 0; i < rows; i++)
            content.AsSpan(i * columns, columns).CopyTo(values.AsSpan(i * (columns + pad)));
        return new ReadOnlyMatrixView(values, rows, columns, columns + pad, 1);
    }

    public enum Layout
    {
        Plain,
        LeftTransposed,
        RightTransposed,
        BothTransposed,
    }
}
