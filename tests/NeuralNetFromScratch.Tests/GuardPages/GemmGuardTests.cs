using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.GuardPages;

public unsafe class GemmGuardTests(GuardedSide side) : GuardPageTest(side)
{
    [Test]
    public void Products_touch_their_operands_alone_in_every_layout([Values] RegisterWidth width, [Values] bool leftTransposed, [Values] bool rightTransposed)
    {
        var engine = new Engine(1, (SimdWidth)width);
        foreach ((int rows, int columns, int depth) in Sizes(width))
        {
            // Rows with gaps between, so that the last row's end is the operand's.
            int gap = (rows + columns + depth) % 3;
            Check(
                operands =>
                {
                    ReadOnlyMatrixView a = View(operands, rows, depth, leftTransposed, gap), b = View(operands, depth, columns, rightTransposed, gap);
                    MatrixView c = new(operands.NextSpan((rows - 1) * (columns + gap) + columns), rows, columns, columns + gap, 1);
                    engine.Multiply(a, b, c);
                },
                () => $"{rows}×{columns}×{depth}");
        }
    }

    [Test]
    public void A_transposed_destination_is_touched_alone([Values] RegisterWidth width)
    {
        var engine = new Engine(1, (SimdWidth)width);
        foreach ((int rows, int columns, int depth) in Sizes(width))
        {
            Check(
                operands => engine.Multiply(
                    View(operands, rows, depth, false, 0), View(operands, depth, columns, false, 0),
                    new MatrixView(operands.NextSpan(rows * columns), rows, columns, 1, rows)),
                () => $"{rows}×{columns}×{depth}");
        }
    }

    [Test]
    public void Bias_and_sums_are_touched_alone([Values] RegisterWidth width, [Values] bool accumulate, [Values] bool skipsZeros)
    {
        var engine = new Engine(1, (SimdWidth)width);
        foreach ((int rows, int columns, int depth) in Sizes(width))
        {
            Check(
                operands => engine.Multiply(
                    View(operands, rows, depth, false, 0), View(operands, depth, columns, false, 0), new MatrixView(operands.NextSpan(rows * columns), rows, columns),
                    new GemmOptions(accumulate, skipsZeros), new BiasActivationEpilogue<ReluFunction>(operands.NextSpan(columns), default)),
                () => $"{rows}×{columns}×{depth}");
        }
    }

    [Test]
    public void Packed_blocks_fit_their_space([Values] RegisterWidth width, [Values] bool skipsZeros)
    {
        foreach ((int rows, int columns, int depth) in Sizes(width).Append((100, 150, 200)))
        {
            Check(
                operands =>
                {
                    GemmOperands product = Product(operands, rows, columns, depth);
                    GemmOptions options = new(SkipsZeros: skipsZeros);
                    var plan = new GemmPlan(product, options, (SimdWidth)width);
                    // What the space holds in the end is nobody's business, and its alignment must not matter.
                    using var space = new GuardedMemory(plan.SpaceLength, Side);
                    var kernel = new GemmKernel<BiasActivationEpilogue<IdentityFunction>>(
                        product, options, plan, space.Pointer, new(operands.NextSpan(columns), default));
                    SimdDispatch.Run((SimdWidth)width, ref kernel);
                },
                () => $"{rows}×{columns}×{depth}");
        }
    }

    /// <summary>One less than, exactly and one more than tiles and registers, so that each kernel of the edges runs.</summary>
    private static IEnumerable<(int Rows, int Columns, int Depth)> Sizes(RegisterWidth width)
    {
        var blocking = Tuning.Blocking((SimdWidth)width);
        int lanes = blocking.TileColumns / 2;
        int[] rowCounts = [1, 2, 4, 5, blocking.TileRows - 1, blocking.TileRows, blocking.TileRows + 1, 2 * blocking.TileRows + 3];
        int[] columnCounts = [1, 2, 3, lanes - 1, lanes, lanes + 1, 2 * lanes - 1, 2 * lanes, 2 * lanes + 1, 5 * lanes + 2, 8 * lanes, 8 * lanes + 3];
        foreach (int rows in rowCounts.Distinct())
        {
            foreach (int columns in columnCounts.Where(count => count > 0).Distinct())
            {
                foreach (int depth in (int[])[1, 3, 4, 9])
                    yield return (rows, columns, depth);
            }
        }
    }

    private static GemmOperands Product(Operands operands, int rows, int columns, int depth) => new()
    {
        Rows = rows,
        Columns = columns,
        Depth = depth,
        A = operands.Next(rows * depth),
        ARow = depth,
        AColumn = 1,
        B = operands.Next(depth * columns),
        BRow = columns,
        BColumn = 1,
        C = operands.Next(rows * columns),
        CRow = columns,
        CColumn = 1,
    };

    private static ReadOnlyMatrixView View(Operands operands, int rows, int columns, bool transposed, int gap) => transposed
        ? View(operands, columns, rows, false, gap).Transposed
        : new ReadOnlyMatrixView(operands.NextSpan((rows - 1) * (columns + gap) + columns), rows, columns, columns + gap, 1);
}
