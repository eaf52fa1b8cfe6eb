using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>Sparse rows, the dense matrix on their right, and the result of their product.</summary>
internal unsafe struct SparseProduct
{
    /// <summary>[Rows + 1]; the columns and values to which it refers.</summary>
    public int* Offsets, Columns;
    public float* Values;
    public int Rows;

    /// <summary>Number of columns of the sparse rows.</summary>
    public int ColumnCount;

    /// <summary>The right side: a row of Width values for each sparse column, or for each row where the sparse side is transposed.</summary>
    public float* Right;

    /// <summary>[Width], added last; or null.</summary>
    public float* Bias;

    /// <summary>The result, rows of Width values.</summary>
    public float* Sums;
    public int Width;

    /// <summary>Whether the chains continue from the existing values of the result.</summary>
    public bool Accumulate;

    /// <summary>Where the columns are divided.</summary>
    public ColumnCuts Cuts;

    /// <summary>Whether most rows of the dense matrix on the column side do not lie in a cache.</summary>
    public readonly bool IsFar => (long)ColumnCount * Width > Tuning.FloatsInCache;

    public readonly int StoredCount => Offsets[Rows] - Offsets[0];

    public readonly SparseList List(int start, int end) => new(Columns + start, Values + start, end - start, IsFar);
}

/// <summary>The division of the dense rows of a sparse product into blocks.</summary>
internal static class SparseBlocks
{
    /// <summary>Enough blocks to keep each in the first-level cache, unless rows have too few elements in each.</summary>
    /// <param name="product">The product.</param>
    /// <param name="columns">The columns of the sparse matrix that are cut.</param>
    /// <param name="share">Their share of the stored elements.</param>
    /// <param name="panel">Columns of the dense matrix that are taken together.</param>
    public static int Count(in SparseProduct product, int columns, double share, int panel)
    {
        long fitting = ((long)columns * panel * sizeof(float) + Tuning.SparseBlockBytes - 1) / Tuning.SparseBlockBytes;
        double filled = (double)product.StoredCount / Math.Max(product.Rows, 1) * share / Tuning.SparseBlockElements;
        return (int)Math.Clamp(Math.Min(fitting, filled), 1, int.MaxValue);
    }
}

/// <summary><c>C = A·B + bias</c> for sparse A; the rows of A are divided among the workers.</summary>
internal readonly unsafe struct SparseRowsJob(Engine engine, SparseProduct product) : IJob
{
    /// <summary>The number of rows of A that are multiplied by a block of B together.</summary>
    private const int GroupRows = 64;
    private const int MostBlocks = 64;

    public void Run(int worker, int workers)
    {
        var kernel = new Kernel(product, Section.Of(product.Rows, 1, worker, workers), (int*)engine.Space(worker).Reserve(GroupRows * (MostBlocks + 1)));
        SimdDispatch.Run(engine.Width, ref kernel);
    }

    /// <param name="product">The product.</param>
    /// <param name="rows">The worker's rows.</param>
    /// <param name="bounds">For each row of a group where each block of B begins in its list: room for blocks + 1 places.</param>
    private readonly struct Kernel(SparseProduct product, Section rows, int* bounds) : ISimdKernel
    {
        [MethodImpl(HotPath.CompileOnce)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int blocks = Math.Min(MostBlocks, SparseBlocks.Count(product, product.ColumnCount, 1, Math.Min(product.Width, SparseChain<TSimd>.PanelColumns)));
            for (int start = rows.Start; start < rows.End; start += GroupRows)
            {
                int end = Math.Min(start + GroupRows, rows.End);
                FindBounds(start, end, blocks);
                for (int column = 0; column < product.Width;)
                {
                    int panel = SparseChain<TSimd>.PanelAt(column, product.Width);
                    for (int block = 0; block < blocks; block++)
                        RunBlock<TSimd>(start, end, block, blocks, column, panel);
                    column += panel;
                }
            }
        }

        /// <summary>All rows of a group by one block of rows of B, and one panel of its columns.</summary>
        [MethodImpl(HotPath.CompileOnce)]
        private void RunBlock<TSimd>(int start, int end, int block, int blocks, int column, int panel)
            where TSimd : struct, ISimd<TSimd>
        {
            float* bias = block == blocks - 1 && product.Bias is not null ? product.Bias + column : null;
            bool accumulate = product.Accumulate || block > 0;
            for (int row = start; row < end; row++)
            {
                int* place = bounds + (row - start) * (blocks + 1) + block;
                SparseChain<TSimd>.Run(
                    product.List(place[0], place[1]), product.Right + column, product.Width, product.Sums + (nint)row * product.Width + column, bias, panel, accumulate);
            }
        }

        private void FindBounds(int start, int end, int blocks)
        {
            for (int row = start; row < end; row++)
            {
                int* place = bounds + (row - start) * (blocks + 1);
                int i = product.Offsets[row], last = product.Offsets[row + 1];
                place[0] = i;
                for (int block = 1; block < blocks; block++)
                {
                    int limit = product.Cuts.At(block, blocks);
                    while (i < last && product.Columns[i] < limit)
                        i++;
                    place[block] = i;
                }

                place[blocks] = last;
            }
        }
    }
}

/// <summary>
/// <c>C = Aᵀ·B</c> for sparse A, or added to C. The columns of A are divided among the workers: one worker computes a row of C, and adds the
/// products in the order of A's rows.
/// </summary>
internal readonly unsafe struct SparseColumnsJob(Engine engine, SparseProduct product) : IJob
{
    public void Run(int worker, int workers)
    {
        var kernel = new Kernel(product, worker, workers, (int*)engine.Space(worker).Reserve(product.Rows));
        SimdDispatch.Run(engine.Width, ref kernel);
    }

    /// <param name="product">The product.</param>
    /// <param name="worker">The worker, whose columns lie between two cuts.</param>
    /// <param name="workers">Number of workers.</param>
    /// <param name="places">How far each row of A has been read.</param>
    private readonly struct Kernel(SparseProduct product, int worker, int workers, int* places) : ISimdKernel
    {
        private readonly int _start = product.Cuts.At(worker, workers), _end = product.Cuts.At(worker + 1, workers);

        /// <summary>A block of C stays in the first-level cache while all rows of A are read.</summary>
        [MethodImpl(HotPath.CompileOnce)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int blocks = SparseBlocks.Count(product, _end - _start, 1.0 / workers, Math.Min(product.Width, SparseChain<TSimd>.PanelColumns));
            for (int column = 0; column < product.Width;)
            {
                int panel = SparseChain<TSimd>.PanelAt(column, product.Width);
                for (int row = 0; row < product.Rows; row++)
                    places[row] = First(row);
                for (int block = 0; block < blocks; block++)
                {
                    int start = product.Cuts.At(worker * blocks + block, workers * blocks), end = product.Cuts.At(worker * blocks + block + 1, workers * blocks);
                    if (!product.Accumulate)
                        Clear(start, end - start, column, panel);
                    for (int row = 0; row < product.Rows; row++)
                    {
                        places[row] = SparseScatter<TSimd>.Run(
                            product.List(places[row], product.Offsets[row + 1]),
                            end,
                            product.Right + (nint)row * product.Width + column,
                            product.Sums + column,
                            product.Width,
                            panel) + places[row];
                    }
                }

                column += panel;
            }
        }

        /// <summary>The first of a row's values in this worker's columns.</summary>
        private int First(int row)
        {
            int start = product.Offsets[row];
            if (_start == 0)
                return start;
            var stored = new ReadOnlySpan<int>(product.Columns + start, product.Offsets[row + 1] - start);
            int place = stored.BinarySearch(_start);
            return start + (place < 0 ? ~place : place);
        }

        private void Clear(int start, int count, int column, int panel)
        {
            for (int row = start; row < start + count; row++)
                new Span<float>(product.Sums + (nint)row * product.Width + column, panel).Clear();
        }
    }
}
