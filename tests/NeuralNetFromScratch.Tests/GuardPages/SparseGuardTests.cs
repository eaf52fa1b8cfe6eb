using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.GuardPages;

/// <summary>Products of sparse rows, whose weights, sums and stored values touch guard pages.</summary>
public class SparseGuardTests(GuardedSide side) : GuardPageTest(side)
{
    private static readonly int[] Widths = [.. Enumerable.Range(1, 18), 31, 32, 33, 65];

    [Test]
    public void Products_touch_their_operands_alone([Values] RegisterWidth width, [Values(0, 3)] int denseColumns, [Values] bool hasBias)
    {
        var engine = new Engine(1, (SimdWidth)width);
        foreach (int columns in Widths)
        {
            Check(
                on =>
                {
                    BatchView x = Batch(on, denseColumns, out int rows);
                    BatchProduct.Multiply(
                        engine, x, new ReadOnlyMatrixView(on.NextSpan(x.Columns * columns), x.Columns, columns), hasBias ? on.NextSpan(columns) : [],
                        new MatrixView(on.NextSpan(rows * columns), rows, columns));
                },
                () => $"{columns} columns");
        }
    }

    [Test]
    public void Transposed_products_touch_their_operands_alone([Values] RegisterWidth width, [Values(0, 3)] int denseColumns, [Values] bool accumulate, [Values] bool isListed)
    {
        var engine = new Engine(1, (SimdWidth)width);
        foreach (int columns in Widths)
        {
            Check(
                on =>
                {
                    BatchView x = isListed ? FewElements(on, denseColumns, out int rows) : Batch(on, denseColumns, out rows);
                    BatchProduct.MultiplyTransposed(
                        engine, x, new ReadOnlyMatrixView(on.NextSpan(rows * columns), rows, columns), new MatrixView(on.NextSpan(x.Columns * columns), x.Columns, columns), accumulate,
                        isListed ? new GradientRows(x.Columns) : null);
                },
                () => $"{columns} columns");
        }
    }

    [Test]
    public void Updates_of_some_rows_touch_their_operands_alone([Values] RegisterWidth width)
    {
        int[] rows = [4, 0, 2, 1];
        foreach (int columns in Widths)
        {
            Check(
                on => UpdatePass.RunRows(
                    (SimdWidth)width, new AdagradRule(0.1f, 1e-8f, 0), new RowList(rows, columns), on.NextSpan(5 * columns), on.NextSpan(5 * columns), on.NextSpan(5 * columns)),
                () => $"{columns} columns");
        }
    }

    [Test]
    public void Deferred_updates_touch_their_operands_alone([Values] RegisterWidth width)
    {
        int[] rows = [4, 0, 2], done = [0, 1, 0];
        var log = new UpdateLog<AdamRule>();
        log.Rules.AsSpan(0, 2).Fill(new AdamRule(0.9f, 0.99f, 0.01f, 1, 1e-8f));
        foreach (int columns in Widths)
        {
            Check(
                on => log.Run(
                    (SimdWidth)width,
                    new RowsToComplete
                    {
                        Rows = rows, Done = done, Length = columns, Values = on.NextSpan(5 * columns), Slots = on.NextSpan(2 * 5 * columns), SlotStride = 5 * columns,
                    },
                    logged: 2),
                () => $"{columns} columns");
        }
    }

    /// <summary>The first and the last column are stored, and so are a row without values and a full one.</summary>
    private static BatchView Batch(Operands on, int denseColumns, out int rows) => Batch(on, denseColumns, [0, 2, 2, 7, 8], [0, 4, 0, 1, 2, 3, 4, 4], 5, out rows);

    /// <summary>Few of the columns are stored, among them the first and the last one.</summary>
    private static BatchView FewElements(Operands on, int denseColumns, out int rows) => Batch(on, denseColumns, [0, 2, 2, 4], [0, 8, 3, 8], 9, out rows);

    private static BatchView Batch(Operands on, int denseColumns, int[] offsets, int[] columns, int columnCount, out int rows)
    {
        rows = offsets.Length - 1;
        ReadOnlyMatrixView dense = denseColumns == 0 ? default : new(on.NextSpan(rows * denseColumns), rows, denseColumns);
        return new(dense, new SparseRowsView(offsets, columns, on.NextSpan(columns.Length), columnCount));
    }
}
