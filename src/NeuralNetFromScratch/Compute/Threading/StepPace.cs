namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Chooses the number of threads with which the steps of a training are fastest. Two processors of a virtual machine can be hardware threads of one core, and
/// other programs can use the cores. The operating system reports neither, but both change the duration of steps. From time to time, some steps are run with the
/// current number of threads, with half as many and with twice as many, and the number with the lowest median duration is used. Results do not depend on it.
/// </summary>
internal sealed class StepPace
{
    /// <summary>The number of timed steps with each number of threads; odd, so that the median is one of them.</summary>
    public const int Rounds = 5;

    /// <summary>
    /// The number of steps before the timed ones. They are not timed because a helper thread that is no longer used still waits for work for a moment, and slows down
    /// the other hardware thread of its core.
    /// </summary>
    public const int Unmeasured = 6;

    /// <summary>The number of steps with each number of threads.</summary>
    public const int Steps = Unmeasured + Rounds;

    /// <summary>
    /// The number of steps before the first comparison, in which methods are compiled, and the maximum number between two comparisons. The number doubles after each
    /// comparison that changes nothing, and is the first one again after a change.
    /// </summary>
    public const int FirstDistance = 24, LongestDistance = 1536;

    /// <summary>Another number of threads is used if its time is below this fraction of the current one, since a change invalidates caches.</summary>
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

    /// <summary>Records a step that ran with <see cref="Next"/> threads.</summary>
    /// <param name="rows">The number of samples of the step. Only steps of equal size are compared.</param>
    /// <param name="duration">The duration, in any unit.</param>
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
            // A single step of another size is the last one of an epoch and is ignored; two in sequence are a new size.
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
        int previous = Current;
        for (int candidate = 1; candidate < _count; candidate++)
        {
            if (Middle(candidate) is var middle && middle < best)
                (best, Current) = (middle, _candidates[candidate]);
        }

        _count = 0;
        // All timed steps can lie in the moment in which another program uses a core. A change is therefore examined again soon.
        _left = _distance = Current == previous ? Math.Min(2 * _distance, LongestDistance) : FirstDistance;
    }

    private double Middle(int candidate)
    {
        Span<double> times = _times.AsSpan(candidate * Rounds, Rounds);
        times.Sort();
        return times[Rounds / 2];
    }
}
