namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Products of a batch X with D dense columns and S sparse ones. An element of a result is one chain of multiply-adds, as in the product of the
/// dense form of X, without the steps whose element of X is not stored. The bits are the same for finite values, up to the sign of a zero.
/// </summary>
internal static class BatchProduct
{
    /// <summary>Computes <c>Z = X·W + b</c>.</summary>
    /// <param name="engine">The compute engine.</param>
    /// <param name="x">X: [rows, D + S].</param>
    /// <param name="w">W: [D + S, columns], contiguous.</param>
    /// <param name="bias">b: [columns]; empty for none.</param>
    /// <param name="z">Receives Z: [rows, columns], contiguous.</param>
    public static unsafe void Multiply(Engine engine, BatchView x, ReadOnlyMatrixView w, ReadOnlySpan<float> bias, MatrixView z)
    {
        ThrowIfNot(x.Columns == w.Rows && z.Rows == x.Rows && z.Columns == w.Columns && (bias.IsEmpty || bias.Length == w.Columns));
        int dense = x.Dense.Columns;
        if (dense > 0)
            engine.Multiply(x.Dense, w.SliceRows(0, dense), z);
        SparseRowsView sparse = x.Sparse;
        int* sample = stackalloc int[ColumnCuts.SampleSize];
        fixed (int* offsets = sparse.Offsets, columns = sparse.AllColumns)
        fixed (float* values = sparse.AllValues, weights = w.SliceRows(dense, w.Rows - dense).Values, biases = bias, sums = z.Values)
        {
            var job = new SparseRowsJob(engine, new()
            {
                Offsets = offsets,
                Columns = columns,
                Values = values,
                Rows = x.Rows,
                ColumnCount = sparse.Columns,
                Right = weights,
                Bias = bias.IsEmpty ? null : biases,
                Sums = sums,
                Width = w.Columns,
                Accumulate = dense > 0,
                Cuts = ColumnCuts.Of(sparse, sample),
            });
            engine.Run(job, engine.WorkersFor((long)sparse.StoredCount * w.Columns, Tuning.SparseProductGrain));
        }
    }

    /// <summary>Computes <c>dW = Xᵀ·dZ</c>, or adds it to dW.</summary>
    /// <param name="engine">The compute engine.</param>
    /// <param name="x">X: [rows, D + S].</param>
    /// <param name="dz">dZ: [rows, columns], contiguous.</param>
    /// <param name="dw">dW: [D + S, columns], contiguous.</param>
    /// <param name="accumulate">Whether to add to the existing values of dW.</param>
    /// <param name="rows">Receives the rows of dW that can differ from zero if listing them is faster; null for no list.</param>
    public static unsafe void MultiplyTransposed(Engine engine, BatchView x, ReadOnlyMatrixView dz, MatrixView dw, bool accumulate, GradientRows? rows = null)
    {
        ThrowIfNot(x.Columns == dw.Rows && dz.Rows == x.Rows && dz.Columns == dw.Columns);
        int dense = x.Dense.Columns, columnCount = x.Sparse.Columns;
        SparseRowsView sparse = x.Sparse;
        if (dense > 0)
            engine.Multiply(x.Dense.Transposed, dz, dw.SliceRows(0, dense), new GemmOptions(accumulate));
        int* sample = stackalloc int[ColumnCuts.SampleSize];
        fixed (float* right = dz.Values, sums = dw.Values)
        {
            fixed (int* offsets = sparse.Offsets, columns = sparse.AllColumns)
            fixed (float* values = sparse.AllValues)
            {
                var product = new SparseProduct
                {
                    Offsets = offsets,
                    Columns = columns,
                    Values = values,
                    Rows = x.Rows,
                    ColumnCount = columnCount,
                    Right = right,
                    Sums = sums + (nint)dense * dz.Columns,
                    Width = dz.Columns,
                    Accumulate = accumulate,
                    Cuts = ColumnCuts.Of(sparse, sample),
                };
                if (rows is not null && sparse.StoredCount <= (product.IsFar ? (long)columnCount * Tuning.ListedElementsOfColumn : columnCount / Tuning.LeastRowsForEachGradient))
                {
                    MultiplyListed(engine, product, dense, rows);
                    return;
                }

                rows?.Forget();
                engine.Run(new SparseColumnsJob(engine, product), Workers(engine, product, clearsAll: !accumulate));
            }
        }
    }

    private static unsafe void MultiplyListed(Engine engine, in SparseProduct product, int dense, GradientRows rows)
    {
        bool isKnown = rows.Begin(dense);
        int workers = Workers(engine, product, clearsAll: !isKnown && !product.Accumulate);
        int* additionCounts = stackalloc int[workers];
        fixed (int* counts = rows.Counts, listed = rows.List, additions = rows.Additions)
        fixed (bool* isListed = rows.IsListed)
        {
            var notes = new ColumnNotes
            {
                Counts = counts,
                IsListed = isListed,
                Listed = listed,
                ListedCount = rows.Numbers.Length,
                IsKnown = isKnown,
                Additions = additions,
                AdditionCounts = additionCounts,
            };
            engine.Run(new ColumnListsJob(engine, product, notes), workers);
        }

        rows.End(isKnown || !product.Accumulate, replaces: !product.Accumulate, product.Cuts, new ReadOnlySpan<int>(additionCounts, workers));
    }

    private static int Workers(Engine engine, in SparseProduct product, bool clearsAll) =>
        engine.WorkersFor(((long)product.StoredCount + (clearsAll ? product.ColumnCount : 0)) * product.Width, Tuning.SparseProductGrain);

    private static void ThrowIfNot(bool fits)
    {
        if (!fits)
            throw new ArgumentException("the shapes do not fit");
    }
}
