using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// The RAdam optimizer (Liu et al. 2020), Adam with a rectified adaptive learning rate: m and v as in <see cref="Adam"/>,
/// <c>ρ∞ = 2/(1−β₂) − 1</c>, <c>ρ = ρ∞ − 2tβ₂ᵗ/(1−β₂ᵗ)</c>. For ρ ≤ 5, <c>w ← w − α · m/(1−β₁ᵗ)</c>; otherwise
/// <c>w ← w − α · r · m/(1−β₁ᵗ) · √(1−β₂ᵗ) / (√v + ε)</c> with <c>r = √((ρ−4)(ρ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρ))</c>, as PyTorch's <c>RAdam</c>. Moments
/// below 2⁻¹²⁶ count as 0, the second only if ε is not 0.
/// </summary>
public sealed class RAdam : Optimizer, IPart<RAdam>
{
    private const double LeastLength = 5;

    /// <summary>Creates an RAdam optimizer.</summary>
    /// <param name="learningRate">The learning rate α; not negative. Default: 1e-3.</param>
    /// <param name="beta1">The decay β₁ of the first moment; at least 0 and less than 1. Default: 0.9.</param>
    /// <param name="beta2">The decay β₂ of the second moment; at least 0 and less than 1. Default: 0.999.</param>
    /// <param name="epsilon">ε, which is added to the root; not negative. Default: 1e-8.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public RAdam(float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f)
        : this(new Settings(Kind, new("learningRate", learningRate), new("beta1", beta1), new("beta2", beta2), new("epsilon", epsilon)))
    {
    }

    private RAdam(Settings settings)
        : base(settings)
    {
        Beta1 = Guard.Fraction(settings.Get<float>("beta1"), "beta1");
        Beta2 = Guard.Fraction(settings.Get<float>("beta2"), "beta2");
        Epsilon = Guard.NonNegative(settings.Get<float>("epsilon"), "epsilon");
    }

    /// <inheritdoc/>
    public static string Kind => "radam";

    /// <summary>The decay β₁ of the first moment.</summary>
    public float Beta1 { get; }

    /// <summary>The decay β₂ of the second moment.</summary>
    public float Beta2 { get; }

    /// <summary>ε, which is added to the root.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    public static RAdam Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override bool HasMomentum => true;

    /// <inheritdoc/>
    public override int SlotCount => 2;

    /// <inheritdoc/>
    public override void Update(in UpdateStep updateStep, in UpdateBlock block)
    {
        float beta1 = updateStep.Momentum ?? Beta1;
        long t = updateStep.Number;
        double power = PortableMath.Pow(Beta2, t), most = 2 / (1 - (double)Beta2) - 1, length = most - 2 * t * power / (1 - power);
        double stepSize = updateStep.LearningRate / (1 - PortableMath.Pow(beta1, t));
        bool isAdaptive = length > LeastLength;
        if (isAdaptive)
            stepSize *= Math.Sqrt((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length)) * Math.Sqrt(1 - power);
        block.Apply(new RAdamRule(beta1, Beta2, (float)stepSize, Epsilon, isAdaptive));
    }
}

/// <summary>Adam's m and v; <c>w ← w − stepSize · m</c>, divided by <c>√v + ε</c> if the rate is adaptive.</summary>
/// <param name="beta1">β₁.</param>
/// <param name="beta2">β₂.</param>
/// <param name="stepSize">All other factors.</param>
/// <param name="epsilon">ε.</param>
/// <param name="isAdaptive">Whether the second moment is used.</param>
internal readonly struct RAdamRule(float beta1, float beta2, float stepSize, float epsilon, bool isAdaptive) : IUpdateRule
{
    public static int SlotCount => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd>
    {
        AdamRule.UpdateMoments(beta1, beta2, epsilon, gradient, ref slot0, ref slot1);
        TSimd direction = isAdaptive ? slot0 / (TSimd.Sqrt(slot1) + TSimd.Broadcast(epsilon)) : slot0;
        value = TSimd.MultiplyAdd(TSimd.Broadcast(-stepSize), direction, value);
    }
}
