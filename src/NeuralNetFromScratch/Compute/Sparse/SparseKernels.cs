using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>Sparse rows, a dense matrix on their right, and what their product is added to.</summary>
internal unsafe struct SparseProduct
{
    /// <summary>[Rows + 1]; the columns and values that it points into.</summary>
    public int* Offsets, Columns;
    public float* Values;
    public int Rows;

    /// <summary>The right side: a row of Width values for each sparse column, or for each row where the sparse side is transposed.</summary>
    public float* Right;

    /// <summary>[Width], added last; or null.</summary>
    public float* Bias;

    /// <summary>The result, rows of Width values.</summary>
    public float* Sums;
    public int Width;

    /// <summary>Whether the chains go on from what the result holds.</summary>
    public bool Accumulate;
}

/// <summary><c>C = A·B + bias</c> for sparse A, the rows of A dealt out to the workers.</summary>
internal readonly unsafe struct SparseRowsJob(SimdWidth width, SparseProduct product) : IJob
{
    public void Run(int worker, int workers)
    {
        var kernel = new Kernel(product, Section.Of(product.Rows, 1, worker, workers));
        SimdDispatch.Run(width, ref kernel);
    }

    private readonly struct Kernel(SparseProduct product, Section rows) : ISimdKernel
    {
        /// <summary>A row's sums, four registers of them at a time, stay in registers while its stored values pass by in the order of their columns.</summary>
        [MethodImpl(HotPath.CompileOnce)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int width = product.Width, step = TSimd.Width;
            for (int row = rows.Start; row < rows.End; row++)
            {
                int start = product.Offsets[row], end = product.Offsets[row + 1];
                float* sums = product.Sums + (nint)row * width;
                int column = 0;
                for (; column <= width - 4 * step; column += 4 * step)
                {
                    float* c = sums + column;
                    TSimd c0 = Start<TSimd>(c), c1 = Start<TSimd>(c + step), c2 = Start<TSimd>(c + 2 * step), c3 = Start<TSimd>(c + 3 * step);
                    for (int i = start; i < end; i++)
                    {
                        TSimd value = TSimd.Broadcast(product.Values[i]);
                        float* b = product.Right + (nint)product.Columns[i] * width + column;
                        TSimd.AddProduct(ref c0, value, TSimd.Load(b));
                        TSimd.AddProduct(ref c1, value, TSimd.Load(b + step));
                        TSimd.AddProduct(ref c2, value, TSimd.Load(b + 2 * step));
                        TSimd.AddProduct(ref c3, value, TSimd.Load(b + 3 * step));
                    }

                    TSimd.Store(Finish(c0, column, step), c);
                    TSimd.Store(Finish(c1, column + step, step), c + step);
                    TSimd.Store(Finish(c2, column + 2 * step, step), c + 2 * step);
                    TSimd.Store(Finish(c3, column + 3 * step, step), c + 3 * step);
                }

                for (; column < width; column += step)
                {
                    int available = width - column;
                    TSimd sum = product.Accumulate ? PartialVector.Load<TSimd>(sums + column, available) : TSimd.Zero;
                    for (int i = start; i < end; i++)
                    {
                        float* b = product.Right + (nint)product.Columns[i] * width + column;
                        TSimd.AddProduct(ref sum, TSimd.Broadcast(product.Values[i]), PartialVector.Load<TSimd>(b, available));
                    }

                    PartialVector.Store(Finish(sum, column, available), sums + column, available);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TSimd Start<TSimd>(float* sums)
            where TSimd : struct, ISimd<TSimd> => product.Accumulate ? TSimd.Load(sums) : TSimd.Zero;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TSimd Finish<TSimd>(TSimd sum, int column, int available)
            where TSimd : struct, ISimd<TSimd> => product.Bias is null ? sum : sum + PartialVector.Load<TSimd>(product.Bias + column, available);
    }
}

/// <summary>
/// <c>C = Aᵀ·B</c> for sparse A, or added to C, the columns of A dealt out to the workers: a row of C belongs to one of them, which adds the
/// products in the order of A's rows.
/// </summary>
internal readonly unsafe struct SparseColumnsJob(SimdWidth width, int columnCount, SparseProduct product) : IJob
{
    public void Run(int worker, int workers)
    {
        var kernel = new Kernel(product, Section.Of(columnCount, 1, worker, workers));
        SimdDispatch.Run(width, ref kernel);
    }

    private readonly struct Kernel(SparseProduct product, Section columns) : ISimdKernel
    {
        [MethodImpl(HotPath.CompileOnce)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int width = product.Width;
            if (!product.Accumulate)
                Clear((nint)columns.Start * width, (nint)columns.Count * width);
            for (int row = 0; row < product.Rows; row++)
            {
                float* b = product.Right + (nint)row * width;
                int end = product.Offsets[row + 1];
                for (int i = First(row); i < end && product.Columns[i] < columns.End; i++)
                {
                    float* c = product.Sums + (nint)product.Columns[i] * width;
                    TSimd value = TSimd.Broadcast(product.Values[i]);
                    for (int column = 0; column < width; column += TSimd.Width)
                    {
                        TSimd sum = PartialVector.Load<TSimd>(c + column, width - column);
                        TSimd.AddProduct(ref sum, value, PartialVector.Load<TSimd>(b + column, width - column));
                        PartialVector.Store(sum, c + column, width - column);
                    }
                }
            }
        }

        /// <summary>The first of a row's values in this worker's columns.</summary>
        private int First(int row)
        {
            int start = product.Offsets[row];
            var stored = new ReadOnlySpan<int>(product.Columns + start, product.Offsets[row + 1] - start);
            int place = stored.BinarySearch(columns.Start);
            return start + (place < 0 ? ~place : place);
        }

        private void Clear(nint start, nint count)
        {
            for (; count > 0; start += int.MaxValue, count -= int.MaxValue)
                new Span<float>(product.Sums + start, (int)Math.Min(count, int.MaxValue)).Clear();
        }
    }
}
