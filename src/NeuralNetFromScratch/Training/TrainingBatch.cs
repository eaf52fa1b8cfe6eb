namespace NeuralNetFromScratch;

/// <summary>
/// The samples of a step, or of one machine's share of it, and the divisor of their loss sum. The <c>Load</c> methods of <see cref="Trainer"/>
/// create it.
/// </summary>
public readonly ref struct TrainingBatch
{
    private readonly int? _ignored;
    private readonly double? _divisor;

    internal TrainingBatch(BatchSource source, Loss loss)
        : this(source, loss.IgnoredLabel)
    {
    }

    private TrainingBatch(BatchSource source, int? ignored)
    {
        Source = source;
        _ignored = ignored;
    }

    /// <summary>The number of samples.</summary>
    public int Rows => Source.Rows;

    /// <summary>
    /// The divisor of the sum of the losses. If the caller divides a step among machines itself, without a <see cref="GradientExchange"/>, each share must have the
    /// divisor of the whole step. Default: the number of samples without those whose label the loss ignores, at least 1.
    /// </summary>
    public double Divisor
    {
        get => DivisorOf(_divisor is null ? CountRows() : 0);
        init => _divisor = value;
    }

    /// <summary>
    /// The number of samples of the same step in the shares before this one. Random numbers depend on the index of a sample in the step. Default:
    /// 0.
    /// </summary>
    public int SampleOffset { get; init; }

    internal BatchSource Source { get; }

    /// <summary>The number of samples that a layer which mixes samples sees together.</summary>
    internal int PartLength { get; init; }

    /// <summary>Whether labels are ignored, so that the divisor is known only when all labels have been read.</summary>
    internal bool IgnoresLabels => _divisor is null && _ignored is not null && Source.HasLabels;

    /// <summary>The number of samples of the whole step, if this is a shard of it; otherwise 0.</summary>
    private int StepRows { get; init; }

    /// <summary>Counts the samples whose label is not ignored.</summary>
    internal int CountRows() => Source.CountOthers(_ignored);

    /// <summary>Returns the divisor for a number of samples whose label is not ignored.</summary>
    internal double DivisorOf(int counted) => _divisor ?? Math.Max(counted, 1);

    /// <summary>Returns the number of some rows as a fraction of the rows of the step. Samples whose label is ignored are included in the batch statistics.</summary>
    internal float ShareOf(int rows, int counted, double divisor) => StepRows > 0 ? rows / (float)StepRows
        : counted == Rows ? rows / (float)divisor : (float)(rows * (double)Math.Max(counted, 1) / (Rows * divisor));

    /// <summary>Returns a shard of the samples.</summary>
    /// <param name="start">The index of the first sample.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="divisor">The divisor of the whole step.</param>
    /// <param name="partLength">The number of samples that a layer which mixes samples sees together.</param>
    internal TrainingBatch Shard(int start, int count, double divisor, int partLength) => new(Source.Slice(start, count), _ignored)
    {
        Divisor = divisor,
        SampleOffset = SampleOffset + start,
        PartLength = partLength,
        StepRows = Rows,
    };
}

/// <summary>The totals of a step, or of one machine's share of it.</summary>
/// <param name="Samples">The number of samples.</param>
/// <param name="LossSum">The sum of their losses.</param>
/// <param name="Divisor">The divisor of the sum.</param>
public readonly record struct StepTotals(long Samples, double LossSum, double Divisor)
{
    /// <summary>The mean loss: <see cref="LossSum"/> / <see cref="Divisor"/>.</summary>
    public double Loss => LossSum / Divisor;
}
