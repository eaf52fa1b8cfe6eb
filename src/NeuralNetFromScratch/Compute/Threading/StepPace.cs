namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Chooses the division with which the steps of a training are fastest: the number of threads, and the number of teams if steps have several shards. Two processors of
/// a virtual machine can be hardware threads of one core, and other programs can use the cores. The operating system reports neither, but both change the duration of
/// steps. From time to time, some steps are run with the current division, with half as many and with twice as many threads, and with half as many and twice as many
/// teams. The division with the lowest median duration is used. Results do not depend on it.
/// </summary>
internal sealed class StepPace
{
    /// <summary>The number of timed steps with each division; odd, so that the median is one of them.</summary>
    public const int Rounds = 5;

    /// <summary>
    /// The number of steps before the timed ones. They are not timed because a helper thread that is no longer used still waits for work for a moment, and slows down
    /// the other hardware thread of its core.
    /// </summary>
    public const int Unmeasured = 6;

    /// <summary>The number of steps with each division.</summary>
    public const int Steps = Unmeasured + Rounds;

    /// <summary>
    /// The number of steps before the first comparison, in which methods are compiled, and the maximum number between two comparisons. The number doubles after each
    /// comparison that changes nothing, and is the first one again after a change.
    /// </summary>
    public const int FirstDistance = 24, LongestDistance = 1536;

    /// <summary>Another division is used if its time is below this fraction of the current one, since a change invalidates caches.</summary>
    private const double EnoughGain = 0.97;

    private const int MostCandidates = 5;

    private readonly StepDivision[] _candidates = new StepDivision[MostCandidates];
    private readonly double[] _times = new double[MostCandidates * Rounds];
    private int _count, _followed, _rows, _others;
    private readonly StepDivision _most;
    private readonly bool _variesThreads;
    private int _distance = FirstDistance, _left = FirstDistance;

    /// <param name="most">The largest numbers of threads and teams.</param>
    /// <param name="first">The division of the first steps.</param>
    /// <param name="variesThreads">Whether the number of threads may change.</param>
    public StepPace(StepDivision most, StepDivision first, bool variesThreads = true) => (_most, Current, _variesThreads) = (most, first, variesThreads);

    /// <summary>The division in use.</summary>
    public StepDivision Current { get; private set; }

    /// <summary>The division for the next step.</summary>
    public StepDivision Next => IsComparing ? _candidates[_followed / Steps] : Current;

    /// <summary>Whether steps are run with divisions other than the current one.</summary>
    public bool IsComparing => _count > 0;

    /// <summary>Records a step that ran with <see cref="Next"/>.</summary>
    /// <param name="rows">The number of samples of the step. Only steps of equal size are compared.</param>
    /// <param name="duration">The duration, in any unit.</param>
    public void Follow(int rows, long duration)
    {
        if (!IsComparing)
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
        if (_variesThreads)
        {
            Add(Current.Threads / 2, Math.Min(Current.Teams, Current.Threads / 2));
            Add(Math.Min(2 * Current.Threads, _most.Threads), Current.Teams);
        }

        Add(Current.Threads, Current.Teams / 2);
        Add(Current.Threads, 2 * Current.Teams);
    }

    /// <summary>Adds a candidate if it is possible and differs from the current division.</summary>
    private void Add(int threads, int teams)
    {
        var candidate = new StepDivision(threads, teams);
        if (teams > 0 && teams <= Math.Min(threads, _most.Teams) && candidate != Current)
            _candidates[_count++] = candidate;
    }

    private void Decide()
    {
        double best = EnoughGain * Middle(0);
        StepDivision previous = Current;
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

/// <summary>How the work of a step is divided.</summary>
/// <param name="Threads">The number of threads.</param>
/// <param name="Teams">The number of teams of threads, each of which computes some of the shards of the step: a power of two.</param>
internal readonly record struct StepDivision(int Threads, int Teams);
