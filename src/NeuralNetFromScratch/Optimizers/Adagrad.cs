using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Adagrad (Duchi, Hazan, Singer 2011): <c>s ← s + g²</c>, <c>w ← w − η · g / (√s + ε)</c>, as in PyTorch's <c>Adagrad</c>.
/// </summary>
public sealed class Adagrad : Optimizer
{
    /// <summary>Adagrad.</summary>
    /// <param name="learningRate">η.</param>
    /// <param name="epsilon">ε.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public Adagrad(float learningRate = 0.01f, float epsilon = 1e-10f)
        : base(learningRate) => Epsilon = NonNegative(epsilon, nameof(epsilon));

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    public override string Name => "adagrad";

    /// <inheritdoc/>
    public override int SlotCount => 1;

    /// <inheritdoc/>
    public override void Update(in UpdateStep updateStep, in UpdateBlock block) =>
        UpdateKernel<AdagradRule>.Run(new(updateStep.LearningRate, Epsilon), block);
}
