using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Adam (Kingma and Ba 2015): <c>m ← β₁m + (1−β₁)g</c>, <c>v ← β₂v + (1−β₂)g²</c>,
/// <c>w ← w − α · m/(1−β₁ᵗ) / (√(v/(1−β₂ᵗ)) + ε)</c>, as in PyTorch's <c>Adam</c>.
/// </summary>
public class Adam : Optimizer
{
    /// <summary>Adam.</summary>
    /// <param name="learningRate">α.</param>
    /// <param name="beta1">β₁, at least 0 and less than 1.</param>
    /// <param name="beta2">β₂, at least 0 and less than 1.</param>
    /// <param name="epsilon">ε.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public Adam(float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f)
        : base(learningRate)
    {
        Beta1 = Fraction(beta1, nameof(beta1));
        Beta2 = Fraction(beta2, nameof(beta2));
        Epsilon = NonNegative(epsilon, nameof(epsilon));
    }

    /// <summary>β₁.</summary>
    public float Beta1 { get; }

    /// <summary>β₂.</summary>
    public float Beta2 { get; }

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    public override string Name => "adam";

    /// <inheritdoc/>
    public override bool HasMomentum => true;

    /// <inheritdoc/>
    public override int SlotCount => 2;

    /// <inheritdoc/>
    public override void Update(in UpdateStep updateStep, in UpdateBlock block)
    {
        float beta1 = updateStep.Momentum ?? Beta1;
        double stepSize = updateStep.LearningRate / (1 - Math.Pow(beta1, updateStep.Number));
        double rootScale = 1 / Math.Sqrt(1 - Math.Pow(Beta2, updateStep.Number));
        UpdateKernel<AdamRule>.Run(new(beta1, Beta2, (float)stepSize, (float)rootScale, Epsilon), block);
    }
}
