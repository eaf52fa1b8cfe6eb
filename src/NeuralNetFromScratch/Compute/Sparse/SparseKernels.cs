using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>Sparse rows, a dense matrix on their right, and what their product is added to.</summary>
internal unsafe struct SparseProduct
{
    /// <summary>[Rows + 1]; the columns and values that it points into.</summary>
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

    /// <summary>Whether the chains go on from what the result holds.</summary>
    public bool Accumulate;

    public readonly int StoredCount => Offsets[Rows] - Offsets[0];

    public readonly SparseList List(int start, int end) => new(Columns + start, Values + start, end - start);
}

/// <summary>How the dense rows of a sparse product are cut into blocks.</summary>
internal static class SparseBlocks
{
    /// <summary>Enough blocks to keep each in the first-level cache, unless rows have too few elements in each.</summary>
    /// <param name="product">The product.</param>
    /// <param name="columns">The columns of the sparse matrix that are cut.</param>
    /// <param name="panel">Columns of the dense matrix that are taken together.</param>
    public static int Count(in SparseProduct product, int columns, int panel)
    {
        long fitting = ((long)columns * panel * sizeof(float) + Tuning.SparseBlockBytes - 1) / Tuning.SparseBlockBytes;
        double filled = (double)product.StoredCount / Math.Max(product.Rows, 1) * columns / Math.Max(product.ColumnCount, 1) / Tuning.SparseBlockElements;
        return (int)Math.Clamp(Math.Min(fitting, filled), 1, int.MaxValue);
    }
}

/// <summary><c>C = A·B + bias</c> for sparse A, the rows of A dealt out to the workers.</summary>
internal readonly unsafe struct SparseRowsJob(Engine engine, SparseProduct product) : IJob
{
    /// <summary>Rows of A that pass by a block of B together.</summary>
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
            int blocks = Math.Min(MostBlocks, SparseBlocks.Count(product, product.ColumnCount, Math.Min(product.Width, SparseChain<TSimd>.PanelColumns)));
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
                    int limit = (int)((long)product.ColumnCount * block / blocks);
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
/// <c>C = Aᵀ·B</c> for sparse A, or added to C, the columns of A dealt out to the workers: a row of C belongs to one of them, which adds the
/// products in the order of A's rows.
/// </summary>
internal readonly unsafe struct SparseColumnsJob(Engine engine, SparseProduct product) : IJob
{
    public void Run(int worker, int workers)
    {
        var kernel = new Kernel(product, Section.Of(product.ColumnCount, 1, worker, workers), (int*)engine.Space(worker).Reserve(product.Rows));
        SimdDispatch.Run(engine.Width, ref kernel);
    }

    /// <param name="product">The product.</param>
    /// <param name="columns">The worker's columns.</param>
    /// <param name="places">How far each row of A has been read.</param>
    private readonly struct Kernel(SparseProduct product, Section columns, int* places) : ISimdKernel
    {
        /// <summary>A block of C stays in the first-level cache while all rows of A pass by.</summary>
        [MethodImpl(HotPath.CompileOnce)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int blocks = SparseBlocks.Count(product, columns.Count, Math.Min(product.Width, SparseChain<TSimd>.PanelColumns));
            for (int column = 0; column < product.Width;)
            {
                int panel = SparseChain<TSimd>.PanelAt(column, product.Width);
                for (int row = 0; row < product.Rows; row++)
                    places[row] = First(row);
                for (int block = 0; block < blocks; block++)
                {
                    Section share = Section.Of(columns.Count, 1, block, blocks);
                    if (!product.Accumulate)
                        Clear(columns.Start + share.Start, share.Count, column, panel);
                    for (int row = 0; row < product.Rows; row++)
                    {
                        places[row] = SparseScatter<TSimd>.Run(
                            product.List(places[row], product.Offsets[row + 1]),
                            columns.Start + share.End,
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
            if (columns.Start == 0)
                return start;
            var stored = new ReadOnlySpan<int>(product.Columns + start, product.Offsets[row + 1] - start);
            int place = stored.BinarySearch(columns.Start);
            return start + (place < 0 ? ~place : place);
        }

        private void Clear(int start, int count, int column, int panel)
        {
            for (int row = start; row < start + count; row++)
                new Span<float>(product.Sums + (nint)row * product.Width + column, panel).Clear();
        }
    }
}
