using System.Diagnostics;

namespace NeuralNetFromScratch.Kernels;

/// <summary>
/// When a team had better leave its helpers asleep: after the caller has waited for one longer than the work took, which is what happens when
/// another program takes the helper's core. The rest begins short and doubles with each such wait that follows soon.
/// </summary>
internal sealed class Rest
{
    private static readonly long Patience = Stopwatch.Frequency / 1000, Shortest = Stopwatch.Frequency / 100, Longest = Stopwatch.Frequency / 2;

    private long _length = Shortest;
    private long _end;

    /// <summary>Whether there is a rest at some time.</summary>
    /// <param name="now">A time stamp.</param>
    public bool Holds(long now) => now < _end;

    /// <summary>Takes note of a job that the helpers took part in.</summary>
    /// <param name="worked">How long the caller worked on it.</param>
    /// <param name="waited">How long it waited for the others after that.</param>
    /// <param name="now">The time stamp at its end.</param>
    public void Follow(long worked, long waited, long now)
    {
        if (waited > Patience && waited > worked)
        {
            _length = now - _end < _length ? Math.Min(2 * _length, Longest) : Shortest;
            _end = now + _length;
        }
    }
}
