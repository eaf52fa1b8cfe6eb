namespace NeuralNetFromScratch;

/// <summary>
/// The base class of optimizers, which update parameters from their gradients. An optimizer is an immutable description; its state (momentum,
/// moments) belongs to the trainer, so that one object can serve several trainers. Updates are element-wise, so that any part of the parameters
/// can be updated independently.
/// </summary>
public abstract class Optimizer : Part
{
    /// <summary>Creates an optimizer from its settings. Of the settings of this class only "learningRate" is required.</summary>
    /// <param name="settings">The kind and settings.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting of this class is out of range.</exception>
    /// <exception cref="InvalidDataException">The learning rate is missing, or a setting has the wrong type.</exception>
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

    /// <summary>
    /// λ of the L2 penalty <c>(λ/2)·Σw²</c>: λ·w is added to the gradient. The reported loss does not include it. Default: 0; not negative.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float L2Penalty
    {
        get;
        init => Settings = Settings.With("l2Penalty", field = Guard.NonNegative(value, nameof(L2Penalty)), defaultValue: 0f);
    }

    /// <summary>
    /// λ of the L1 penalty <c>λ·Σ|w|</c>: λ·sign(w) is added to the gradient. The reported loss does not include it. Default: 0; not negative.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float L1Penalty
    {
        get;
        init => Settings = Settings.With("l1Penalty", field = Guard.NonNegative(value, nameof(L1Penalty)), defaultValue: 0f);
    }

    /// <summary>
    /// λ of decoupled weight decay (Loshchilov and Hutter 2019): <c>w ← (1 − α·λ)·w</c> before the update, with the learning rate α. Default: 0;
    /// not negative.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float DecoupledWeightDecay
    {
        get;
        init => Settings = Settings.With("weightDecay", field = Guard.NonNegative(value, nameof(DecoupledWeightDecay)), defaultValue: 0f);
    }

    /// <summary>
    /// Whether penalties and decay also apply to biases, scales and shifts, as in PyTorch. If false, they apply only to weights. Default: false.
    /// </summary>
    public bool DecaysAllParameters
    {
        get;
        init => Settings = Settings.With("decaysAllParameters", field = value, defaultValue: false);
    }

    /// <summary>The bound c of each gradient element: <c>g ← min(max(g, −c), c)</c>; positive. Null, the default, for none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public float? ClipValue
    {
        get;
        init => Settings = Settings.With("clipValue", field = Guard.PositiveOrNone(value, nameof(ClipValue)));
    }

    /// <summary>
    /// The bound c of the norm of all gradients together (Pascanu et al. 2013): <c>g ← g · min(1, c / (‖g‖ + 10⁻⁶))</c>, as PyTorch's
    /// <c>clip_grad_norm_</c>; positive. It is applied before <see cref="ClipValue"/> and the penalties. Null, the default, for none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public float? GlobalClipNorm
    {
        get;
        init => Settings = Settings.With("globalClipNorm", field = Guard.PositiveOrNone(value, nameof(GlobalClipNorm)));
    }

    /// <summary>
    /// The bound c of the largest magnitude of all gradients together: <c>g ← g · min(1, c / (max|g| + 10⁻⁶))</c>, as PyTorch's
    /// <c>clip_grad_norm_</c> with the infinity norm; positive. Unlike <see cref="ClipValue"/> it preserves the direction. It cannot be combined
    /// with <see cref="GlobalClipNorm"/>. Null, the default, for none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public float? GlobalClipInfinityNorm
    {
        get;
        init => Settings = Settings.With("globalClipInfinityNorm", field = Guard.PositiveOrNone(value, nameof(GlobalClipInfinityNorm)));
    }

    /// <summary>
    /// The bound of the norm of each unit's incoming weights, a column of a weight [in, out], after an update (Srivastava et al. 2014); positive.
    /// Null, the default, for none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public float? MaxNorm
    {
        get;
        init => Settings = Settings.With("maxNorm", field = Guard.PositiveOrNone(value, nameof(MaxNorm)));
    }

    /// <summary>
    /// The decay d of the exponential moving average of the parameters (Polyak and Juditsky 1992): <c>a ← d·a + (1 − d)·w</c> after each update,
    /// a = w after the first; at least 0 and less than 1. <see cref="Trainer.AveragedNetwork"/> is the network with the averaged parameters.
    /// Null, the default, for none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not at least 0 and less than 1.</exception>
    public float? EmaDecay
    {
        get;
        init => Settings = Settings.With("emaDecay", field = value is { } decay ? Guard.Fraction(decay, nameof(EmaDecay)) : null);
    }

    /// <summary>The number of values that the rule stores for each parameter element.</summary>
    public abstract int SlotCount { get; }

    /// <summary>
    /// Whether the rule uses <see cref="UpdateStep.Momentum"/>. If false, a training with a schedule that sets the momentum throws
    /// <see cref="ArgumentException"/>. The default implementation returns false.
    /// </summary>
    public virtual bool HasMomentum => false;

    /// <summary>Whether the rule is one of the library's, which do not write to gradients.</summary>
    internal bool IsOfLibrary => GetType().Assembly == typeof(Optimizer).Assembly;

    /// <summary>Whether a value with a gradient of zero, and no penalty, keeps its bits in every step, and so do its slots.</summary>
    internal virtual bool KeepsValuesAtZeroGradients => false;

    /// <summary>
    /// The layers and parameters that are updated differently: frozen, with another learning rate, or with other penalties. Default: none.
    /// </summary>
    public IReadOnlyList<ParameterGroup> ParameterGroups
    {
        get;
        init => Settings = Settings.WithList("parameterGroups", field = [.. value]);
    }

    /// <summary>
    /// Updates a part of the parameters. Several threads call this method for different parts; implementations use only their arguments and the
    /// optimizer's settings.
    /// </summary>
    /// <param name="updateStep">The number and learning rate of the step.</param>
    /// <param name="block">The values, gradients and slots of the part.</param>
    public abstract void Update(in UpdateStep updateStep, in UpdateBlock block);
}
