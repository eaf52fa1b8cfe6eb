namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Finds out with how many threads the steps of a training are fastest. Two processors of a virtual machine may be halves of one core, and other programs may
/// take what the scheduler promised: neither can be asked for, but it shows in how long whole steps take. Now and then some steps are run with the number in
/// use, then with half of it and with twice of it, and the number whose median step is the fastest is kept. No bit of a result depends on it.
/// </summary>
internal sealed class StepPace
{
    /// <summary>Steps with each number of threads in a comparison: an odd number, so that one is in the middle.</summary>
    public const int Rounds = 5;

    /// <summary>
    /// Steps with a number of threads that are not timed: a helper that is not needed any more still looks for work for a moment, and slows down the other half of
    /// its core.
    /// </summary>
    public const int Unmeasured = 6;

    /// <summary>Steps with each number of threads, timed or not.</summary>
    public const int Steps = Unmeasured + Rounds;

    /// <summary>Steps before the first comparison, in which methods are compiled, and between two at most. The distance doubles.</summary>
    public const int FirstDistance = 24, LongestDistance = 1536;

    /// <summary>Another number must take less than this share of the time: a change for nothing costs caches.</summary>
    private const double EnoughGain = 0.97;

    private const int MostCandidates = 3;

    private readonly int[] _candidates = new int[MostCandidates];
    private readonly double[] _times = new double[MostCandidates * Rounds];
    private int _count, _followed, _rows, _others;
    private readonly int _threads;
    private int _distance = FirstDistance, _left = FirstDistance;

    /// <param name="threads">The largest number of threads.</param>
    public StepPace(int threads) => _threads = Current = threads;

    /// <summary>The number of threads in use.</summary>
    public int Current { get; private set; }

    /// <summary>The number of threads for the next step.</summary>
    public int Next => _count == 0 ? Current : _candidates[_followed / Steps];

    /// <summary>Takes note of a step that ran with <see cref="Next"/> threads.</summary>
    /// <param name="rows">Its samples: steps of other sizes are not compared.</param>
    /// <param name="duration">How long it took, in any unit.</param>
    public void Follow(int rows, long duration)
    {
        if (_count == 0)
        {
            if (--_left <= 0)
                Begin(rows);
            return;
        }

        if (rows != _rows)
        {
            // One step of another size is the last of an epoch, and passed over; two in turn are a new size.
            if (++_others > 1)
                Begin(rows);
            return;
        }

        _others = 0;

        int round = _followed % Steps - Unmeasured;
        if (round >= 0)
            _times[_followed / Steps * Rounds + round] = duration;
        if (++_followed == _count * Steps)
            Decide();
    }

    private void Begin(int rows)
    {
        (_rows, _followed, _count, _others) = (rows, 0, 0, 0);
        _candidates[_count++] = Current;
        if (Current > 1)
            _candidates[_count++] = Current / 2;
        if (Current < _threads)
            _candidates[_count++] = Math.Min(2 * Current, _threads);
    }

    private void Decide()
    {
        double best = EnoughGain * Middle(0);
        for (int candidate = 1; candidate < _count; candidate++)
        {
            if (Middle(candidate) is var middle && middle < best)
                (best, Current) = (middle, _candidates[candidate]);
        }

        _count = 0;
        _left = _distance = Math.Min(2 * _distance, LongestDistance);
    }

    private double Middle(int candidate)
    {
        Span<double> times = _times.AsSpan(candidate * Rounds, Rounds);
        times.Sort();
        return times[Rounds / 2];
    }
}
