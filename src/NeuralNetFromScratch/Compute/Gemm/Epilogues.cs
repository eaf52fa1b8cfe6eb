using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>The operation on a block of C when its sums are finished, while it is in the cache.</summary>
internal unsafe interface IEpilogue
{
    /// <summary>Whether the operation can be applied to Cᵀ, so that the product may be computed in that order.</summary>
    static abstract bool AllowsTransposing { get; }

    /// <param name="block">The part of the product whose C is finished.</param>
    void Apply<TSimd>(in GemmOperands block)
        where TSimd : struct, ISimd<TSimd>;

    /// <summary>Writes C from finished sums that are in another buffer.</summary>
    /// <param name="block">The part of the product whose sums are finished; its rows are contiguous.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="row">Floats from one row of the sums to the next.</param>
    void Write<TSimd>(in GemmOperands block, float* sums, nint row)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary><c>C = sums</c>; there is nothing else to do.</summary>
internal readonly unsafe struct StoreEpilogue : IEpilogue
{
    public static bool AllowsTransposing => true;

    public void Apply<TSimd>(in GemmOperands block)
        where TSimd : struct, ISimd<TSimd>
    {
    }

    [MethodImpl(HotPath.CompileOnce)]
    public void Write<TSimd>(in GemmOperands block, float* sums, nint row)
        where TSimd : struct, ISimd<TSimd>
    {
        int column = 0;
        for (; column <= block.Columns - TSimd.Width; column += TSimd.Width)
            Write<TSimd, AllLanes>(block, sums, row, column, TSimd.Width);
        if (column < block.Columns)
            Write<TSimd, SomeLanes>(block, sums, row, column, block.Columns - column);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<TSimd, TLanes>(in GemmOperands block, float* sums, nint row, int column, int available)
        where TSimd : struct, ISimd<TSimd>
        where TLanes : struct, ILanes
    {
        float* from = sums + column, to = block.C + column;
        nint step = block.CRow;
        for (int rows = block.Rows; rows > 0; rows--, from += row, to += step)
            TLanes.Store(TSimd.Load(from), to, available);
    }
}

/// <summary><c>C = f(sums + bias)</c>, for a C whose rows are contiguous.</summary>
/// <param name="bias">A value for each column; empty for none.</param>
/// <param name="function">f.</param>
internal readonly unsafe ref struct BiasActivationEpilogue<TFunction>(ReadOnlySpan<float> bias, TFunction function) : IEpilogue
    where TFunction : struct, IElementFunction
{
    private readonly ReadOnlySpan<float> _bias = bias;
    private readonly TFunction _function = function;

    public static bool AllowsTransposing => false;

    public void Apply<TSimd>(in GemmOperands block)
        where TSimd : struct, ISimd<TSimd> => Run<TSimd, SomeLanes>(block, block.C, block.CRow);

    public void Write<TSimd>(in GemmOperands block, float* sums, nint row)
        where TSimd : struct, ISimd<TSimd> => Run<TSimd, AllLanes>(block, sums, row);

    /// <typeparam name="TSimd">The register.</typeparam>
    /// <typeparam name="TSums">Which lanes of the last register of a row of the sums may be read.</typeparam>
    [MethodImpl(HotPath.CompileOnce)]
    private void Run<TSimd, TSums>(in GemmOperands block, float* sums, nint row)
        where TSimd : struct, ISimd<TSimd>
        where TSums : struct, ILanes
    {
        int column = 0;
        for (; column <= block.Columns - TSimd.Width; column += TSimd.Width)
            Run<TSimd, AllLanes, AllLanes>(block, sums, row, column, TSimd.Width);
        if (column < block.Columns)
            Run<TSimd, TSums, SomeLanes>(block, sums, row, column, block.Columns - column);
    }

    /// <summary>The columns of one register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Run<TSimd, TSums, TLanes>(in GemmOperands block, float* sums, nint row, int column, int available)
        where TSimd : struct, ISimd<TSimd>
        where TSums : struct, ILanes
        where TLanes : struct, ILanes
    {
        float* from = sums + column, to = block.C + column;
        nint step = block.CRow;
        TSimd bias = TSimd.Zero;
        bool hasBias = !_bias.IsEmpty;
        if (hasBias)
        {
            fixed (float* all = _bias)
                bias = TLanes.Load<TSimd>(all + block.FirstColumn + column, available);
        }

        for (int rows = block.Rows; rows > 0; rows--, from += row, to += step)
        {
            TSimd value = TSums.Load<TSimd>(from, available);
            // Without a bias nothing is added, because adding 0 would change the sign of a sum that is −0.
            if (hasBias)
                value += bias;
            TLanes.Store(_function.Apply(value), to, available);
        }
    }
}
