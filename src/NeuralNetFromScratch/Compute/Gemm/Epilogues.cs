using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>What becomes of a block of C when its sums are finished, while it is still in the cache.</summary>
internal interface IEpilogue
{
    /// <summary>Whether it does the same to Cᵀ, so that the product may be computed in that order.</summary>
    static abstract bool AllowsTransposing { get; }

    /// <param name="block">The part of the product whose C is finished.</param>
    void Apply<TSimd>(in GemmOperands block)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary><c>C = sums</c>: nothing is left to do.</summary>
internal readonly struct StoreEpilogue : IEpilogue
{
    public static bool AllowsTransposing => true;

    public void Apply<TSimd>(in GemmOperands block)
        where TSimd : struct, ISimd<TSimd>
    {
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

    [MethodImpl(HotPath.CompileOnce)]
    public void Apply<TSimd>(in GemmOperands block)
        where TSimd : struct, ISimd<TSimd>
    {
        bool hasBias = !_bias.IsEmpty;
        fixed (float* allBias = _bias)
        {
            float* bias = allBias + block.FirstColumn, row = block.C;
            for (int rows = block.Rows; rows > 0; rows--, row += block.CRow)
            {
                for (int column = 0; column < block.Columns; column += TSimd.Width)
                {
                    int available = block.Columns - column;
                    TSimd sums = PartialVector.Load<TSimd>(row + column, available);
                    if (hasBias)
                        sums += PartialVector.Load<TSimd>(bias + column, available);
                    PartialVector.Store(_function.Apply(sums), row + column, available);
                }
            }
        }
    }
}
