namespace NeuralNetFromScratch;

/// <summary>
/// <see cref="Adam"/> with decoupled weight decay (Loshchilov and Hutter 2019): <c>w ← (1 − α·λ)·w</c> before Adam's update, as in PyTorch's
/// <c>AdamW</c>, but for weights alone unless <see cref="Optimizer.DecaysBiases"/> is set.
/// </summary>
public sealed class AdamW : Adam
{
    /// <summary>AdamW.</summary>
    /// <param name="learningRate">α.</param>
    /// <param name="beta1">β₁, at least 0 and less than 1.</param>
    /// <param name="beta2">β₂, at least 0 and less than 1.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="weightDecay">λ.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public AdamW(float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 0.01f)
        : base(learningRate, beta1, beta2, epsilon) => WeightDecay = weightDecay;

    /// <inheritdoc/>
    public override string Name => "adamw";
}
