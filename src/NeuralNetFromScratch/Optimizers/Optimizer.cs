namespace NeuralNetFromScratch;

/// <summary>
/// How parameters follow their gradients. An optimizer is an immutable description; its memory (momentum, moments) belongs to the
/// trainer, so that one object can serve several. Updates are element-wise, so that they can run on any part of the parameters by
/// itself. Derive from this class for a rule of your own.
/// </summary>
public abstract class Optimizer : Part
{
    /// <summary>An optimizer of its settings: those of this class are optional, but for "learningRate".</summary>
    /// <param name="settings">Kind and settings.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting of this class is out of range.</exception>
    /// <exception cref="InvalidDataException">The learning rate is missing, or a setting has another type.</exception>
    protected Optimizer(Settings settings)
        : base(settings)
    {
        LearningRate = Guard.NonNegative(settings.Get<float>("learningRate"), "learningRate");
        L2Penalty = settings.Get("l2Penalty", 0f);
        L1Penalty = settings.Get("l1Penalty", 0f);
        DecoupledWeightDecay = settings.Get("weightDecay", 0f);
        DecaysAllParameters = settings.Get("decaysAllParameters", false);
        ClipValue = settings.Get<float?>("clipValue", null);
        GlobalClipNorm = settings.Get<float?>("globalClipNorm", null);
        GlobalClipInfinityNorm = settings.Get<float?>("globalClipInfinityNorm", null);
        MaxNorm = settings.Get<float?>("maxNorm", null);
        EmaDecay = settings.Get<float?>("emaDecay", null);
        ParameterGroups = settings.GetList<ParameterGroup>("parameterGroups");
    }

    /// <summary>The learning rate.</summary>
    public float LearningRate { get; }

    /// <summary>λ of the penalty <c>(λ/2)·Σw²</c>: λ·w is added to the gradient. The reported loss is without it. 0 unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float L2Penalty
    {
        get;
        init => Settings = Settings.With("l2Penalty", field = Guard.NonNegative(value, nameof(L2Penalty)), defaultValue: 0f);
    }

    /// <summary>λ of the penalty <c>λ·Σ|w|</c>: λ·sign(w) is added to the gradient. The reported loss is without it. 0 unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float L1Penalty
    {
        get;
        init => Settings = Settings.With("l1Penalty", field = Guard.NonNegative(value, nameof(L1Penalty)), defaultValue: 0f);
    }

    /// <summary>
    /// λ of decoupled weight decay (Loshchilov and Hutter 2019): <c>w ← (1 − α·λ)·w</c> before the update, with the learning rate α. 0 unless
    /// set.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float DecoupledWeightDecay
    {
        get;
        init => Settings = Settings.With("weightDecay", field = Guard.NonNegative(value, nameof(DecoupledWeightDecay)), defaultValue: 0f);
    }

    /// <summary>Whether penalties and decay are for biases, scales and shifts too, as in PyTorch, or for weights alone. False unless set.</summary>
    public bool DecaysAllParameters
    {
        get;
        init => Settings = Settings.With("decaysAllParameters", field = value, defaultValue: false);
    }

    /// <summary>Bound of each gradient element: <c>g ← min(max(g, −c), c)</c>; none if null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public float? ClipValue
    {
        get;
        init => Settings = Settings.With("clipValue", field = Guard.PositiveOrNone(value, nameof(ClipValue)));
    }

    /// <summary>
    /// Bound of the norm of all gradients together (Pascanu et al. 2013): <c>g ← g · min(1, c / (‖g‖ + 10⁻⁶))</c>, as in PyTorch's
    /// <c>clip_grad_norm_</c>; none if null. It comes before <see cref="ClipValue"/> and the penalties.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public float? GlobalClipNorm
    {
        get;
        init => Settings = Settings.With("globalClipNorm", field = Guard.PositiveOrNone(value, nameof(GlobalClipNorm)));
    }

    /// <summary>
    /// Bound of the largest magnitude of all gradients together: <c>g ← g · min(1, c / (max|g| + 10⁻⁶))</c>, as PyTorch's <c>clip_grad_norm_</c> with
    /// the infinity norm; none if null. Unlike <see cref="ClipValue"/> it keeps their direction. At most one of the two norms can be bounded.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public float? GlobalClipInfinityNorm
    {
        get;
        init => Settings = Settings.With("globalClipInfinityNorm", field = Guard.PositiveOrNone(value, nameof(GlobalClipInfinityNorm)));
    }

    /// <summary>
    /// Bound of the norm of each unit's incoming weights after an update, a column of a weight [in, out] (Srivastava et al. 2014);
    /// none if null.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public float? MaxNorm
    {
        get;
        init => Settings = Settings.With("maxNorm", field = Guard.PositiveOrNone(value, nameof(MaxNorm)));
    }

    /// <summary>
    /// d of the moving average of the parameters (Polyak and Juditsky 1992, in exponential form): <c>a ← d·a + (1 − d)·w</c> after each
    /// update, a = w after the first; none if null. <see cref="Trainer.AveragedNetwork"/> predicts with it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not at least 0 and less than 1.</exception>
    public float? EmaDecay
    {
        get;
        init => Settings = Settings.With("emaDecay", field = value is { } decay ? Guard.Fraction(decay, nameof(EmaDecay)) : null);
    }

    /// <summary>How many numbers the rule remembers for each parameter element.</summary>
    public abstract int SlotCount { get; }

    /// <summary>Whether the rule uses <see cref="UpdateStep.Momentum"/>: a schedule that sets the momentum is refused where it does not.</summary>
    public virtual bool HasMomentum => false;

    /// <summary>Whether a value with a gradient of zero, and no penalty, keeps its bits in every step, and so do its slots.</summary>
    internal virtual bool KeepsValuesAtZeroGradients => false;

    /// <summary>Layers and parameters that are updated differently: frozen, at another rate, with other penalties. Default: none.</summary>
    public IReadOnlyList<ParameterGroup> ParameterGroups
    {
        get;
        init => Settings = Settings.WithList("parameterGroups", field = [.. value]);
    }

    /// <summary>Updates some of the parameters. Called from several threads at once, for different parts.</summary>
    /// <param name="updateStep">The step's number and learning rate.</param>
    /// <param name="block">Values, gradients and slots of the part.</param>
    public abstract void Update(in UpdateStep updateStep, in UpdateBlock block);
}
