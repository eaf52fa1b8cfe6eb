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

    /// <summary>How many numbers the rule remembers for each parameter element.</summary>
    public abstract int SlotCount { get; }

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

    private protected static float Fraction(float value, string name) =>
        value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least 0 and less than 1");
}
