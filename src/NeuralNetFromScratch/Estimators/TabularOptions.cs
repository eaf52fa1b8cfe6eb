namespace NeuralNetFromScratch;

/// <summary>
/// How a tabular estimator is built and trained. Where the defaults do not depend on the number of samples, they are those of scikit-learn's
/// <c>MLPClassifier</c> and <c>MLPRegressor</c>.
/// </summary>
public abstract record TabularOptions
{
    private protected TabularOptions()
    {
    }

    /// <summary>Units of the hidden layers, each positive; an empty list is a linear model. Null, the default, is one layer of 100 units, from 4,000 samples on two of 256 and 128.</summary>
    public IReadOnlyList<int>? HiddenUnits { get; init; }

    /// <summary>Activation of the hidden layers. Default: ReLU.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>How the network learns. Default: Adam.</summary>
    public TabularSolver Solver { get; init; }

    /// <summary>Learning rate of Adam; finite and not negative. Null, the default, is 0.001.</summary>
    public float? LearningRate { get; init; }

    /// <summary>λ of the penalty <c>(λ/2)·Σw²</c> on the weights, divided by the batch size. Finite and not negative. Null, the default, is 0.1 below 1,000 samples, else 0.03.</summary>
    public float? L2Penalty { get; init; }

    /// <summary>How often it goes through the samples at most, or iterations of L-BFGS. Default: 200; positive.</summary>
    public int MaxEpochs { get; init; } = 200;

    /// <summary>Samples in a step at most; positive. Null, the default, is a 32nd of the samples, but eight to sixty-four, and 256 from 100,000 samples on.</summary>
    public int? BatchSize { get; init; }

    /// <summary>
    /// The fraction of the training samples that is held out for validation, 0 to less than 1: the training stops when their loss falls no more, and the
    /// parameters of the best epoch are kept. 0 is none: the training stops when the training loss falls no more. Null, the default, is a tenth from 1,000 samples
    /// on, else none. L-BFGS holds none out.
    /// </summary>
    public double? ValidationFraction { get; init; }

    /// <summary>
    /// How much the loss of an epoch must be below the least one so far to count as an improvement. As in scikit-learn, what
    /// falls less counts as no improvement, but is the least one from then on. L-BFGS stops when no element of the gradient is larger. Default: 0.0001; not negative.
    /// </summary>
    public double MinImprovement { get; init; } = 1e-4;

    /// <summary>Consecutive epochs without improvement that are tolerated; the next one ends the training. Default: 10; not negative.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>
    /// Whether a second <c>Fit</c> goes on from the parameters and the optimizer's memory of the first, as scikit-learn's <c>warm_start</c>; features and classes
    /// must be the same, and means and deviations, or the plan of the columns, stay those of the first. Default: false: it starts from scratch.
    /// </summary>
    public bool WarmStart { get; init; }

    /// <summary>How the plan of a table's columns is found; null for the defaults.</summary>
    public TabularPlanOptions? Columns { get; init; }

    /// <summary>Seed of everything random.</summary>
    public ulong Seed { get; init; }

    /// <summary>The number of threads; positive. The result does not depend on it. Default: the number of cores that the process may use.</summary>
    public int ThreadCount { get; init; } = ProcessorCores.Count;

    /// <summary>
    /// Whether a processor without fused multiply-add computes as one with it, for the same bits, at many times the cost (see <see cref="Engine.HasFusedMultiplyAdd"/>).
    /// Default: false: results agree to rounding there.
    /// </summary>
    public bool EmulateFusedMultiplyAdd { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentNullException">The activation is null.</exception>
    internal virtual void Validate()
    {
        ArgumentNullException.ThrowIfNull(Activation, nameof(Activation));
        Guard.Defined(Solver, nameof(Solver));
        foreach (int units in HiddenUnits ?? [])
            Guard.Positive(units, nameof(HiddenUnits));
        if (LearningRate is { } rate)
            Guard.NonNegative(rate, nameof(LearningRate));
        if (L2Penalty is { } penalty)
            Guard.NonNegative(penalty, nameof(L2Penalty));
        Guard.Positive(MaxEpochs, nameof(MaxEpochs));
        if (BatchSize is { } batch)
            Guard.Positive(batch, nameof(BatchSize));
        if (ValidationFraction is { } fraction)
            Guard.Fraction(fraction, nameof(ValidationFraction));
        Guard.NonNegative(MinImprovement, nameof(MinImprovement));
        Guard.NonNegative(Patience, nameof(Patience));
        Guard.Positive(ThreadCount, nameof(ThreadCount));
        Columns?.Validate();
    }
}

/// <summary>How a <see cref="TabularClassifier{TLabel}"/> is built and trained.</summary>
public sealed record TabularClassifierOptions : TabularOptions
{
    /// <summary>
    /// Whether all classes count the same however many samples they have: a sample's loss is multiplied by <c>samples / (classes · samples of its class)</c>, as
    /// with scikit-learn's <c>class_weight="balanced"</c>. Default: false.
    /// </summary>
    public bool BalanceClasses { get; init; }

    /// <summary>How much a sample of a class counts, by the class's text; finite and not negative, 1 for those that are not named. Default: none.</summary>
    public IReadOnlyDictionary<string, float> ClassWeights { get; init; } = new Dictionary<string, float>();

    internal override void Validate()
    {
        base.Validate();
        ArgumentNullException.ThrowIfNull(ClassWeights, nameof(ClassWeights));
        foreach (float weight in ClassWeights.Values)
            Guard.NonNegative(weight, nameof(ClassWeights));
    }
}

/// <summary>How a <see cref="TabularRegressor"/> is built and trained.</summary>
public sealed record TabularRegressorOptions : TabularOptions
{
    /// <summary>What it makes small, over standardized targets. Default: the squared error; <see cref="Huber"/> and <see cref="MeanAbsoluteError"/> heed outliers less.</summary>
    public Loss Loss { get; init; } = new MeanSquaredError();

    internal override void Validate()
    {
        base.Validate();
        ArgumentNullException.ThrowIfNull(Loss, nameof(Loss));
        if (Loss.OutputActivation != OutputActivation.None)
            throw new ArgumentException($"{Loss} is a loss of classes, not of numbers", nameof(Loss));
    }
}

/// <summary>How a tabular estimator learns.</summary>
public enum TabularSolver
{
    /// <summary>Adam, in steps of some samples.</summary>
    Adam,

    /// <summary>L-BFGS on all samples at once, see <see cref="LbfgsTrainer"/>: for small tables.</summary>
    Lbfgs,
}

/// <summary>
/// The options that a number of samples decides, where the caller does not. Chosen on tables of 150 to 20,000 rows (docs/accuracy.md, Tables): small ones want
/// many steps and a strong penalty, large ones a wider network.
/// </summary>
internal readonly struct TabularDefaults(TabularOptions options, int samples)
{
    /// <summary>From so many samples on some are held out for validation, and the penalty is weaker.</summary>
    private const int Many = 1000;

    /// <summary>From so many samples on the network has two layers.</summary>
    private const int ManyForTwoLayers = 4000;

    /// <summary>From so many samples on an epoch has steps enough with larger batches, which the processor likes better.</summary>
    private const int ManyForLargeBatches = 100_000;

    private const double DefaultFraction = 0.1;

    /// <summary>A few dozen steps an epoch, so that some hundred epochs suffice for a small table too.</summary>
    private const int StepsPerEpoch = 32;

    private const int SmallestBatch = 8, UsualBatch = 64, LargeBatch = 256;

    public IReadOnlyList<int> HiddenUnits => options.HiddenUnits ?? (samples < ManyForTwoLayers ? [100] : [256, 128]);

    public float LearningRate => options.LearningRate ?? 1e-3f;

    public float L2Penalty => options.L2Penalty ?? (samples < Many ? 0.1f : 0.03f);

    public int BatchSize => Math.Min(
        options.BatchSize ?? (samples < ManyForLargeBatches ? Math.Clamp(samples / StepsPerEpoch, SmallestBatch, UsualBatch) : LargeBatch), samples);

    public double ValidationFraction => options.ValidationFraction ?? (samples >= Many ? DefaultFraction : 0);
}
