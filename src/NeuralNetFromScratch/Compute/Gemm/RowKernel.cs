using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Computes one row of C with eight registers at a time: <c>c = a·B</c> for a single sample. A tile of one row would wait for its two sums in
/// each step; eight sums keep the multipliers busy, and B is read in place, row by row. The sums are the same chains as those of the tile.
/// </summary>
internal static unsafe class RowKernel<TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    /// <summary>Columns of C that a call of <see cref="Run"/> computes.</summary>
    public static int Columns => 8 * TSimd.Width;

    [MethodImpl(HotPath.CompileOnce)]
    public static void Run<TSteps>(in GemmOperands operands, bool accumulate, int column)
        where TSteps : struct, ISteps
    {
        int width = TSimd.Width;
        float* a = operands.A;
        float* b = operands.B + column;
        float* c = operands.C + column;
        TSimd c0 = TSimd.Zero, c1 = TSimd.Zero, c2 = TSimd.Zero, c3 = TSimd.Zero;
        TSimd c4 = TSimd.Zero, c5 = TSimd.Zero, c6 = TSimd.Zero, c7 = TSimd.Zero;
        if (accumulate)
        {
            c0 = TSimd.Load(c);
            c1 = TSimd.Load(c + width);
            c2 = TSimd.Load(c + 2 * width);
            c3 = TSimd.Load(c + 3 * width);
            c4 = TSimd.Load(c + 4 * width);
            c5 = TSimd.Load(c + 5 * width);
            c6 = TSimd.Load(c + 6 * width);
            c7 = TSimd.Load(c + 7 * width);
        }

        nint aStep = operands.AColumn, bStep = operands.BRow, ahead = Tuning.RowLookahead * bStep;
        for (int depth = operands.Depth; depth > 0; depth--, a += aStep, b += bStep)
        {
            if (TSteps.SkipZeros && *a == 0)
                continue;
            if (Sse.IsSupported)
            {
                for (int line = 0; line < Columns; line += AlignedMemory.Alignment)
                    Sse.Prefetch0(b + ahead + line);
            }

            TSimd broadcast = TSimd.Broadcast(*a);
            TSimd.AddProduct(ref c0, broadcast, TSimd.Load(b));
            TSimd.AddProduct(ref c1, broadcast, TSimd.Load(b + width));
            TSimd.AddProduct(ref c2, broadcast, TSimd.Load(b + 2 * width));
            TSimd.AddProduct(ref c3, broadcast, TSimd.Load(b + 3 * width));
            TSimd.AddProduct(ref c4, broadcast, TSimd.Load(b + 4 * width));
            TSimd.AddProduct(ref c5, broadcast, TSimd.Load(b + 5 * width));
            TSimd.AddProduct(ref c6, broadcast, TSimd.Load(b + 6 * width));
            TSimd.AddProduct(ref c7, broadcast, TSimd.Load(b + 7 * width));
        }

        TSimd.Store(c0, c);
        TSimd.Store(c1, c + width);
        TSimd.Store(c2, c + 2 * width);
        TSimd.Store(c3, c + 3 * width);
        TSimd.Store(c4, c + 4 * width);
        TSimd.Store(c5, c + 5 * width);
        TSimd.Store(c6, c + 6 * width);
        TSimd.Store(c7, c + 7 * width);
    }

    /// <summary>Computes the remaining columns, fewer than <see cref="Columns"/>, two registers at a time.</summary>
    [MethodImpl(HotPath.CompileOnce)]
    public static void RunLast<TSteps>(in GemmOperands operands, bool accumulate, int column)
        where TSteps : struct, ISteps
    {
        nint aStep = operands.AColumn, bStep = operands.BRow;
        for (; column < operands.Columns; column += 2 * TSimd.Width)
        {
            int available0 = operands.Columns - column, available1 = available0 - TSimd.Width;
            float* a = operands.A, b = operands.B + column, c = operands.C + column;
            TSimd c0 = accumulate ? PartialVector.Load<TSimd>(c, available0) : TSimd.Zero;
            TSimd c1 = accumulate && available1 > 0 ? PartialVector.Load<TSimd>(c + TSimd.Width, available1) : TSimd.Zero;
            for (int depth = operands.Depth; depth > 0; depth--, a += aStep, b += bStep)
            {
                if (TSteps.SkipZeros && *a == 0)
                    continue;
                TSimd broadcast = TSimd.Broadcast(*a);
                TSimd.AddProduct(ref c0, broadcast, PartialVector.Load<TSimd>(b, available0));
                if (available1 > 0)
                    TSimd.AddProduct(ref c1, broadcast, PartialVector.Load<TSimd>(b + TSimd.Width, available1));
            }

            PartialVector.Store(c0, c, available0);
            if (available1 > 0)
                PartialVector.Store(c1, c + TSimd.Width, available1);
        }
    }
}
