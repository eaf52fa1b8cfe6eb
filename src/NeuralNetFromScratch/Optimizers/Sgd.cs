using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Gradient descent, <c>w ← w − α·g</c>, with momentum if asked for: <c>v ← μ·v + (1 − d)·g</c> (v = g in the first step),
/// <c>w ← w − α·v</c>; with Nesterov's look-ahead <c>w ← w − α·(g + μ·v)</c>. These are the rules of PyTorch's <c>SGD</c>
/// (Sutskever et al. 2013 explain the look-ahead).
/// </summary>
public sealed class Sgd : Optimizer
{
    /// <summary>Gradient descent.</summary>
    /// <param name="learningRate">α.</param>
    /// <param name="momentum">μ, at least 0 and less than 1.</param>
    /// <param name="nesterov">Whether to look ahead; needs momentum, and no dampening.</param>
    /// <param name="dampening">d, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    /// <exception cref="ArgumentException">Nesterov without momentum or with dampening.</exception>
    public Sgd(float learningRate = 0.1f, float momentum = 0, bool nesterov = false, float dampening = 0)
        : base(learningRate)
    {
        if (nesterov && (momentum == 0 || dampening != 0))
            throw new ArgumentException("Nesterov's look-ahead needs momentum and no dampening", nameof(nesterov));
        if (dampening is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(dampening), dampening, "dampening must be 0 to 1");
        Momentum = Fraction(momentum, nameof(momentum));
        Nesterov = nesterov;
        Dampening = dampening;
    }

    /// <summary>μ.</summary>
    public float Momentum { get; }

    /// <summary>Whether it looks ahead.</summary>
    public bool Nesterov { get; }

    /// <summary>d.</summary>
    public float Dampening { get; }

    /// <inheritdoc/>
    public override string Name => Momentum == 0 ? "sgd" : Nesterov ? "sgd with Nesterov momentum" : "sgd with momentum";

    /// <inheritdoc/>
    public override bool HasMomentum => Momentum != 0;

    /// <inheritdoc/>
    public override int SlotCount => Momentum == 0 ? 0 : 1;

    /// <inheritdoc/>
    public override void Update(in UpdateStep updateStep, in UpdateBlock block)
    {
        float gradientShare = updateStep.Number == 1 ? 1 : 1 - Dampening;
        if (Momentum == 0)
            UpdateKernel<SgdRule>.Run(new(updateStep.LearningRate), block);
        else
            UpdateKernel<MomentumRule>.Run(new(updateStep.LearningRate, updateStep.Momentum ?? Momentum, gradientShare, Nesterov), block);
    }
}
