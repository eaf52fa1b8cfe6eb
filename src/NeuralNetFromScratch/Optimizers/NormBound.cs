using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>Shrinks each column of a weight whose norm is above a bound to that norm.</summary>
internal ref struct NormBound : IColumnOperation
{
    /// <summary>[rows, columns].</summary>
    public MatrixView Values;
    public float Bound;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Run<TSimd>(int column)
        where TSimd : struct, ISimd<TSimd>
    {
        Columns<TSimd> values = new(Values, column);
        TSimd bound = TSimd.Broadcast(Bound), norm = TSimd.Sqrt(ColumnPass.Sum<TSimd, Square<TSimd>>(new(values), Values.Rows));
        TSimd factor = TSimd.SelectLess(bound, norm, bound / norm, TSimd.Broadcast(1));
        for (int row = 0; row < Values.Rows; row++)
            values[row] = factor * values[row];
    }

    private readonly ref struct Square<TSimd>(Columns<TSimd> values) : IRowTerm<TSimd>
        where TSimd : struct, ISimd<TSimd>
    {
        private readonly Columns<TSimd> _values = values;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd At(int row)
        {
            TSimd value = _values[row];
            return value * value;
        }
    }
}
