using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// The sum in all sparse products: <c>c ← c + Σ v[i] · B[n[i]]</c>, a chain of multiply-adds in the order of i for each element of c. Eight
/// registers of sums stay in the processor while the list is read.
/// </summary>
/// <remarks>Assumes: rows of B lie <c>stride</c> floats apart, c and B have room for the columns asked for; nothing is aligned.</remarks>
internal static unsafe class SparseChain<TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    /// <summary>Columns of a wide panel.</summary>
    public static int PanelColumns => 8 * TSimd.Width;

    /// <summary>The columns of the panel that begins at a column.</summary>
    public static int PanelAt(int column, int columns) =>
        columns - column >= 8 * TSimd.Width ? 8 * TSimd.Width : columns - column >= 4 * TSimd.Width ? 4 * TSimd.Width : Math.Min(columns - column, TSimd.Width);

    /// <summary>Computes one panel.</summary>
    /// <param name="list">The list: n and v.</param>
    /// <param name="right">The panel's first column in the first row of B.</param>
    /// <param name="stride">Distance between rows of B.</param>
    /// <param name="sums">c: the initial value if <paramref name="accumulate"/> is true, otherwise 0.</param>
    /// <param name="bias">The value to add at the end; null for none.</param>
    /// <param name="columns">The panel's columns, as <see cref="PanelAt"/> gives them.</param>
    /// <param name="accumulate">Whether c is added to.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(SparseList list, float* right, nint stride, float* sums, float* bias, int columns, bool accumulate)
    {
        if (columns == 8 * TSimd.Width)
            RunWide<Eight>(list, right, stride, sums, bias, accumulate);
        else if (columns == 4 * TSimd.Width)
            RunWide<Four>(list, right, stride, sums, bias, accumulate);
        else
            RunNarrow(list, right, stride, sums, bias, columns, accumulate);
    }

    [MethodImpl(HotPath.CompileOnce)]
    private static void RunWide<TRegisters>(SparseList list, float* right, nint stride, float* sums, float* bias, bool accumulate)
        where TRegisters : struct, ICount
    {
        int width = TSimd.Width;
        bool isEight = TRegisters.Value == 8;
        TSimd c0 = TSimd.Zero, c1 = TSimd.Zero, c2 = TSimd.Zero, c3 = TSimd.Zero;
        TSimd c4 = TSimd.Zero, c5 = TSimd.Zero, c6 = TSimd.Zero, c7 = TSimd.Zero;
        if (accumulate)
        {
            c0 = TSimd.Load(sums);
            c1 = TSimd.Load(sums + width);
            c2 = TSimd.Load(sums + 2 * width);
            c3 = TSimd.Load(sums + 3 * width);
            if (isEight)
            {
                c4 = TSimd.Load(sums + 4 * width);
                c5 = TSimd.Load(sums + 5 * width);
                c6 = TSimd.Load(sums + 6 * width);
                c7 = TSimd.Load(sums + 7 * width);
            }
        }

        for (int i = 0; i < list.Count; i++)
        {
            if (list.IsFar && i + Tuning.RowsAhead < list.Count)
                Prefetch.Floats(right + list.Numbers[i + Tuning.RowsAhead] * stride, TRegisters.Value * width);
            TSimd value = TSimd.Broadcast(list.Values[i]);
            float* b = right + list.Numbers[i] * stride;
            TSimd.AddProduct(ref c0, value, TSimd.Load(b));
            TSimd.AddProduct(ref c1, value, TSimd.Load(b + width));
            TSimd.AddProduct(ref c2, value, TSimd.Load(b + 2 * width));
            TSimd.AddProduct(ref c3, value, TSimd.Load(b + 3 * width));
            if (isEight)
            {
                TSimd.AddProduct(ref c4, value, TSimd.Load(b + 4 * width));
                TSimd.AddProduct(ref c5, value, TSimd.Load(b + 5 * width));
                TSimd.AddProduct(ref c6, value, TSimd.Load(b + 6 * width));
                TSimd.AddProduct(ref c7, value, TSimd.Load(b + 7 * width));
            }
        }

        if (bias is not null)
        {
            c0 += TSimd.Load(bias);
            c1 += TSimd.Load(bias + width);
            c2 += TSimd.Load(bias + 2 * width);
            c3 += TSimd.Load(bias + 3 * width);
            if (isEight)
            {
                c4 += TSimd.Load(bias + 4 * width);
                c5 += TSimd.Load(bias + 5 * width);
                c6 += TSimd.Load(bias + 6 * width);
                c7 += TSimd.Load(bias + 7 * width);
            }
        }

        TSimd.Store(c0, sums);
        TSimd.Store(c1, sums + width);
        TSimd.Store(c2, sums + 2 * width);
        TSimd.Store(c3, sums + 3 * width);
        if (isEight)
        {
            TSimd.Store(c4, sums + 4 * width);
            TSimd.Store(c5, sums + 5 * width);
            TSimd.Store(c6, sums + 6 * width);
            TSimd.Store(c7, sums + 7 * width);
        }
    }

    [MethodImpl(HotPath.CompileOnce)]
    private static void RunNarrow(SparseList list, float* right, nint stride, float* sums, float* bias, int columns, bool accumulate)
    {
        TSimd sum = accumulate ? PartialVector.Load<TSimd>(sums, columns) : TSimd.Zero;
        for (int i = 0; i < list.Count; i++)
            TSimd.AddProduct(ref sum, TSimd.Broadcast(list.Values[i]), PartialVector.Load<TSimd>(right + list.Numbers[i] * stride, columns));
        if (bias is not null)
            sum += PartialVector.Load<TSimd>(bias, columns);
        PartialVector.Store(sum, sums, columns);
    }
}

/// <summary>Rows of a matrix by number, each with a factor.</summary>
/// <param name="numbers">The rows' numbers.</param>
/// <param name="values">The factors.</param>
/// <param name="count">How many there are.</param>
/// <param name="isFar">Whether most rows do not lie in a cache.</param>
internal readonly unsafe struct SparseList(int* numbers, float* values, int count, bool isFar)
{
    public int* Numbers => numbers;

    public float* Values => values;

    public int Count => count;

    public bool IsFar => isFar;

    public SparseList Slice(int start, int length) => new(numbers + start, values + start, length, isFar);
}
