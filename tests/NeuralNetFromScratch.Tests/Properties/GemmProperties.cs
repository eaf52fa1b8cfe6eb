using CsCheck;
using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Properties;

/// <summary>What must hold of any product, with matrices of any size, at any register width, lying in memory as they like.</summary>
public class GemmProperties
{
    private const double Rounding = 1.0 / (1 << 24);

    private static readonly Gen<Case> Cases = Gen.Select(
        Gen.Int[1, 45], Gen.Int[1, 70], Gen.Int[1, 45], Gen.Enum<RegisterWidth>(), Gen.Int[0, 3], Gen.ULong,
        (rows, depth, columns, width, layout, seed) => new Case(rows, depth, columns, width, layout, seed));

    [Test]
    public void The_identity_changes_no_bit_on_either_side() => Property.Holds(Cases, c =>
    {
        float[] a = c.Left(), rowsIdentity = Identity(c.Rows), depthIdentity = Identity(c.Depth);
        Assert.That(c.Multiply(a, c.Rows, c.Depth, depthIdentity, c.Depth), Is.EqualTo(a));
        Assert.That(c.Multiply(rowsIdentity, c.Rows, c.Rows, a, c.Depth), Is.EqualTo(a));
    });

    [Test]
    public void The_transpose_of_a_product_is_the_product_of_the_transposes_in_reverse_to_the_bit() => Property.Holds(Cases, c =>
    {
        float[] product = c.Multiply(c.Left(), c.Rows, c.Depth, c.Right(), c.Columns);
        float[] reversed = c.Multiply(Transpose(c.Right(), c.Depth, c.Columns), c.Columns, c.Depth, Transpose(c.Left(), c.Rows, c.Depth), c.Rows);
        Assert.That(TestValues.Bits(Transpose(reversed, c.Columns, c.Rows)), Is.EqualTo(TestValues.Bits(product)));
    });

    [Test]
    public void A_block_computed_alone_has_the_bits_of_the_whole() => Property.Holds(
        Gen.Select(Cases, Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0, 1]),
        value =>
        {
            (Case c, double top, double height, double left, double width) = value;
            (int firstRow, int rows) = Part(c.Rows, top, height);
            (int firstColumn, int columns) = Part(c.Columns, left, width);
            float[] whole = c.Multiply(c.Left(), c.Rows, c.Depth, c.Right(), c.Columns);
            var block = new float[rows * columns];
            c.Engine.Multiply(
                new ReadOnlyMatrixView(c.Left(), c.Rows, c.Depth).SliceRows(firstRow, rows),
                new ReadOnlyMatrixView(c.Right(), c.Depth, c.Columns).SliceColumns(firstColumn, columns),
                new MatrixView(block, rows, columns));
            float[] expected = new ReadOnlyMatrixView(whole, c.Rows, c.Columns).SliceRows(firstRow, rows).SliceColumns(firstColumn, columns).ToArray();
            Assert.That(TestValues.Bits(block), Is.EqualTo(TestValues.Bits(expected)));
        });

    [Test]
    public void The_memory_layout_of_operands_changes_no_bits() => Property.Holds(Cases, c =>
    {
        float[] plain = c.Multiply(c.Left(), c.Rows, c.Depth, c.Right(), c.Columns), other = TestValues.Poison(plain.Length);
        float[] left = Transpose(c.Left(), c.Rows, c.Depth), right = Transpose(c.Right(), c.Depth, c.Columns);
        bool turnsLeft = c.Layout % 2 == 1, turnsRight = c.Layout / 2 == 1;
        c.Engine.Multiply(
            turnsLeft ? new ReadOnlyMatrixView(left, c.Depth, c.Rows).Transposed : new ReadOnlyMatrixView(c.Left(), c.Rows, c.Depth),
            turnsRight ? new ReadOnlyMatrixView(right, c.Columns, c.Depth).Transposed : new ReadOnlyMatrixView(c.Right(), c.Depth, c.Columns),
            new MatrixView(other, c.Rows, c.Columns));
        Assert.That(TestValues.Bits(other), Is.EqualTo(TestValues.Bits(plain)));
    });

    [Test]
    public void A_power_of_two_can_be_taken_out_to_the_bit() => Property.Holds(Gen.Select(Cases, Gen.Int[-20, 20]), value =>
    {
        (Case c, int exponent) = value;
        float factor = MathF.ScaleB(1, exponent);
        float[] inside = c.Multiply([.. c.Left().Select(element => element * factor)], c.Rows, c.Depth, c.Right(), c.Columns);
        float[] outside = [.. c.Multiply(c.Left(), c.Rows, c.Depth, c.Right(), c.Columns).Select(element => element * factor)];
        Assert.That(TestValues.Bits(inside), Is.EqualTo(TestValues.Bits(outside)));
    });

    [Test]
    public void Products_distribute_over_sums_within_the_error_bound() => Property.Holds(Cases, c =>
    {
        float[] a = c.Left(), b = c.Right(), d = TestValues.Uniform(b.Length, c.Seed + 2);
        float[] together = c.Multiply(a, c.Rows, c.Depth, [.. b.Zip(d, (x, y) => x + y)], c.Columns);
        float[] first = c.Multiply(a, c.Rows, c.Depth, b, c.Columns), second = c.Multiply(a, c.Rows, c.Depth, d, c.Columns);
        for (int i = 0; i < c.Rows; i++)
        {
            for (int j = 0; j < c.Columns; j++)
            {
                // k·u·|A||B + D| with u for each sum on one side, k·u·(|A||B| + |A||D|) with u for the sum on the other.
                double magnitude = 0;
                for (int k = 0; k < c.Depth; k++)
                    magnitude += Math.Abs(a[i * c.Depth + k]) * ((double)Math.Abs(b[k * c.Columns + j]) + Math.Abs(d[k * c.Columns + j]));
                int element = i * c.Columns + j;
                double difference = Math.Abs((double)together[element] - ((double)first[element] + second[element]));
                Assert.That(difference, Is.LessThanOrEqualTo((2 * c.Depth + 2) * Rounding * magnitude), $"element [{i}, {j}]");
            }
        }
    });

    private static (int Start, int Count) Part(int size, double start, double share)
    {
        int first = Math.Min((int)(start * size), size - 1);
        return (first, 1 + Math.Min((int)(share * (size - first)), size - first - 1));
    }

    private static float[] Identity(int size)
    {
        var values = new float[size * size];
        for (int i = 0; i < size; i++)
            values[i * size + i] = 1;
        return values;
    }

    private static float[] Transpose(float[] values, int rows, int columns) => new ReadOnlyMatrixView(values, rows, columns).Transposed.ToArray();

    internal sealed record Case(int Rows, int Depth, int Columns, RegisterWidth Width, int Layout, ulong Seed)
    {
        public Engine Engine { get; } = new(1, (SimdWidth)Width);

        public float[] Left() => TestValues.Uniform(Rows * Depth, Seed);

        public float[] Right() => TestValues.Uniform(Depth * Columns, Seed + 1);

        public float[] Multiply(float[] left, int rows, int depth, float[] right, int columns)
        {
            float[] product = TestValues.Poison(rows * columns);
            Engine.Multiply(new(left, rows, depth), new(right, depth, columns), new(product, rows, columns));
            return product;
        }
    }
}
