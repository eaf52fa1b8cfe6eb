using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// The Adam optimizer (Kingma and Ba 2015): <c>m ← β₁m + (1−β₁)g</c>, <c>v ← β₂v + (1−β₂)g²</c>,
/// <c>w ← w − α · m/(1−β₁ᵗ) / (√(v/(1−β₂ᵗ)) + ε)</c>, as PyTorch's <c>Adam</c>. Moments below 2⁻¹²⁶ count as 0, the second only if ε is not 0.
/// </summary>
public class Adam : Optimizer, IPart<Adam>
{
    /// <summary>Creates an Adam optimizer.</summary>
    /// <param name="learningRate">The learning rate α; not negative. Default: 1e-3.</param>
    /// <param name="beta1">The decay β₁ of the first moment; at least 0 and less than 1. Default: 0.9.</param>
    /// <param name="beta2">The decay β₂ of the second moment; at least 0 and less than 1. Default: 0.999.</param>
    /// <param name="epsilon">ε, which is added to the root; not negative. Default: 1e-8.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public Adam(float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f)
        : this(SettingsOf(Kind, learningRate, beta1, beta2, epsilon))
    {
    }

    private protected Adam(Settings settings)
        : base(settings)
    {
        Beta1 = Guard.Fraction(settings.Get<float>("beta1"), "beta1");
        Beta2 = Guard.Fraction(settings.Get<float>("beta2"), "beta2");
        Epsilon = Guard.NonNegative(settings.Get<float>("epsilon"), "epsilon");
        AmsGrad = settings.Get("amsGrad", false);
    }

    /// <inheritdoc/>
    public static string Kind => "adam";

    /// <summary>The decay β₁ of the first moment.</summary>
    public float Beta1 { get; }

    /// <summary>The decay β₂ of the second moment.</summary>
    public float Beta2 { get; }

    /// <summary>ε, which is added to the root.</summary>
    public float Epsilon { get; }

    /// <summary>
    /// Whether the update uses the largest v so far instead of v (AMSGrad; Reddi, Kale and Kumar 2018), as PyTorch's <c>amsgrad=True</c>.
    /// Default: false.
    /// </summary>
    public bool AmsGrad
    {
        get;
        init => Settings = Settings.With("amsGrad", field = value, false);
    }

    /// <inheritdoc/>
    public static Adam Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override bool HasMomentum => true;

    /// <inheritdoc/>
    public override int SlotCount => AmsGrad ? AmsGradRule.SlotCount : AdamRule.SlotCount;

    /// <inheritdoc/>
    public override void Update(in UpdateStep updateStep, in UpdateBlock block)
    {
        float beta1 = updateStep.Momentum ?? Beta1;
        double stepSize = updateStep.LearningRate / (1 - PortableMath.Pow(beta1, updateStep.Number));
        double rootScale = 1 / Math.Sqrt(1 - PortableMath.Pow(Beta2, updateStep.Number));
        if (AmsGrad)
            block.Apply(new AmsGradRule(beta1, Beta2, (float)stepSize, (float)rootScale, Epsilon));
        else
            block.Apply(new AdamRule(beta1, Beta2, (float)stepSize, (float)rootScale, Epsilon));
    }

    private protected static Settings SettingsOf(string kind, float learningRate, float beta1, float beta2, float epsilon) =>
        new(kind, new("learningRate", learningRate), new("beta1", beta1), new("beta2", beta2), new("epsilon", epsilon));
}

/// <summary>
/// <c>m ← β₁m + (1−β₁)g</c>; <c>v ← β₂v + (1−β₂)g²</c>; <c>w ← w − stepSize · m / (√v · rootScale + ε)</c>.
/// </summary>
/// <param name="beta1">β₁.</param>
/// <param name="beta2">β₂.</param>
/// <param name="stepSize">α / (1 − β₁ᵗ).</param>
/// <param name="rootScale">1 / √(1 − β₂ᵗ).</param>
/// <param name="epsilon">ε.</param>
internal readonly struct AdamRule(float beta1, float beta2, float stepSize, float rootScale, float epsilon) : IUpdateRule
{
    public static int SlotCount => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd>
    {
        UpdateMoments(beta1, beta2, epsilon, gradient, ref slot0, ref slot1);
        TSimd denominator = TSimd.MultiplyAdd(TSimd.Sqrt(slot1), TSimd.Broadcast(rootScale), TSimd.Broadcast(epsilon));
        // The quotient is computed first, because the product of a small moment and the step size would be subnormal.
        value = TSimd.MultiplyAdd(TSimd.Broadcast(-stepSize), slot0 / denominator, value);
    }

    /// <summary><c>m ← β₁m + (1−β₁)g</c>; <c>v ← β₂v + (1−β₂)g²</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void UpdateMoments<TSimd>(float beta1, float beta2, float epsilon, TSimd gradient, ref TSimd first, ref TSimd second)
        where TSimd : struct, ISimd<TSimd>
    {
        first = TSimd.FlushSubnormals(TSimd.MultiplyAdd(TSimd.Broadcast(beta1), first, TSimd.Broadcast(1 - beta1) * gradient));
        second = TSimd.MultiplyAdd(TSimd.Broadcast(beta2), second, TSimd.Broadcast(1 - beta2) * gradient * gradient);
        if (epsilon > 0)
            second = TSimd.FlushSubnormals(second);
    }
}

/// <summary><see cref="AdamRule"/> with <c>v̂ ← max(v̂, v)</c> instead of v under the root. NaN is preserved.</summary>
/// <param name="beta1">β₁.</param>
/// <param name="beta2">β₂.</param>
/// <param name="stepSize">α / (1 − β₁ᵗ).</param>
/// <param name="rootScale">1 / √(1 − β₂ᵗ).</param>
/// <param name="epsilon">ε.</param>
internal readonly struct AmsGradRule(float beta1, float beta2, float stepSize, float rootScale, float epsilon) : IUpdateRule
{
    public static int SlotCount => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd>
    {
        AdamRule.UpdateMoments(beta1, beta2, epsilon, gradient, ref slot0, ref slot1);
        slot2 = TSimd.SelectLess(slot1, slot2, slot2, slot1);
        TSimd denominator = TSimd.MultiplyAdd(TSimd.Sqrt(slot2), TSimd.Broadcast(rootScale), TSimd.Broadcast(epsilon));
        value = TSimd.MultiplyAdd(TSimd.Broadcast(-stepSize), slot0 / denominator, value);
    }
}

/// <summary>
/// <see cref="Adam"/> with decoupled weight decay (Loshchilov and Hutter 2019): <c>w ← (1 − α·λ)·w</c> before Adam's update, as PyTorch's
/// <c>AdamW</c>. Unlike PyTorch, biases, scales and shifts are not decayed unless <see cref="Optimizer.DecaysAllParameters"/> is true.
/// </summary>
public sealed class AdamW : Adam, IPart<AdamW>
{
    /// <summary>Creates an AdamW optimizer.</summary>
    /// <param name="learningRate">The learning rate α; not negative. Default: 1e-3.</param>
    /// <param name="beta1">The decay β₁ of the first moment; at least 0 and less than 1. Default: 0.9.</param>
    /// <param name="beta2">The decay β₂ of the second moment; at least 0 and less than 1. Default: 0.999.</param>
    /// <param name="epsilon">ε, which is added to the root; not negative. Default: 1e-8.</param>
    /// <param name="weightDecay">The weight decay λ; not negative. Default: 0.01.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public AdamW(float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 0.01f)
        : this(SettingsOf(Kind, learningRate, beta1, beta2, epsilon).With("weightDecay", Guard.NonNegative(weightDecay, nameof(weightDecay))))
    {
    }

    private AdamW(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc cref="IPart{TSelf}.Kind"/>
    public static new string Kind => "adamw";

    /// <inheritdoc cref="IPart{TSelf}.Create"/>
    public static new AdamW Create(Settings settings) => new(settings);
}
