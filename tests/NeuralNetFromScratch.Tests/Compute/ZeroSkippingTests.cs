using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Compute;

public class ZeroSkippingTests
{
    [Test]
    public void Products_have_the_bits_of_those_that_skip_nothing([Values] RegisterWidth width, [Values] bool transposed, [Values] bool accumulate)
    {
        int tileRows = Tuning.Blocking((SimdWidth)width).TileRows, tileColumns = Tuning.Blocking((SimdWidth)width).TileColumns;
        int[] rowCounts = [1, 2, 4, 5, tileRows - 1, tileRows, tileRows + 1, 3 * tileRows + 4];
        int[] columnCounts = [1, tileColumns / 2 + 1, tileColumns, 5 * tileColumns + 1, 8 * tileColumns + 3];
        foreach (int rows in rowCounts.Distinct())
        {
            foreach (int columns in columnCounts.Distinct())
            {
                foreach (int depth in (int[])[0, 1, 7, 50, 401])
                    CheckBits(new Engine(1, (SimdWidth)width), rows, columns, depth, transposed, accumulate);
            }
        }
    }

    [Test]
    public void The_bits_do_not_depend_on_the_number_of_threads([Values(2, 3, 7)] int threads, [Values] RegisterWidth width)
    {
        CheckBits(new Engine(threads, (SimdWidth)width), 64, 128, 784, transposed: false, accumulate: false);
        CheckBits(new Engine(threads, (SimdWidth)width), 784, 128, 64, transposed: true, accumulate: true);
    }

    [Test]
    public void Steps_of_zeros_are_left_out_and_no_others([Values(1, 9)] int rows, [Values] RegisterWidth width)
    {
        // 0 · ∞ is not a number: only if its step is left out, the sum is one.
        float[] left = new float[rows * 3], right = [float.PositiveInfinity, 2, 5], sums = TestValues.Poison(rows);
        (left[1], left[2]) = (3, 1);
        Multiply(new Engine(1, (SimdWidth)width), left, right, sums, rows, 1, 3, transposed: false, accumulate: false, skipsZeros: true);
        Assert.That(sums[0], Is.EqualTo(11));
        left[2] = float.NaN;
        Multiply(new Engine(1, (SimdWidth)width), left, right, sums, rows, 1, 3, transposed: false, accumulate: false, skipsZeros: true);
        Assert.That(sums[0], Is.NaN);
    }

    private static void CheckBits(Engine engine, int rows, int columns, int depth, bool transposed, bool accumulate)
    {
        float[] left = ManyZeros(rows * depth), right = TestValues.Uniform(depth * columns, 2), all = TestValues.Uniform(rows * columns, 3);
        float[] nonzero = [.. all];
        Multiply(engine, left, right, all, rows, columns, depth, transposed, accumulate, skipsZeros: false);
        Multiply(engine, left, right, nonzero, rows, columns, depth, transposed, accumulate, skipsZeros: true);
        Assert.That(TestValues.Bits(nonzero), Is.EqualTo(TestValues.Bits(all)), $"{rows}×{columns}×{depth}");
    }

    /// <summary>Runs of 17 zeros and of 7 other numbers, in turn.</summary>
    private static float[] ManyZeros(int length)
    {
        float[] values = TestValues.Uniform(length, 1);
        for (int i = 0; i < length; i++)
            values[i] = i % 24 < 17 ? 0 : values[i];
        return values;
    }

    private static void Multiply(
        Engine engine, float[] left, float[] right, float[] destination, int rows, int columns, int depth, bool transposed, bool accumulate, bool skipsZeros)
    {
        ReadOnlyMatrixView a = transposed ? new ReadOnlyMatrixView(left, depth, rows).Transposed : new(left, rows, depth);
        engine.Multiply(a, new(right, depth, columns), new(destination, rows, columns), new GemmOptions(accumulate, skipsZeros));
    }
}
