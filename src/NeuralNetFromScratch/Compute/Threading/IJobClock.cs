namespace NeuralNetFromScratch.Compute;

/// <summary>
/// The clock of a simulated engine, whose parts of jobs are run one after another on the thread of the caller, so that the duration of steps on more threads than the
/// processor has can be determined.
/// </summary>
internal interface IJobClock
{
    /// <summary>The time, in any unit, at which a part begins or ends.</summary>
    long Now { get; }

    /// <summary>Records a job whose parts have been run.</summary>
    /// <param name="job">The type of the job.</param>
    /// <param name="start">The time at which the job began.</param>
    /// <param name="durations">The duration of each part.</param>
    void Record(Type job, long start, ReadOnlySpan<long> durations);
}
