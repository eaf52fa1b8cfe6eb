using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Kernels;

/// <summary>
/// The innermost loop of the matrix product: one tile of C, <c>TRows</c> rows by <c>TVectors</c> registers, held in
/// registers while k runs through the depth. Each step of k loads one row of B and multiplies it with one broadcast element of A
/// for each row: <c>C[r, :] += A[r, k] · B[k, :]</c>. An element of C is one chain of multiply-adds in the order of k, whatever
/// the tile, so that tiling, blocking and threads never change its bits.
/// </summary>
/// <remarks>
/// The accumulators must be named locals to live in registers; the conditions on <c>TRows</c>, <c>TVectors</c> and <c>TSteps</c> are constants to the
/// JIT, which drops the rows and registers that a tile does not have.
/// </remarks>
internal static unsafe class MicroKernel<TSimd, TRows, TVectors, TSteps>
    where TSimd : struct, ISimd<TSimd>
    where TRows : struct, ICount
    where TVectors : struct, ICount
    where TSteps : struct, ISteps
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in Tile tile)
    {
        float* a = tile.A, b = tile.B, c = tile.C;
        nint aRow = tile.ARow, aStep = tile.AStep, bStep = tile.BStep, cRow = tile.CRow;
        TSimd c00 = TSimd.Zero, c01 = TSimd.Zero;
        TSimd c10 = TSimd.Zero, c11 = TSimd.Zero;
        TSimd c20 = TSimd.Zero, c21 = TSimd.Zero;
        TSimd c30 = TSimd.Zero, c31 = TSimd.Zero;
        TSimd c40 = TSimd.Zero, c41 = TSimd.Zero;
        TSimd c50 = TSimd.Zero, c51 = TSimd.Zero;
        TSimd c60 = TSimd.Zero, c61 = TSimd.Zero;
        TSimd c70 = TSimd.Zero, c71 = TSimd.Zero;
        TSimd c80 = TSimd.Zero, c81 = TSimd.Zero;
        TSimd c90 = TSimd.Zero, c91 = TSimd.Zero;
        TSimd cA0 = TSimd.Zero, cA1 = TSimd.Zero;
        TSimd cB0 = TSimd.Zero, cB1 = TSimd.Zero;

        if (tile.Accumulate)
        {
            if (TRows.Value > 0) Load(c + 0 * cRow, out c00, out c01);
            if (TRows.Value > 1) Load(c + 1 * cRow, out c10, out c11);
            if (TRows.Value > 2) Load(c + 2 * cRow, out c20, out c21);
            if (TRows.Value > 3) Load(c + 3 * cRow, out c30, out c31);
            if (TRows.Value > 4) Load(c + 4 * cRow, out c40, out c41);
            if (TRows.Value > 5) Load(c + 5 * cRow, out c50, out c51);
            if (TRows.Value > 6) Load(c + 6 * cRow, out c60, out c61);
            if (TRows.Value > 7) Load(c + 7 * cRow, out c70, out c71);
            if (TRows.Value > 8) Load(c + 8 * cRow, out c80, out c81);
            if (TRows.Value > 9) Load(c + 9 * cRow, out c90, out c91);
            if (TRows.Value > 10) Load(c + 10 * cRow, out cA0, out cA1);
            if (TRows.Value > 11) Load(c + 11 * cRow, out cB0, out cB1);
        }

        // Distances in bytes, so that an address is one of the forms that the processor adds up by itself.
        nint aRowBytes = aRow * sizeof(float), aStepBytes = aStep * sizeof(float), bStepBytes = bStep * sizeof(float);
        float* a3 = a + 3 * aRow, a6 = a + 6 * aRow, a9 = a + 9 * aRow;
        int* steps = tile.Steps;
        for (int depth = tile.Depth; depth != 0; depth--)
        {
            if (TSteps.SkipZeros)
            {
                nint step = *steps++;
                b = tile.B + step * bStep;
                a = tile.A + step * aStep;
                a3 = a + 3 * aRow;
                a6 = a + 6 * aRow;
                a9 = a + 9 * aRow;
            }

            TSimd b0 = TSimd.Load(b);
            TSimd b1 = TVectors.Value > 1 ? TSimd.Load(b + TSimd.Width) : TSimd.Zero;
            if (TRows.Value > 0) Add(*a, b0, b1, ref c00, ref c01);
            if (TRows.Value > 1) Add(*Move(a, aRowBytes), b0, b1, ref c10, ref c11);
            if (TRows.Value > 2) Add(*Move(a, 2 * aRowBytes), b0, b1, ref c20, ref c21);
            if (TRows.Value > 3) Add(*a3, b0, b1, ref c30, ref c31);
            if (TRows.Value > 4) Add(*Move(a3, aRowBytes), b0, b1, ref c40, ref c41);
            if (TRows.Value > 5) Add(*Move(a3, 2 * aRowBytes), b0, b1, ref c50, ref c51);
            if (TRows.Value > 6) Add(*a6, b0, b1, ref c60, ref c61);
            if (TRows.Value > 7) Add(*Move(a6, aRowBytes), b0, b1, ref c70, ref c71);
            if (TRows.Value > 8) Add(*Move(a6, 2 * aRowBytes), b0, b1, ref c80, ref c81);
            if (TRows.Value > 9) Add(*a9, b0, b1, ref c90, ref c91);
            if (TRows.Value > 10) Add(*Move(a9, aRowBytes), b0, b1, ref cA0, ref cA1);
            if (TRows.Value > 11) Add(*Move(a9, 2 * aRowBytes), b0, b1, ref cB0, ref cB1);
            if (!TSteps.SkipZeros)
            {
                b = Move(b, bStepBytes);
                a = Move(a, aStepBytes);
                a3 = Move(a3, aStepBytes);
                a6 = Move(a6, aStepBytes);
                a9 = Move(a9, aStepBytes);
            }
        }

        if (TRows.Value > 0) Store(c + 0 * cRow, c00, c01);
        if (TRows.Value > 1) Store(c + 1 * cRow, c10, c11);
        if (TRows.Value > 2) Store(c + 2 * cRow, c20, c21);
        if (TRows.Value > 3) Store(c + 3 * cRow, c30, c31);
        if (TRows.Value > 4) Store(c + 4 * cRow, c40, c41);
        if (TRows.Value > 5) Store(c + 5 * cRow, c50, c51);
        if (TRows.Value > 6) Store(c + 6 * cRow, c60, c61);
        if (TRows.Value > 7) Store(c + 7 * cRow, c70, c71);
        if (TRows.Value > 8) Store(c + 8 * cRow, c80, c81);
        if (TRows.Value > 9) Store(c + 9 * cRow, c90, c91);
        if (TRows.Value > 10) Store(c + 10 * cRow, cA0, cA1);
        if (TRows.Value > 11) Store(c + 11 * cRow, cB0, cB1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* Move(float* from, nint bytes) => (float*)((byte*)from + bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(float* row, out TSimd first, out TSimd second)
    {
        first = TSimd.Load(row);
        second = TVectors.Value > 1 ? TSimd.Load(row + TSimd.Width) : TSimd.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float a, TSimd b0, TSimd b1, ref TSimd first, ref TSimd second)
    {
        TSimd broadcast = TSimd.Broadcast(a);
        TSimd.AddProduct(ref first, broadcast, b0);
        if (TVectors.Value > 1)
            TSimd.AddProduct(ref second, broadcast, b1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* row, TSimd first, TSimd second)
    {
        TSimd.Store(first, row);
        if (TVectors.Value > 1)
            TSimd.Store(second, row + TSimd.Width);
    }
}
