namespace NeuralNetFromScratch.Compute;

/// <summary>
/// The rows of a weight's gradient that can differ from zero after a batch of sparse rows. The next batch clears only these rows, and an update may skip
/// the other rows if a gradient of zero changes nothing. The list is forgotten as soon as other code can write to the gradient.
/// </summary>
/// <param name="rowCount">Number of rows of the weight.</param>
internal sealed class GradientRows(int rowCount)
{
    private int _count;

    /// <summary>Whether all rows are zero except those that are listed and those before <see cref="First"/>.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>The first row that the list is about. The rows before it belong to dense features.</summary>
    public int First { get; private set; }

    /// <summary>The listed rows, counted from <see cref="First"/>, each once.</summary>
    public ReadOnlySpan<int> Numbers => List.AsSpan(0, _count);

    /// <summary>The memory of <see cref="Numbers"/>; empty before the first product, as are the other arrays.</summary>
    public int[] List { get; private set; } = [];

    /// <summary>For each row, whether it is listed.</summary>
    public bool[] IsListed { get; private set; } = [];

    /// <summary>For each row, memory for the stored elements of a column, which is zero between two products.</summary>
    public int[] Counts { get; private set; } = [];

    /// <summary>Memory for the rows that the workers of a product add to the list. Each worker writes from the first row of its part on.</summary>
    public int[] Additions { get; private set; } = [];

    public void Forget() => IsKnown = false;

    /// <summary>Begins a product that writes to the gradient.</summary>
    /// <param name="first">The number of dense features.</param>
    /// <returns>Whether the rows that are not listed are zero. If not, no row is listed.</returns>
    public bool Begin(int first)
    {
        if (List.Length == 0)
            (List, IsListed, Counts, Additions) = (new int[rowCount], new bool[rowCount], new int[rowCount], new int[rowCount]);
        bool wasKnown = IsKnown && First == first;
        if (!wasKnown)
        {
            _count = 0;
            IsListed.AsSpan().Clear();
            Counts.AsSpan().Clear();
        }

        // An exception in the product leaves the list unknown.
        (First, IsKnown) = (first, false);
        return wasKnown;
    }

    /// <summary>Ends a product.</summary>
    /// <param name="isKnown">Whether the rows that are not listed are zero.</param>
    /// <param name="replaces">Whether the rows of the product replace the list.</param>
    /// <param name="cuts">The parts of the workers.</param>
    /// <param name="counts">The number of rows that each worker has written to <see cref="Additions"/>.</param>
    public void End(bool isKnown, bool replaces, ColumnCuts cuts, ReadOnlySpan<int> counts)
    {
        if (replaces)
            _count = 0;
        for (int worker = 0; worker < counts.Length; worker++)
        {
            Additions.AsSpan(cuts.At(worker, counts.Length), counts[worker]).CopyTo(List.AsSpan(_count));
            _count += counts[worker];
        }

        IsKnown = isKnown;
    }
}
