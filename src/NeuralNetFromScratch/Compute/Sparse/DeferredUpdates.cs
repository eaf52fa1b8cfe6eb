namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Updates of rows of a weight whose gradients were zero, which are computed when the rows are read instead of in each step. A rule with momentum or a penalty
/// changes such rows too. All missing updates of a register are computed while it is loaded, in the order of the steps: the bits are the same, but the memory is
/// read and written once instead of in each step.
/// </summary>
/// <param name="values">All parameters.</param>
/// <param name="slots">The optimizer's slots one after another, each as long as <paramref name="values"/>.</param>
/// <param name="start">The index of the weight's first element.</param>
/// <param name="rowCount">The number of the weight's rows.</param>
/// <param name="rowLength">The number of elements of a row.</param>
/// <remarks>A program may read values on other threads during a training. A lock ensures that each missing update is computed once.</remarks>
internal sealed class DeferredUpdates(AlignedBuffer values, AlignedBuffer slots, int start, int rowCount, int rowLength)
{
    private readonly Lock _lock = new();

    /// <summary>For each row, how many of the logged updates it has had.</summary>
    private readonly int[] _done = new int[rowCount];

    /// <summary>The rows that are being completed, and how many of the logged updates they have had; one place more than rows, so that no branch is needed.</summary>
    private readonly int[] _rows = new int[rowCount + 1], _doneOfRows = new int[rowCount + 1];
    private UpdateLog? _log;
    private volatile int _logged;

    /// <summary>Whether a row may lack updates.</summary>
    public bool IsPending => _logged > 0;

    /// <summary>Logs the update of a step, which the rows with gradients have had already.</summary>
    /// <param name="engine">The compute engine.</param>
    /// <param name="rule">The rule of the step.</param>
    /// <param name="first">The number of rows of dense features, which have had the update.</param>
    /// <param name="updated">The sparse rows that have had the update, counted from <paramref name="first"/>.</param>
    public void Log<TRule>(Engine engine, TRule rule, int first, ReadOnlySpan<int> updated)
        where TRule : struct, IUpdateRule
    {
        lock (_lock)
        {
            if (_log is not UpdateLog<TRule>)
            {
                CompleteAll(engine);
                _log = new UpdateLog<TRule>();
            }

            ((UpdateLog<TRule>)_log).Rules[_logged++] = rule;
            _done.AsSpan(0, first).Fill(_logged);
            foreach (int row in updated)
                _done[first + row] = _logged;
            if (_logged == Tuning.MostDeferredUpdates)
                CompleteAll(engine);
        }
    }

    /// <summary>Computes the missing updates of the rows that a batch reads.</summary>
    /// <param name="engine">The compute engine.</param>
    /// <param name="batch">The batch's sparse rows.</param>
    /// <param name="first">The number of dense features.</param>
    public void Complete(Engine engine, SparseRowsView batch, int first)
    {
        if (!IsPending)
            return;
        lock (_lock)
        {
            int count = 0, logged = _logged;
            foreach (int column in batch.StoredColumns)
            {
                int row = first + column;
                _rows[count] = row;
                _doneOfRows[count] = _done[row];
                count += _done[row] < logged ? 1 : 0;
                _done[row] = logged;
            }

            Run(engine, count);
        }
    }

    /// <summary>Computes all missing updates.</summary>
    /// <param name="engine">The compute engine; null for the calling thread, which may be a worker of an engine.</param>
    public void Complete(Engine? engine = null)
    {
        if (!IsPending)
            return;
        lock (_lock)
            CompleteAll(engine);
    }

    private void CompleteAll(Engine? engine)
    {
        int count = 0, logged = _logged;
        for (int row = 0; row < rowCount; row++)
        {
            if (_done[row] == logged)
                continue;
            _rows[count] = row;
            _doneOfRows[count++] = _done[row];
        }

        Run(engine, count);
        _done.AsSpan().Clear();
        _logged = 0;
    }

    private void Run(Engine? engine, int count)
    {
        if (count == 0)
            return;
        var job = new Job(this, engine?.Width ?? SimdWidths.Best, count);
        if (engine is null)
            job.Run(0, 1);
        else
            engine.Run(job, engine.WorkersFor((long)count * rowLength, Tuning.DeferredUpdateGrain));
    }

    private readonly struct Job(DeferredUpdates updates, SimdWidth width, int count) : IJob
    {
        public void Run(int worker, int workers)
        {
            var share = Section.Of(count, 1, worker, workers);
            updates._log!.Run(width, updates.Rows(share), updates._logged);
        }
    }

    private RowsToComplete Rows(Section share) => new()
    {
        Rows = _rows.AsSpan(share.Start, share.Count),
        Done = _doneOfRows.AsSpan(share.Start, share.Count),
        Length = rowLength,
        Values = values.Span[start..],
        Slots = slots.Span[start..],
        SlotStride = values.Length,
    };
}

/// <summary>Rows that lack updates.</summary>
internal ref struct RowsToComplete
{
    /// <summary>The numbers of the rows.</summary>
    public ReadOnlySpan<int> Rows;

    /// <summary>For each of them, how many of the logged updates it has had.</summary>
    public ReadOnlySpan<int> Done;

    /// <summary>The number of elements of a row.</summary>
    public int Length;

    /// <summary>The parameters from the first row of the weight on.</summary>
    public Span<float> Values;

    /// <summary>The first slot of <see cref="Values"/>; the next one begins <see cref="SlotStride"/> elements later.</summary>
    public Span<float> Slots;
    public int SlotStride;
}
