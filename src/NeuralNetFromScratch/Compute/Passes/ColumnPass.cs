using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// An operation on the columns of a batch, with one register of columns at a time. It is a struct, or a ref struct with views of its operands.
/// One worker computes a sum over the rows, in the same order at every register width, because a lane is a column.
/// </summary>
internal interface IColumnOperation
{
    /// <param name="column">The first of the columns.</param>
    void Run<TSimd>(int column)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>The term of a sum over the rows, for some columns at once.</summary>
internal interface IRowTerm<TSimd>
{
    TSimd At(int row);
}

/// <summary>
/// Runs operations over columns, which are divided among the workers in whole cache lines, so that no two workers write to the same line.
/// </summary>
internal static class ColumnPass
{
    /// <summary>The number of rows that are summed before their sum is added to the total, which limits the rounding error of long columns.</summary>
    private const int ChunkRows = 64;

    /// <summary>Runs an operation on all columns.</summary>
    /// <param name="engine">Whose workers and registers are used.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="work">Number of elements in all columns.</param>
    /// <param name="grain">The minimum number of elements for an additional worker.</param>
    public static void ForColumns<TOperation>(this Engine engine, TOperation operation, int columns, long work, int grain)
        where TOperation : struct, IColumnOperation, allows ref struct =>
        engine.Run(new Job<TOperation>(engine.Width, operation, columns), engine.WorkersFor(work, grain));

    /// <summary>The sum of a term over the rows, in their order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Sum<TSimd, TTerm>(TTerm term, int rows)
        where TSimd : struct, ISimd<TSimd>
        where TTerm : struct, IRowTerm<TSimd>, allows ref struct
    {
        TSimd total = TSimd.Zero;
        for (int start = 0; start < rows; start += ChunkRows)
        {
            int end = Math.Min(start + ChunkRows, rows);
            TSimd sum = TSimd.Zero;
            for (int row = start; row < end; row++)
                sum += term.At(row);
            total += sum;
        }

        return total;
    }

    /// <summary>Checks that a matrix has the columns that an operation reads or writes, because the accesses themselves are not checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Check(in MatrixLayout matrix, int column, int rows)
    {
        if ((uint)column > (uint)matrix.Columns || rows > matrix.Rows || (matrix.ColumnStride != 1 && matrix.Columns > 1))
            ThrowUnfit(matrix, column, rows);
    }

    private static void ThrowUnfit(in MatrixLayout matrix, int column, int rows) => throw new ArgumentException(
        $"cannot go through {rows} rows from column {column} on in a matrix [{matrix.Rows}, {matrix.Columns}] whose columns lie {matrix.ColumnStride} places apart");

    private readonly ref struct Job<TOperation>(SimdWidth width, TOperation operation, int columns) : IJob
        where TOperation : struct, IColumnOperation, allows ref struct
    {
        private readonly TOperation _operation = operation;
        private readonly SimdWidth _width = width;
        private readonly int _columns = columns;

        public void Run(int worker, int workers)
        {
            var kernel = new Kernel<TOperation>(_operation, Section.Of(_columns, AlignedMemory.Alignment, worker, workers));
            SimdDispatch.Run(_width, ref kernel);
        }
    }

    private ref struct Kernel<TOperation>(TOperation operation, Section columns) : ISimdKernel
        where TOperation : struct, IColumnOperation, allows ref struct
    {
#pragma warning disable IDE0044 // A read-only field would be copied at every call.
        private TOperation _operation = operation;
#pragma warning restore IDE0044
        private readonly Section _columns = columns;

        [MethodImpl(HotPath.CompileOnce)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (int column = _columns.Start; column < _columns.End; column += TSimd.Width)
                _operation.Run<TSimd>(column);
        }
    }
}

/// <summary>
/// A register of a matrix's columns to read, row by row. At the right edge of the matrix there are fewer columns, and the other lanes are zero.
/// </summary>
internal readonly ref struct ReadOnlyColumns<TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    private readonly ref float _first;
    private readonly nint _stride;
    private readonly int _rows, _available;

    /// <param name="matrix">The matrix; its rows are contiguous.</param>
    /// <param name="column">The first of the columns.</param>
    /// <param name="rows">How many rows are used: no index beyond them is checked.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlyColumns(ReadOnlyMatrixView matrix, int column, int rows)
    {
        ColumnPass.Check(matrix.Layout, column, rows);
        _rows = rows;
        _available = matrix.Columns - column;
        _stride = matrix.RowStride;
        _first = ref Unsafe.Add(ref MemoryMarshal.GetReference(matrix.Values), column);
    }

    public TSimd this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Debug.Assert((uint)row < (uint)_rows);
            return PartialVector.Load<TSimd>(ref Unsafe.Add(ref _first, row * _stride), _available);
        }
    }
}

/// <summary>A register of a matrix's columns to read and write, row by row. At the right edge of the matrix there are fewer columns.</summary>
/// <remarks>
/// It repeats <see cref="ReadOnlyColumns{TSimd}"/> instead of containing one, because the JIT stores nested structs in memory; normalizations
/// would take 1.4 times as long.
/// </remarks>
internal readonly ref struct Columns<TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    private readonly ref float _first;
    private readonly nint _stride;
    private readonly int _rows, _available;

    /// <param name="matrix">The matrix; its rows are contiguous.</param>
    /// <param name="column">The first of the columns.</param>
    /// <param name="rows">How many rows are used: no index beyond them is checked.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Columns(MatrixView matrix, int column, int rows)
    {
        ColumnPass.Check(matrix.Layout, column, rows);
        _rows = rows;
        _available = matrix.Columns - column;
        _stride = matrix.RowStride;
        _first = ref Unsafe.Add(ref MemoryMarshal.GetReference(matrix.Values), column);
    }

    public TSimd this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Debug.Assert((uint)row < (uint)_rows);
            return PartialVector.Load<TSimd>(ref Unsafe.Add(ref _first, row * _stride), _available);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set
        {
            Debug.Assert((uint)row < (uint)_rows);
            PartialVector.Store(value, ref Unsafe.Add(ref _first, row * _stride), _available);
        }
    }
}
