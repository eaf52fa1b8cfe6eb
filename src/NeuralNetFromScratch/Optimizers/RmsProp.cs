using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// RMSprop (Tieleman and Hinton, lecture 6.5 of "Neural Networks for Machine Learning", 2012): <c>v ← αv + (1−α)g²</c>,
/// <c>w ← w − η · g / (√v + ε)</c>, as in PyTorch's <c>RMSprop</c> without momentum.
/// </summary>
public sealed class RmsProp : Optimizer
{
    /// <summary>RMSprop.</summary>
    /// <param name="learningRate">η.</param>
    /// <param name="decay">α, at least 0 and less than 1.</param>
    /// <param name="epsilon">ε.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public RmsProp(float learningRate = 0.01f, float decay = 0.99f, float epsilon = 1e-8f)
        : base(learningRate)
    {
        Decay = Fraction(decay, nameof(decay));
        Epsilon = NonNegative(epsilon, nameof(epsilon));
    }

    /// <summary>α.</summary>
    public float Decay { get; }

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    public override string Name => "rmsprop";

    /// <inheritdoc/>
    public override int SlotCount => 1;

    /// <inheritdoc/>
    public override void Update(in UpdateStep updateStep, in UpdateBlock block) =>
        UpdateKernel<RmsPropRule>.Run(new(updateStep.LearningRate, Decay, Epsilon), block);
}
