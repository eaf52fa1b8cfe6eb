using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary><c>C = f(sums + bias)</c>, for a C whose rows are contiguous.</summary>
internal readonly unsafe struct BiasActivationEpilogue<TFunction>(TFunction function) : IEpilogue
    where TFunction : struct, IElementFunction
{
    [MethodImpl(HotPath.CompileOnce)]
    public void Apply<TSimd>(in Product block)
        where TSimd : struct, ISimd<TSimd>
    {
        float* bias = block.Bias, row = block.C;
        for (int rows = block.Rows; rows > 0; rows--, row += block.CRow)
        {
            for (int column = 0; column < block.Columns; column += TSimd.Width)
            {
                int available = block.Columns - column;
                TSimd sums = PartialVector.Load<TSimd>(row + column, available) + PartialVector.Load<TSimd>(bias + column, available);
                PartialVector.Store(function.Apply(sums), row + column, available);
            }
        }
    }
}
