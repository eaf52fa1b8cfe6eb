namespace NeuralNetFromScratch;

/// <summary>
/// How parameters follow their gradients. An optimizer is an immutable description; its memory (momentum, moments) belongs to the
/// trainer, so that one object can serve several. Updates are element-wise, so that they can run on any part of the parameters by
/// itself. Derive from this class for a rule of your own.
/// </summary>
public abstract class Optimizer
{
    /// <summary>An optimizer.</summary>
    /// <param name="learningRate">The learning rate; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="learningRate"/> is negative or not finite.</exception>
    protected Optimizer(float learningRate) => LearningRate = NonNegative(learningRate, nameof(learningRate));

    /// <summary>The name in summaries and messages.</summary>
    public abstract string Name { get; }

    /// <summary>The learning rate.</summary>
    public float LearningRate { get; }

    /// <summary>λ of the penalty <c>(λ/2)·Σw²</c>: λ·w is added to the gradient. The reported loss is without it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float L2Penalty { get; init => field = NonNegative(value, nameof(L2Penalty)); }

    /// <summary>λ of the penalty <c>λ·Σ|w|</c>: λ·sign(w) is added to the gradient. The reported loss is without it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float L1Penalty { get; init => field = NonNegative(value, nameof(L1Penalty)); }

    /// <summary>
    /// λ of decoupled weight decay (Loshchilov and Hutter 2019): <c>w ← (1 − α·λ)·w</c> before the update, with the learning rate α.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float WeightDecay { get; init => field = NonNegative(value, nameof(WeightDecay)); }

    /// <summary>Whether penalties and decay are for biases, scales and shifts too, as in PyTorch, or for weights alone.</summary>
    public bool DecaysBiases { get; init; }

    /// <summary>Bound of each gradient element: <c>g ← min(max(g, −c), c)</c>; none if null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public float? ClipValue { get; init => field = PositiveOrNone(value, nameof(ClipValue)); }

    /// <summary>
    /// Bound of the norm of all gradients together (Pascanu et al. 2013): <c>g ← g · min(1, c / (‖g‖ + 10⁻⁶))</c>, as in PyTorch's
    /// <c>clip_grad_norm_</c>; none if null. It comes before <see cref="ClipValue"/> and the penalties.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public float? ClipNorm { get; init => field = PositiveOrNone(value, nameof(ClipNorm)); }

    /// <summary>
    /// Bound of the norm of each unit's incoming weights after an update, a column of a weight [in, out] (Srivastava et al. 2014);
    /// none if null.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public float? MaxNorm { get; init => field = PositiveOrNone(value, nameof(MaxNorm)); }

    /// <summary>
    /// d of the moving average of the parameters (Polyak and Juditsky 1992, in exponential form): <c>a ← d·a + (1 − d)·w</c> after each
    /// update, a = w after the first; none if null. <see cref="Trainer.AveragedNetwork"/> predicts with it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not at least 0 and less than 1.</exception>
    public float? AveragingDecay { get; init => field = value is null ? null : Fraction(value.Value, nameof(AveragingDecay)); }

    /// <summary>How many numbers the rule remembers for each parameter element.</summary>
    public abstract int SlotCount { get; }

    /// <summary>Whether the rule heeds <see cref="UpdateStep.Momentum"/>: a schedule that sets the momentum is refused where it does not.</summary>
    public virtual bool HasMomentum => false;

    /// <summary>Layers and parameters that are updated differently: frozen, at another rate, with other penalties. Default: none.</summary>
    public IReadOnlyList<ParameterGroup> ParameterGroups { get; init; } = [];

    /// <summary>Updates some of the parameters. Called from several threads at once, for different parts.</summary>
    /// <param name="updateStep">The step's number and learning rate.</param>
    /// <param name="block">Values, gradients and slots of the part.</param>
    public abstract void Update(in UpdateStep updateStep, in UpdateBlock block);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private protected static float NonNegative(float value, string name) =>
        float.IsFinite(value) && value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and not negative");

    private static float? PositiveOrNone(float? value, string name) =>
        value is null || (float.IsFinite(value.Value) && value > 0)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and positive");

    private protected static float Fraction(float value, string name) =>
        value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least 0 and less than 1");
}
