namespace NeuralNetFromScratch;

/// <summary>
/// Options of a tabular estimator. Defaults that do not depend on the number of samples are those of scikit-learn's <c>MLPClassifier</c> and
/// <c>MLPRegressor</c>.
/// </summary>
public abstract record TabularOptions
{
    private protected TabularOptions()
    {
    }

    /// <summary>The number of units of each hidden layer, positive; an empty list gives a linear model. Null, the default, is one layer of 100 units, or layers of 256 and 128 units from 4,000 samples on.</summary>
    public IReadOnlyList<int>? HiddenUnits { get; init; }

    /// <summary>The activation of the hidden layers. Default: ReLU.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>The training algorithm. Default: Adam.</summary>
    public TabularSolver Solver { get; init; }

    /// <summary>The learning rate of Adam; finite and not negative. Null, the default, is 0.001.</summary>
    public float? LearningRate { get; init; }

    /// <summary>λ of the penalty <c>(λ/2)·Σw²</c> on the weights, divided by the batch size. Finite and not negative. Null, the default, is 0.1 below 1,000 samples, else 0.03.</summary>
    public float? L2Penalty { get; init; }

    /// <summary>The maximum number of epochs, or of iterations of L-BFGS. Default: 200; positive.</summary>
    public int MaxEpochs { get; init; } = 200;

    /// <summary>The maximum number of samples of a step; positive. Null, the default, is a 32nd of the samples, limited to eight to sixty-four, or 256 from 100,000 samples on.</summary>
    public int? BatchSize { get; init; }

    /// <summary>
    /// The fraction of the training samples to hold out for validation, 0 to less than 1. The training then stops when the validation loss stops improving, and
    /// the parameters of the best epoch are kept. With a fraction of 0 it stops when the training loss stops improving. Null, the default, is a tenth from 1,000
    /// samples on, otherwise no samples. L-BFGS holds out no samples.
    /// </summary>
    public double? ValidationFraction { get; init; }

    /// <summary>
    /// The minimum decrease of the loss below its minimum so far that counts as an improvement. As in scikit-learn, a smaller decrease is no improvement, but
    /// lowers the minimum. L-BFGS stops when no element of the gradient has a larger magnitude. Default: 0.0001; not negative.
    /// </summary>
    public double MinImprovement { get; init; } = 1e-4;

    /// <summary>The number of consecutive epochs without improvement that are tolerated; the next one ends the training. Default: 10; not negative.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>
    /// Whether a further <c>Fit</c> continues with the current parameters and the optimizer's state, as scikit-learn's <c>warm_start</c>. Features and classes must
    /// be those of the first call; means and deviations, or the plan of the columns, are kept. Default: false, which starts with new parameters.
    /// </summary>
    public bool WarmStart { get; init; }

    /// <summary>Options of the plan that is inferred from a table; null for the defaults.</summary>
    public TabularPlanOptions? PlanOptions { get; init; }

    /// <summary>The seed of the initial parameters, the order of samples and the validation split. Default: 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>The number of threads; positive. The result does not depend on it. Default: the number of cores that the process may use.</summary>
    public int ThreadCount { get; init; } = ProcessorCores.Count;

    /// <summary>
    /// Whether a processor without fused multiply-add emulates it, for the same bits at many times the cost (see <see cref="Engine.HasFusedMultiplyAdd"/>).
    /// Default: false, where results on such a processor agree up to rounding.
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
        PlanOptions?.Validate();
    }
}

/// <summary>Options of a <see cref="TabularClassifier{TLabel}"/>.</summary>
public sealed record TabularClassifierOptions : TabularOptions
{
    /// <summary>
    /// Whether all classes have the same total weight: the loss of a sample is multiplied by <c>samples / (classes · samples of its class)</c>, as with
    /// scikit-learn's <c>class_weight="balanced"</c>. Default: false.
    /// </summary>
    public bool BalanceClasses { get; init; }

    /// <summary>The weights of classes, by the text of the class; finite and not negative. The weight of other classes is 1. Default: empty.</summary>
    public IReadOnlyDictionary<string, float> ClassWeights { get; init; } = new Dictionary<string, float>();

    internal override void Validate()
    {
        base.Validate();
        ArgumentNullException.ThrowIfNull(ClassWeights, nameof(ClassWeights));
        foreach (float weight in ClassWeights.Values)
            Guard.NonNegative(weight, nameof(ClassWeights));
    }
}

/// <summary>Options of a <see cref="TabularRegressor"/>.</summary>
public sealed record TabularRegressorOptions : TabularOptions
{
    /// <summary>The loss to minimize, on standardized targets. Default: the mean squared error; <see cref="Huber"/> and <see cref="MeanAbsoluteError"/> are less sensitive to outliers.</summary>
    public Loss Loss { get; init; } = new MeanSquaredError();

    internal override void Validate()
    {
        base.Validate();
        ArgumentNullException.ThrowIfNull(Loss, nameof(Loss));
        if (Loss.OutputActivation != OutputActivation.None)
            throw new ArgumentException($"{Loss} is a loss for classes; a regressor needs one for numbers, such as {nameof(MeanSquaredError)}", nameof(Loss));
    }
}

/// <summary>The training algorithm of a tabular estimator.</summary>
public enum TabularSolver
{
    /// <summary>Adam on mini-batches.</summary>
    Adam,

    /// <summary>L-BFGS on all samples at once, for small tables; see <see cref="LbfgsTrainer"/>.</summary>
    Lbfgs,
}

/// <summary>
/// The defaults that depend on the number of samples. They were chosen on tables of 150 to 20,000 rows (docs/accuracy.md, Tables): small tables need many steps
/// and a strong penalty, large ones a wider network.
/// </summary>
internal readonly struct TabularDefaults(TabularOptions options, int samples)
{
    /// <summary>The number of samples from which some are held out for validation, and the penalty is weaker.</summary>
    private const int Many = 1000;

    /// <summary>The number of samples from which the network has two hidden layers.</summary>
    private const int ManyForTwoLayers = 4000;

    /// <summary>The number of samples from which batches are larger: an epoch still has enough steps, and they take less time.</summary>
    private const int ManyForLargeBatches = 100_000;

    private const double DefaultFraction = 0.1;

    /// <summary>The number of steps of an epoch, so that a few hundred epochs suffice for a small table.</summary>
    private const int StepsPerEpoch = 32;

    private const int SmallestBatch = 8, UsualBatch = 64, LargeBatch = 256;

    public IReadOnlyList<int> HiddenUnits => options.HiddenUnits ?? (samples < ManyForTwoLayers ? [100] : [256, 128]);

    public float LearningRate => options.LearningRate ?? 1e-3f;

    public float L2Penalty => options.L2Penalty ?? (samples < Many ? 0.1f : 0.03f);

    public int BatchSize => Math.Min(
        options.BatchSize ?? (samples < ManyForLargeBatches ? Math.Clamp(samples / StepsPerEpoch, SmallestBatch, UsualBatch) : LargeBatch), samples);

    public double ValidationFraction => options.ValidationFraction ?? (samples >= Many ? DefaultFraction : 0);
}
