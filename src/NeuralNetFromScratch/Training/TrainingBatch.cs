namespace NeuralNetFromScratch;

/// <summary>
/// The samples of a step, or of a machine's share of it, and what the sum of their losses is divided by. <see cref="Trainer"/> loads them.
/// </summary>
public readonly ref struct TrainingBatch
{
    internal TrainingBatch(BatchSource source)
    {
        Source = source;
        Divisor = source.Rows;
    }

    /// <summary>Number of samples.</summary>
    public int Rows => Source.Rows;

    /// <summary>
    /// What the sum of the losses is divided by: the number of samples unless set. Where several shares make one step, it is that of the
    /// whole step for each of them.
    /// </summary>
    public double Divisor { get; init; }

    /// <summary>Number of samples of the same step in the shares before this one: random numbers go by a sample's place in the step. 0 unless set.</summary>
    public int SampleOffset { get; init; }

    internal BatchSource Source { get; init; }

    /// <summary>The samples that a layer which looks across the batch sees together.</summary>
    internal int PartLength { get; init; }
}

/// <summary>What a step, or a share of it, adds up to.</summary>
/// <param name="Samples">Number of samples.</param>
/// <param name="LossSum">The sum of their losses.</param>
/// <param name="Divisor">What it is divided by.</param>
public readonly record struct StepTotals(long Samples, double LossSum, double Divisor)
{
    /// <summary>The mean loss.</summary>
    public double Loss => LossSum / Divisor;
}
