using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// The NAdam optimizer (Dozat 2016), Adam with Nesterov momentum: m and v as in <see cref="Adam"/>, <c>μₜ = β₁ · (1 − 0.96^(tψ) / 2)</c>,
/// <c>w ← w − α · ((1 − μₜ) · g / (1 − Π μ₁…μₜ) + μₜ₊₁ · m / (1 − Π μ₁…μₜ₊₁)) / (√(v/(1−β₂ᵗ)) + ε)</c>, as PyTorch's <c>NAdam</c> since version 2
/// (earlier versions had an additional factor μₜ in the second product). Moments below 2⁻¹²⁶ count as 0, the second only if ε is not 0.
/// </summary>
public sealed class NAdam : Optimizer, IPart<NAdam>
{
    private const double DecayBase = 0.96;

    /// <summary>Creates a NAdam optimizer.</summary>
    /// <param name="learningRate">The learning rate α; not negative. Default: 2e-3.</param>
    /// <param name="beta1">The decay β₁ of the first moment; at least 0 and less than 1. Default: 0.9.</param>
    /// <param name="beta2">The decay β₂ of the second moment; at least 0 and less than 1. Default: 0.999.</param>
    /// <param name="epsilon">ε, which is added to the root; not negative. Default: 1e-8.</param>
    /// <param name="momentumDecay">The decay ψ of the momentum; not negative. Default: 0.004.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public NAdam(float learningRate = 2e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float momentumDecay = 0.004f)
        : this(new Settings(
            Kind, new("learningRate", learningRate), new("beta1", beta1), new("beta2", beta2), new("epsilon", epsilon), new("momentumDecay", momentumDecay)))
    {
    }

    private NAdam(Settings settings)
        : base(settings)
    {
        Beta1 = Guard.Fraction(settings.Get<float>("beta1"), "beta1");
        Beta2 = Guard.Fraction(settings.Get<float>("beta2"), "beta2");
        Epsilon = Guard.NonNegative(settings.Get<float>("epsilon"), "epsilon");
        MomentumDecay = Guard.NonNegative(settings.Get<float>("momentumDecay"), "momentumDecay");
    }

    /// <inheritdoc/>
    public static string Kind => "nadam";

    /// <summary>The decay β₁ of the first moment.</summary>
    public float Beta1 { get; }

    /// <summary>The decay β₂ of the second moment.</summary>
    public float Beta2 { get; }

    /// <summary>ε, which is added to the root.</summary>
    public float Epsilon { get; }

    /// <summary>The decay ψ of the momentum.</summary>
    public float MomentumDecay { get; }

    /// <inheritdoc/>
    public static NAdam Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override int SlotCount => 2;

    /// <inheritdoc/>
    public override void Update(in UpdateStep updateStep, in UpdateBlock block)
    {
        long step = updateStep.Number;
        // When the product no longer changes 1 − Π, its further factors have no effect. For β₁ = 0.9 this takes a few hundred steps.
        double product = 1;
        for (long t = 1; t <= step && product > 1e-17; t++)
            product *= Momentum(t);
        double momentum = Momentum(step), next = Momentum(step + 1);
        block.Apply(new NAdamRule(
            Beta1,
            Beta2,
            (float)(updateStep.LearningRate * (1 - momentum) / (1 - product)),
            (float)(updateStep.LearningRate * next / (1 - product * next)),
            (float)(1 / Math.Sqrt(1 - PortableMath.Pow(Beta2, step))),
            Epsilon));
    }

    private double Momentum(long step) => Beta1 * (1 - 0.5 * PortableMath.Pow(DecayBase, step * (double)MomentumDecay));
}

/// <summary>Adam's m and v; <c>w ← w − (gradientSize · g + momentSize · m) / (√v · rootScale + ε)</c>.</summary>
/// <param name="beta1">β₁.</param>
/// <param name="beta2">β₂.</param>
/// <param name="gradientSize">α · (1 − μₜ) / (1 − Π μ₁…μₜ).</param>
/// <param name="momentSize">α · μₜ₊₁ / (1 − Π μ₁…μₜ₊₁).</param>
/// <param name="rootScale">1 / √(1 − β₂ᵗ).</param>
/// <param name="epsilon">ε.</param>
internal readonly struct NAdamRule(float beta1, float beta2, float gradientSize, float momentSize, float rootScale, float epsilon) : IUpdateRule
{
    public static int SlotCount => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd>
    {
        AdamRule.UpdateMoments(beta1, beta2, epsilon, gradient, ref slot0, ref slot1);
        TSimd denominator = TSimd.MultiplyAdd(TSimd.Sqrt(slot1), TSimd.Broadcast(rootScale), TSimd.Broadcast(epsilon));
        value = TSimd.MultiplyAdd(TSimd.Broadcast(-gradientSize), gradient / denominator, value);
        value = TSimd.MultiplyAdd(TSimd.Broadcast(-momentSize), slot0 / denominator, value);
    }
}
