using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// The Adamax optimizer (Kingma and Ba 2015, section 7.1), Adam with the infinity norm: <c>m ← β₁m + (1−β₁)g</c>, <c>u ← max(β₂u, |g| + ε)</c>,
/// <c>w ← w − α/(1−β₁ᵗ) · m/u</c>, as PyTorch's <c>Adamax</c>. An m below 2⁻¹²⁶ counts as 0.
/// </summary>
public sealed class Adamax : Optimizer, IPart<Adamax>
{
    /// <summary>Creates an Adamax optimizer.</summary>
    /// <param name="learningRate">The learning rate α; not negative. Default: 2e-3.</param>
    /// <param name="beta1">The decay β₁ of the first moment; at least 0 and less than 1. Default: 0.9.</param>
    /// <param name="beta2">The decay β₂ of the infinity norm; at least 0 and less than 1. Default: 0.999.</param>
    /// <param name="epsilon">ε, which is added to the magnitude of the gradient; positive. Default: 1e-8.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public Adamax(float learningRate = 2e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f)
        : this(new Settings(Kind, new("learningRate", learningRate), new("beta1", beta1), new("beta2", beta2), new("epsilon", epsilon)))
    {
    }

    private Adamax(Settings settings)
        : base(settings)
    {
        Beta1 = Guard.Fraction(settings.Get<float>("beta1"), "beta1");
        Beta2 = Guard.Fraction(settings.Get<float>("beta2"), "beta2");
        Epsilon = Guard.Positive(settings.Get<float>("epsilon"), "epsilon");
    }

    /// <inheritdoc/>
    public static string Kind => "adamax";

    /// <summary>The decay β₁ of the first moment.</summary>
    public float Beta1 { get; }

    /// <summary>The decay β₂ of the infinity norm.</summary>
    public float Beta2 { get; }

    /// <summary>ε, which is added to the magnitude of the gradient.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    public static Adamax Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override bool HasMomentum => true;

    /// <inheritdoc/>
    public override int SlotCount => 2;

    /// <inheritdoc/>
    public override void Update(in UpdateStep updateStep, in UpdateBlock block)
    {
        float beta1 = updateStep.Momentum ?? Beta1;
        double stepSize = updateStep.LearningRate / (1 - PortableMath.Pow(beta1, updateStep.Number));
        block.Apply(new AdamaxRule(beta1, Beta2, (float)stepSize, Epsilon));
    }
}

/// <summary><c>m ← β₁m + (1−β₁)g</c>; <c>u ← max(β₂u, |g| + ε)</c>; <c>w ← w − stepSize · m / u</c>. NaN is preserved.</summary>
/// <param name="beta1">β₁.</param>
/// <param name="beta2">β₂.</param>
/// <param name="stepSize">α / (1 − β₁ᵗ).</param>
/// <param name="epsilon">ε.</param>
internal readonly struct AdamaxRule(float beta1, float beta2, float stepSize, float epsilon) : IUpdateRule
{
    public static int SlotCount => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd>
    {
        slot0 = TSimd.FlushSubnormals(TSimd.MultiplyAdd(TSimd.Broadcast(beta1), slot0, TSimd.Broadcast(1 - beta1) * gradient));
        TSimd norm = TSimd.Broadcast(beta2) * slot1, size = TSimd.Abs(gradient) + TSimd.Broadcast(epsilon);
        slot1 = TSimd.SelectLess(size, norm, norm, size);
        value = TSimd.MultiplyAdd(TSimd.Broadcast(-stepSize), slot0 / slot1, value);
    }
}
