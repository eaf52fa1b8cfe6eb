using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>One call of the micro-kernel.</summary>
internal unsafe struct Tile
{
    /// <summary>Number of steps of k.</summary>
    public int Depth;

    /// <summary>Which steps, for kernels that do not take all of them.</summary>
    public int* Steps;

    /// <summary>Element (0, 0) of the rows of A, the distance between its rows, and between its steps of k.</summary>
    public float* A;
    public nint ARow, AStep;

    /// <summary>Step 0 of the columns of B, contiguous over the tile's width, and the distance between steps of k.</summary>
    public float* B;
    public nint BStep;

    /// <summary>The tile's first element, and the distance between its rows, which are contiguous.</summary>
    public float* C;
    public nint CRow;

    /// <summary>Whether the sums go on from what C holds, or start from zero.</summary>
    public bool Accumulate;
}

/// <summary>
/// The innermost loop of the matrix product: one tile of C, <c>TRows</c> rows by <c>TVectors</c> registers, held in
/// registers while k runs through the depth. Each step of k loads one row of B and multiplies it with one broadcast element of A
/// for each row: <c>C[r, :] += A[r, k] · B[k, :]</c>. An element of C is one chain of multiply-adds in the order of k, whatever
/// the tile, so that tiling, blocking and threads never change its bits.
/// </summary>
/// <remarks>
/// What it assumes:
/// <list type="bullet">
/// <item>A: element (r, k) is at <c>A + r·ARow + k·AStep</c> for all TRows rows; a panel that has fewer is filled up with zeros.</item>
/// <item>B: step k has TVectors·Width contiguous floats at <c>B + k·BStep</c>; a panel that has fewer is filled up with zeros.</item>
/// <item>C: row r has TVectors·Width contiguous floats at <c>C + r·CRow</c>, all of which are written, and read where it accumulates.</item>
/// <item>Nothing need be aligned, and C shares no memory with A or B. A depth of 0 is allowed.</item>
/// <item>Compact steps: ARow is 1, and BStep is TVectors·Width.</item>
/// <item>Nonzero steps: Steps has Depth numbers of steps, in rising order; A and B are read at these alone.</item>
/// </list>
/// Beside the multiply-adds of a step every other instruction counts as soon as another program runs on the same core. At 256 bits the kernel
/// for compact steps has 22 instructions in a step of 12 multiply-adds where A is packed, the general one 25.
/// </remarks>
internal static unsafe class MicroKernel<TSimd, TRows, TVectors, TSteps>
    where TSimd : struct, ISimd<TSimd>
    where TRows : struct, ICount
    where TVectors : struct, ICount
    where TSteps : struct, ISteps
{
    [MethodImpl(HotPath.CompileOnce)]
    public static void Run(in Tile tile)
    {
        int depth = tile.Depth;
        // A's distances are in bytes, as an instruction's address adds them up.
        byte* a = (byte*)tile.A;
        float* b = tile.B;
        nint aRow = tile.ARow * sizeof(float), aThreeRows = 3 * aRow, aStep = tile.AStep * sizeof(float);
        nint bStep = TSteps.AreCompact ? TVectors.Value * TSimd.Width : tile.BStep;
        TileSums<TSimd, TRows, TVectors> sums = default;
        if (tile.Accumulate)
            sums.Load(tile.C, tile.CRow);

        if (TSteps.SkipZeros)
        {
            int* steps = tile.Steps;
            for (; depth != 0; depth--)
            {
                nint step = *steps++;
                sums.AddStep<TSteps>(a + step * aStep, aRow, aThreeRows, b + step * bStep);
            }
        }
        else
        {
            // Four at a time where A is packed. Where its steps lie far apart, the processor foresees the addresses of a loop of one step better.
            if (TSteps.AreCompact && tile.AStep == TRows.Value)
            {
                for (int fours = depth / 4; fours != 0; fours--)
                {
                    AddStep(ref sums, ref a, aRow, aThreeRows, aStep, ref b, bStep);
                    AddStep(ref sums, ref a, aRow, aThreeRows, aStep, ref b, bStep);
                    AddStep(ref sums, ref a, aRow, aThreeRows, aStep, ref b, bStep);
                    AddStep(ref sums, ref a, aRow, aThreeRows, aStep, ref b, bStep);
                }

                depth %= 4;
            }

            for (; depth != 0; depth--)
                AddStep(ref sums, ref a, aRow, aThreeRows, aStep, ref b, bStep);
        }

        sums.Store(tile.C, tile.CRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddStep(
        ref TileSums<TSimd, TRows, TVectors> sums, ref byte* a, nint aRow, nint aThreeRows, nint aStep, ref float* b, nint bStep)
    {
        sums.AddStep<TSteps>(a, aRow, aThreeRows, b);
        a += aStep;
        b += bStep;
    }
}
