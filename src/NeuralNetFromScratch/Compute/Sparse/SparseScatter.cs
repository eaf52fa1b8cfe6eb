using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Adds one row b to several rows of C, each time with another factor: <c>C[n[i]] ← C[n[i]] + v[i] · b</c>. b stays in registers, eight of them at most.
/// </summary>
/// <remarks>Assumes: rows of C lie <c>stride</c> floats apart and have room for the panel's columns, as <see cref="SparseChain{TSimd}.PanelAt"/> gives them.</remarks>
internal static unsafe class SparseScatter<TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    /// <summary>Processes the list until it ends or a number reaches the limit.</summary>
    /// <returns>The number of processed elements.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Run(SparseList list, int limit, float* b, float* c, nint stride, int columns)
    {
        if (columns == 8 * TSimd.Width)
            return RunWide<Eight>(list, limit, b, c, stride);
        if (columns == 4 * TSimd.Width)
            return RunWide<Four>(list, limit, b, c, stride);
        return RunNarrow(list, limit, b, c, stride, columns);
    }

    [MethodImpl(HotPath.CompileOnce)]
    private static int RunWide<TRegisters>(SparseList list, int limit, float* b, float* c, nint stride)
        where TRegisters : struct, ICount
    {
        int width = TSimd.Width;
        bool isEight = TRegisters.Value == 8;
        TSimd b0 = TSimd.Load(b), b1 = TSimd.Load(b + width), b2 = TSimd.Load(b + 2 * width), b3 = TSimd.Load(b + 3 * width);
        TSimd b4 = TSimd.Zero, b5 = TSimd.Zero, b6 = TSimd.Zero, b7 = TSimd.Zero;
        if (isEight)
        {
            b4 = TSimd.Load(b + 4 * width);
            b5 = TSimd.Load(b + 5 * width);
            b6 = TSimd.Load(b + 6 * width);
            b7 = TSimd.Load(b + 7 * width);
        }

        int i = 0;
        for (; i < list.Count && list.Numbers[i] < limit; i++)
        {
            if (list.IsFar && i + Tuning.RowsAhead < list.Count)
                Prefetch.Floats(c + list.Numbers[i + Tuning.RowsAhead] * stride, TRegisters.Value * width);
            TSimd value = TSimd.Broadcast(list.Values[i]);
            float* sums = c + list.Numbers[i] * stride;
            Add(value, b0, sums);
            Add(value, b1, sums + width);
            Add(value, b2, sums + 2 * width);
            Add(value, b3, sums + 3 * width);
            if (isEight)
            {
                Add(value, b4, sums + 4 * width);
                Add(value, b5, sums + 5 * width);
                Add(value, b6, sums + 6 * width);
                Add(value, b7, sums + 7 * width);
            }
        }

        return i;
    }

    [MethodImpl(HotPath.CompileOnce)]
    private static int RunNarrow(SparseList list, int limit, float* b, float* c, nint stride, int columns)
    {
        TSimd row = PartialVector.Load<TSimd>(b, columns);
        int i = 0;
        for (; i < list.Count && list.Numbers[i] < limit; i++)
        {
            float* sums = c + list.Numbers[i] * stride;
            TSimd sum = PartialVector.Load<TSimd>(sums, columns);
            TSimd.AddProduct(ref sum, TSimd.Broadcast(list.Values[i]), row);
            PartialVector.Store(sum, sums, columns);
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(TSimd value, TSimd row, float* sums)
    {
        TSimd sum = TSimd.Load(sums);
        TSimd.AddProduct(ref sum, value, row);
        TSimd.Store(sum, sums);
    }
}
