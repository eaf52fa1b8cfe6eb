using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>Where the workers of a <see cref="ColumnListsJob"/> note the rows of the result to which they add something.</summary>
internal unsafe struct ColumnNotes
{
    /// <summary>For each row, 0; the count of stored elements while the product runs.</summary>
    public int* Counts;

    /// <summary>For each row, whether it can differ from zero.</summary>
    public bool* IsListed;

    /// <summary>The rows that could differ from zero before.</summary>
    public int* Listed;
    public int ListedCount;

    /// <summary>Whether all rows that are not listed are zero.</summary>
    public bool IsKnown;

    /// <summary>Receives the rows that are new in the list, from the first row of each worker's part on, and their number for each worker.</summary>
    public int* Additions, AdditionCounts;
}

/// <summary>
/// <c>C = Aᵀ·B</c> for sparse A, or added to C, where most columns of A have few stored elements or none. The columns of A are divided among the workers.
/// A worker first sorts its stored elements by column, in the order of A's rows, so that it computes each row of C once and does not touch rows without
/// stored elements.
/// </summary>
internal readonly unsafe struct ColumnListsJob(Engine engine, SparseProduct product, ColumnNotes notes) : IJob
{
    public void Run(int worker, int workers)
    {
        var kernel = new Kernel(engine.Space(worker), product, notes, worker, product.Cuts.At(worker, workers), product.Cuts.At(worker + 1, workers));
        SimdDispatch.Run(engine.Width, ref kernel);
    }

    /// <param name="space">The worker's memory.</param>
    /// <param name="product">The product.</param>
    /// <param name="notes">The notes.</param>
    /// <param name="worker">The worker.</param>
    /// <param name="start">The worker's first column.</param>
    /// <param name="end">The end of the worker's columns.</param>
    private readonly struct Kernel(PackSpace space, SparseProduct product, ColumnNotes notes, int worker, int start, int end) : ISimdKernel
    {
        [MethodImpl(HotPath.CompileOnce)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int rows = product.Rows;
            int* memory = (int*)space.Reserve(checked(2 * rows + 3 * product.StoredCount)), firsts = memory, ends = firsts + rows;
            int stored = FindElements(firsts, ends);
            int* columns = ends + rows, elementRows = columns + stored;
            float* values = (float*)(elementRows + stored);
            int used = CountElements(firsts, ends, columns);
            if (!product.Accumulate)
                ClearUnused();
            SortElements(firsts, ends, columns, used, elementRows, values);
            for (int i = 0, place = 0; i < used; i++)
            {
                if (product.IsFar && i + Tuning.RowsAhead < used)
                    Prefetch.Floats(product.Sums + (nint)columns[i + Tuning.RowsAhead] * product.Width, product.Width);
                // Sorting has moved the count to the end of the column's elements.
                int last = notes.Counts[columns[i]];
                AddColumn<TSimd>(new SparseList(elementRows + place, values + place, last - place, isFar: false), product.Sums + (nint)columns[i] * product.Width);
                place = last;
            }

            Note(columns, used);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void AddColumn<TSimd>(SparseList list, float* sums)
            where TSimd : struct, ISimd<TSimd>
        {
            for (int column = 0; column < product.Width;)
            {
                int panel = SparseChain<TSimd>.PanelAt(column, product.Width);
                SparseChain<TSimd>.Run(list, product.Right + column, product.Width, sums + column, null, panel, product.Accumulate);
                column += panel;
            }
        }

        /// <summary>Finds the part of each row that lies in the worker's columns.</summary>
        /// <returns>The number of stored elements in all parts.</returns>
        private int FindElements(int* firsts, int* ends)
        {
            int stored = 0;
            for (int row = 0; row < product.Rows; row++)
            {
                firsts[row] = Find(row, start);
                ends[row] = Find(row, end);
                stored += ends[row] - firsts[row];
            }

            return stored;
        }

        /// <summary>The first of a row's stored elements that is not before a column.</summary>
        private int Find(int row, int column)
        {
            if (column == 0)
                return product.Offsets[row];
            if (column == product.ColumnCount)
                return product.Offsets[row + 1];
            var stored = new ReadOnlySpan<int>(product.Columns + product.Offsets[row], product.Offsets[row + 1] - product.Offsets[row]);
            int place = stored.BinarySearch(column);
            return product.Offsets[row] + (place < 0 ? ~place : place);
        }

        /// <summary>Counts the stored elements of each column.</summary>
        /// <param name="firsts">The beginnings of the rows' parts.</param>
        /// <param name="ends">The ends of the rows' parts.</param>
        /// <param name="columns">Receives the columns with stored elements.</param>
        /// <returns>The number of these columns.</returns>
        private int CountElements(int* firsts, int* ends, int* columns)
        {
            int used = 0;
            for (int row = 0; row < product.Rows; row++)
            {
                for (int i = firsts[row]; i < ends[row]; i++)
                {
                    // Written in any case, so that no branch must be predicted.
                    columns[used] = product.Columns[i];
                    used += notes.Counts[product.Columns[i]]++ == 0 ? 1 : 0;
                }
            }

            return used;
        }

        /// <summary>Sets the rows of the result that get no element to zero, if they are not zero already.</summary>
        private void ClearUnused()
        {
            if (!notes.IsKnown)
            {
                for (int row = start; row < end; row++)
                {
                    if (notes.Counts[row] == 0)
                        ClearRow(row);
                }

                return;
            }

            for (int i = 0; i < notes.ListedCount; i++)
            {
                int row = notes.Listed[i];
                if (row < start || row >= end || notes.Counts[row] > 0)
                    continue;
                ClearRow(row);
                notes.IsListed[row] = false;
            }
        }

        private void ClearRow(int row) => new Span<float>(product.Sums + (nint)row * product.Width, product.Width).Clear();

        /// <summary>Copies the stored elements column by column. The counts become the ends of the columns.</summary>
        private void SortElements(int* firsts, int* ends, int* columns, int used, int* elementRows, float* values)
        {
            for (int i = 0, place = 0; i < used; i++)
            {
                int count = notes.Counts[columns[i]];
                notes.Counts[columns[i]] = place;
                place += count;
            }

            for (int row = 0; row < product.Rows; row++)
            {
                for (int i = firsts[row]; i < ends[row]; i++)
                {
                    int place = notes.Counts[product.Columns[i]]++;
                    elementRows[place] = row;
                    values[place] = product.Values[i];
                }
            }
        }

        private void Note(int* columns, int used)
        {
            int additions = 0;
            for (int i = 0; i < used; i++)
            {
                int row = columns[i];
                notes.Counts[row] = 0;
                if (!product.Accumulate || !notes.IsListed[row])
                    notes.Additions[start + additions++] = row;
                notes.IsListed[row] = true;
            }

            notes.AdditionCounts[worker] = additions;
        }
    }
}
