using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>Shrinks each column of a weight [Rows, Columns] whose norm is above a bound to that norm.</summary>
internal unsafe struct MaxNormKernel : IColumnKernel
{
    public int Rows, Columns;
    public float* Values;
    public float Bound;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TSimd>(Section columns)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd bound = TSimd.Broadcast(Bound), one = TSimd.Broadcast(1);
        for (int column = columns.Start; column < columns.End; column += TSimd.Width)
        {
            int available = columns.End - column;
            TSimd norm = TSimd.Sqrt(ColumnSum.Of<TSimd, Square<TSimd>>(new(Values + column, Columns, available), Rows));
            TSimd factor = TSimd.SelectLess(bound, norm, bound / norm, one);
            float* value = Values + column;
            for (int row = 0; row < Rows; row++, value += Columns)
                PartialVector.Store(factor * PartialVector.Load<TSimd>(value, available), value, available);
        }
    }

    private readonly struct Square<TSimd>(float* values, int stride, int available) : IRowTerm<TSimd>
        where TSimd : struct, ISimd<TSimd>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd At(int row)
        {
            TSimd value = PartialVector.Load<TSimd>(values + (nint)row * stride, available);
            return value * value;
        }
    }
}
