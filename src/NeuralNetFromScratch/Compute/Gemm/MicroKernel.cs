using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>One call of the micro-kernel.</summary>
internal unsafe struct Tile
{
    /// <summary>Number of steps of k.</summary>
    public int Depth;

    /// <summary>The indices of the steps, for kernels that skip steps.</summary>
    public int* Steps;

    /// <summary>Element (0, 0) of the rows of A, the distance between its rows, and between its steps of k.</summary>
    public float* A;
    public nint ARow, AStep;

    /// <summary>For patches, instead of A and ARow: an offset in bytes for each row, and the steps in strips at the distance AStep.</summary>
    public nint* Lanes;
    public Strip* Strips;
    public int StripCount;

    /// <summary>Step 0 of the columns of B, contiguous over the tile's width, and the distance between steps of k.</summary>
    public float* B;
    public nint BStep;

    /// <summary>The tile's first element, and the distance between its rows, which are contiguous.</summary>
    public float* C;
    public nint CRow;

    /// <summary>Whether the sums continue from the existing values of C instead of zero.</summary>
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
/// <item>Patches: element (r, k) is at <c>Lanes[r]</c> plus the place of step k, in bytes, for all TRows rows; the strips have Depth steps.</item>
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
        // The distances of A are in bytes, as in the address of an instruction.
        byte* a = (byte*)tile.A;
        float* b = tile.B;
        nint aRow = tile.ARow * sizeof(float), aThreeRows = 3 * aRow, aStep = tile.AStep * sizeof(float);
        nint bStep = TSteps.AreCompact ? TVectors.Value * TSimd.Width : tile.BStep;
        TileSums<TSimd, TRows, TVectors> sums = default;
        if (tile.Accumulate)
            sums.Load(tile.C, tile.CRow);

        if (TSteps.ArePatches)
        {
            nint* lanes = tile.Lanes;
            Strip* strip = tile.Strips;
            for (int strips = tile.StripCount; strips != 0; strips--, strip++)
            {
                nint place = strip->Offset;
                for (int steps = strip->Count; steps != 0; steps--)
                {
                    sums.AddPatchStep(place, lanes, b);
                    place += aStep;
                    b += bStep;
                }
            }
        }
        else if (TSteps.SkipZeros)
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
            // Four at a time if A is packed. If its steps are far apart, the prefetcher predicts the addresses of a loop of one step better.
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

/// <summary>
/// The sums of one tile of C, <c>TRows</c> rows by <c>TVectors</c> registers. Its methods are inlined and its fields are held in registers if the
/// address of the struct is not taken. The conditions on <c>TRows</c> and <c>TVectors</c> are constants for the JIT, which removes the rows and
/// registers that a tile does not have.
/// </summary>
internal unsafe struct TileSums<TSimd, TRows, TVectors>
    where TSimd : struct, ISimd<TSimd>
    where TRows : struct, ICount
    where TVectors : struct, ICount
{
    private TSimd _00, _01;
    private TSimd _10, _11;
    private TSimd _20, _21;
    private TSimd _30, _31;
    private TSimd _40, _41;
    private TSimd _50, _51;
    private TSimd _60, _61;
    private TSimd _70, _71;
    private TSimd _80, _81;
    private TSimd _90, _91;
    private TSimd _A0, _A1;
    private TSimd _B0, _B1;

    /// <param name="c">The tile's first element.</param>
    /// <param name="row">Distance between its rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(float* c, nint row)
    {
        if (TRows.Value > 0) Load(c + 0 * row, out _00, out _01);
        if (TRows.Value > 1) Load(c + 1 * row, out _10, out _11);
        if (TRows.Value > 2) Load(c + 2 * row, out _20, out _21);
        if (TRows.Value > 3) Load(c + 3 * row, out _30, out _31);
        if (TRows.Value > 4) Load(c + 4 * row, out _40, out _41);
        if (TRows.Value > 5) Load(c + 5 * row, out _50, out _51);
        if (TRows.Value > 6) Load(c + 6 * row, out _60, out _61);
        if (TRows.Value > 7) Load(c + 7 * row, out _70, out _71);
        if (TRows.Value > 8) Load(c + 8 * row, out _80, out _81);
        if (TRows.Value > 9) Load(c + 9 * row, out _90, out _91);
        if (TRows.Value > 10) Load(c + 10 * row, out _A0, out _A1);
        if (TRows.Value > 11) Load(c + 11 * row, out _B0, out _B1);
    }

    /// <summary>One step of k: <c>C[r, :] += A[r, k] · B[k, :]</c> for each row.</summary>
    /// <param name="a">Element (0, k) of A.</param>
    /// <param name="row">Distance between A's rows, in bytes.</param>
    /// <param name="threeRows">Three times as much.</param>
    /// <param name="b">The step's row of B.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddStep<TSteps>(byte* a, nint row, nint threeRows, float* b)
        where TSteps : struct, ISteps
    {
        TSimd b0 = TSimd.Load(b);
        TSimd b1 = TVectors.Value > 1 ? TSimd.Load(b + TSimd.Width) : TSimd.Zero;
        if (TSteps.AreCompact && TSimd.MultipliesByLane && TRows.Value % 4 == 0)
        {
            AddCompactStep((float*)a, b0, b1);
            return;
        }

        if (TRows.Value > 0) Add(Row<TSteps>(a, 0, row, threeRows), b0, b1, ref _00, ref _01);
        if (TRows.Value > 1) Add(Row<TSteps>(a, 1, row, threeRows), b0, b1, ref _10, ref _11);
        if (TRows.Value > 2) Add(Row<TSteps>(a, 2, row, threeRows), b0, b1, ref _20, ref _21);
        if (TRows.Value > 3) Add(Row<TSteps>(a, 3, row, threeRows), b0, b1, ref _30, ref _31);
        if (TRows.Value > 4) Add(Row<TSteps>(a, 4, row, threeRows), b0, b1, ref _40, ref _41);
        if (TRows.Value > 5) Add(Row<TSteps>(a, 5, row, threeRows), b0, b1, ref _50, ref _51);
        if (TRows.Value > 6) Add(Row<TSteps>(a, 6, row, threeRows), b0, b1, ref _60, ref _61);
        if (TRows.Value > 7) Add(Row<TSteps>(a, 7, row, threeRows), b0, b1, ref _70, ref _71);
        if (TRows.Value > 8) Add(Row<TSteps>(a, 8, row, threeRows), b0, b1, ref _80, ref _81);
        if (TRows.Value > 9) Add(Row<TSteps>(a, 9, row, threeRows), b0, b1, ref _90, ref _91);
        if (TRows.Value > 10) Add(Row<TSteps>(a, 10, row, threeRows), b0, b1, ref _A0, ref _A1);
        if (TRows.Value > 11) Add(Row<TSteps>(a, 11, row, threeRows), b0, b1, ref _B0, ref _B1);
    }

    /// <summary>One step of k if each row of A has a separate address.</summary>
    /// <param name="place">The offset of the step.</param>
    /// <param name="lanes">The addresses of the rows.</param>
    /// <param name="b">The step's row of B.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddPatchStep(nint place, nint* lanes, float* b)
    {
        TSimd b0 = TSimd.Load(b);
        TSimd b1 = TVectors.Value > 1 ? TSimd.Load(b + TSimd.Width) : TSimd.Zero;
        if (TRows.Value > 0) Add((byte*)(lanes[0] + place), b0, b1, ref _00, ref _01);
        if (TRows.Value > 1) Add((byte*)(lanes[1] + place), b0, b1, ref _10, ref _11);
        if (TRows.Value > 2) Add((byte*)(lanes[2] + place), b0, b1, ref _20, ref _21);
        if (TRows.Value > 3) Add((byte*)(lanes[3] + place), b0, b1, ref _30, ref _31);
        if (TRows.Value > 4) Add((byte*)(lanes[4] + place), b0, b1, ref _40, ref _41);
        if (TRows.Value > 5) Add((byte*)(lanes[5] + place), b0, b1, ref _50, ref _51);
        if (TRows.Value > 6) Add((byte*)(lanes[6] + place), b0, b1, ref _60, ref _61);
        if (TRows.Value > 7) Add((byte*)(lanes[7] + place), b0, b1, ref _70, ref _71);
        if (TRows.Value > 8) Add((byte*)(lanes[8] + place), b0, b1, ref _80, ref _81);
        if (TRows.Value > 9) Add((byte*)(lanes[9] + place), b0, b1, ref _90, ref _91);
        if (TRows.Value > 10) Add((byte*)(lanes[10] + place), b0, b1, ref _A0, ref _A1);
        if (TRows.Value > 11) Add((byte*)(lanes[11] + place), b0, b1, ref _B0, ref _B1);
    }

    /// <param name="c">The tile's first element.</param>
    /// <param name="row">Distance between its rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* c, nint row)
    {
        if (TRows.Value > 0) Store(c + 0 * row, _00, _01);
        if (TRows.Value > 1) Store(c + 1 * row, _10, _11);
        if (TRows.Value > 2) Store(c + 2 * row, _20, _21);
        if (TRows.Value > 3) Store(c + 3 * row, _30, _31);
        if (TRows.Value > 4) Store(c + 4 * row, _40, _41);
        if (TRows.Value > 5) Store(c + 5 * row, _50, _51);
        if (TRows.Value > 6) Store(c + 6 * row, _60, _61);
        if (TRows.Value > 7) Store(c + 7 * row, _70, _71);
        if (TRows.Value > 8) Store(c + 8 * row, _80, _81);
        if (TRows.Value > 9) Store(c + 9 * row, _90, _91);
        if (TRows.Value > 10) Store(c + 10 * row, _A0, _A1);
        if (TRows.Value > 11) Store(c + 11 * row, _B0, _B1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(float* row, out TSimd first, out TSimd second)
    {
        first = TSimd.Load(row);
        second = TVectors.Value > 1 ? TSimd.Load(row + TSimd.Width) : TSimd.Zero;
    }

    /// <summary>A row's element of A: at a constant distance, or at one that an instruction's address can add up from every third row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Row<TSteps>(byte* a, int number, nint row, nint threeRows)
        where TSteps : struct, ISteps =>
        TSteps.AreCompact ? a + number * sizeof(float) : a + number / 3 * threeRows + number % 3 * row;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(byte* a, TSimd b0, TSimd b1, ref TSimd first, ref TSimd second)
    {
        TSimd factor = TSimd.Factor(*(float*)a);
        TSimd.AddMultiple(ref first, factor, b0);
        if (TVectors.Value > 1 && TVectors.EndsInHalf)
            TSimd.AddHalfMultiple(ref second, factor, b1);
        else if (TVectors.Value > 1)
            TSimd.AddMultiple(ref second, factor, b1);
    }

    /// <summary>A step whose elements of A lie together, loaded four at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddCompactStep(float* a, TSimd b0, TSimd b1)
    {
        AddFour(TSimd.Load(a), b0, b1, ref _00, ref _01, ref _10, ref _11, ref _20, ref _21, ref _30, ref _31);
        if (TRows.Value > 4) AddFour(TSimd.Load(a + 4), b0, b1, ref _40, ref _41, ref _50, ref _51, ref _60, ref _61, ref _70, ref _71);
        if (TRows.Value > 8) AddFour(TSimd.Load(a + 8), b0, b1, ref _80, ref _81, ref _90, ref _91, ref _A0, ref _A1, ref _B0, ref _B1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddFour(
        TSimd a, TSimd b0, TSimd b1, ref TSimd _00, ref TSimd _01, ref TSimd _10, ref TSimd _11, ref TSimd _20, ref TSimd _21, ref TSimd _30, ref TSimd _31)
    {
        TSimd.AddMultiples(a, b0, ref _00, ref _10, ref _20, ref _30);
        if (TVectors.Value > 1)
            TSimd.AddMultiples(a, b1, ref _01, ref _11, ref _21, ref _31);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* row, TSimd first, TSimd second)
    {
        TSimd.Store(first, row);
        if (TVectors.Value > 1)
            TSimd.Store(second, row + TSimd.Width);
    }
}
