namespace NeuralNetFromScratch.Compute;

/// <summary>
/// The rows of a weight's gradient that can differ from zero after a batch of sparse rows. An update may pass over the other rows if a gradient of zero
/// changes nothing. The list is forgotten as soon as somebody else can write to the gradient.
/// </summary>
/// <param name="rowCount">Number of rows of the weight.</param>
internal sealed class GradientRows(int rowCount)
{
    private readonly bool[] _isListed = new bool[rowCount];
    private int[] _numbers = new int[rowCount], _previous = new int[rowCount];
    private int _count;

    /// <summary>Whether all rows are zero but those that are listed and those before <see cref="First"/>.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>The first row that the list is about. The rows before it belong to dense features.</summary>
    public int First { get; private set; }

    /// <summary>The listed rows, counted from <see cref="First"/>, each once.</summary>
    public ReadOnlySpan<int> Numbers => _numbers.AsSpan(0, _count);

    public void Forget() => IsKnown = false;

    /// <summary>Lists the rows to which the gradient of a batch adds something. A list that would hold most of the rows is not kept.</summary>
    /// <param name="batch">The batch's sparse rows.</param>
    /// <param name="first">The number of dense features.</param>
    /// <param name="accumulate">Whether the batch's gradient is added to what is there.</param>
    /// <param name="stale">Receives the rows, counted from <see cref="First"/>, that hold an older gradient.</param>
    /// <returns>Whether the gradient is zero in all other rows, so that those alone need to be cleared.</returns>
    public bool Add(SparseRowsView batch, int first, bool accumulate, out ReadOnlySpan<int> stale)
    {
        stale = [];
        bool wasKnown = IsKnown && First == first;
        if (accumulate ? !wasKnown : batch.StoredCount > batch.Columns / Tuning.LeastRowsForEachGradient)
        {
            Forget();
            return false;
        }

        if (!accumulate)
        {
            ReadOnlySpan<int> listed = Clear();
            stale = wasKnown ? listed : [];
            (First, IsKnown) = (first, true);
        }

        foreach (int number in batch.AllColumns[batch.Offsets[0]..batch.Offsets[^1]])
        {
            if (_isListed[number])
                continue;
            _isListed[number] = true;
            _numbers[_count++] = number;
        }

        return wasKnown;
    }

    /// <returns>What was listed.</returns>
    private ReadOnlySpan<int> Clear()
    {
        ReadOnlySpan<int> listed = Numbers;
        foreach (int number in listed)
            _isListed[number] = false;
        (_previous, _numbers, _count) = (_numbers, _previous, 0);
        return listed;
    }
}
