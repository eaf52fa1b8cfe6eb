using System.Diagnostics;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Decides when a team leaves its helpers asleep because other programs occupy their cores and the caller finishes sooner alone. The first pause is short. The pauses
/// double until the team again runs undisturbed for longer than the last pause.
/// </summary>
internal sealed class HelperBackoff
{
    private static readonly long Shortest = Stopwatch.Frequency / 500, Longest = Stopwatch.Frequency / 8;

    /// <summary>The longest wait that does not count as long.</summary>
    private static readonly long Patience = Stopwatch.Frequency / 1000;

    /// <summary>The time that the scheduler may need to find a core for a helper. A shorter time without help does not count.</summary>
    private static readonly long UnhelpedPatience = Stopwatch.Frequency / 125;

    /// <summary>The maximum number of additional jobs without help compared with those with help.</summary>
    private const int MostUnhelped = 16;

    /// <summary>
    /// With one helper, a wait is worthwhile if the team has run undisturbed for at least this many times its duration, because a helper saves at least two thirds of
    /// the time for which it works. With more helpers, a proportionally shorter time is sufficient.
    /// </summary>
    private const double WorthOfWait = 1.5;

    private long _length = Shortest;
    private long _end;
    private long _start;
    private long _lastGood;
    private int _unhelped;

    /// <summary>Whether the team pauses at the specified time.</summary>
    /// <param name="now">A time stamp.</param>
    public bool Holds(long now) => now < _end;

    /// <summary>Records a job that was handed out to helpers.</summary>
    /// <param name="helpers">The number of helpers.</param>
    /// <param name="came">The number of helpers that began their part before the caller did it for them.</param>
    /// <param name="worked">The time for which the caller worked on the job.</param>
    /// <param name="waited">The time for which the caller then waited for the helpers.</param>
    /// <param name="now">The time stamp at the end of the job.</param>
    public void Follow(int helpers, int came, long worked, long waited, long now)
    {
        _unhelped = came == 0 ? _unhelped + 1 : Math.Max(_unhelped - 1, 0);
        bool isLongWait = waited > Patience && waited > worked;
        if (_unhelped == 0 && !isLongWait)
            _lastGood = now;
        bool isAlone = _unhelped >= MostUnhelped && now - Math.Max(_lastGood, _start) >= UnhelpedPatience;
        if (!isAlone && !isLongWait)
            return;

        long good = Math.Max(_lastGood - _start, 0);
        _start = now;
        if (!isAlone && good * helpers >= WorthOfWait * waited)
        {
            _length = Math.Max(_length / 2, Shortest);
            return;
        }

        _length = good < _length ? Math.Min(2 * _length, Longest) : Shortest;
        _end = _start = now + _length;
        _unhelped = 0;
    }
}
