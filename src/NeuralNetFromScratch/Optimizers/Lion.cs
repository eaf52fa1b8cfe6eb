using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// The Lion optimizer (Chen et al. 2023, algorithm 2): <c>w ← w − α · sign(β₁m + (1−β₁)g)</c>, then <c>m ← β₂m + (1−β₂)g</c>. Its learning rate
/// is usually three to ten times smaller than Adam's and its weight decay larger by the same factor; set the decay by
/// <see cref="Optimizer.DecoupledWeightDecay"/>. An m below 2⁻¹²⁶ counts as 0.
/// </summary>
public sealed class Lion : Optimizer, IPart<Lion>
{
    /// <summary>Creates a Lion optimizer.</summary>
    /// <param name="learningRate">The learning rate α; not negative. Default: 1e-4.</param>
    /// <param name="beta1">The weight β₁ of the momentum in the update; at least 0 and less than 1. Default: 0.9.</param>
    /// <param name="beta2">The decay β₂ of the momentum; at least 0 and less than 1. Default: 0.99.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public Lion(float learningRate = 1e-4f, float beta1 = 0.9f, float beta2 = 0.99f)
        : this(new Settings(Kind, new("learningRate", learningRate), new("beta1", beta1), new("beta2", beta2)))
    {
    }

    private Lion(Settings settings)
        : base(settings)
    {
        Beta1 = Guard.Fraction(settings.Get<float>("beta1"), "beta1");
        Beta2 = Guard.Fraction(settings.Get<float>("beta2"), "beta2");
    }

    /// <inheritdoc/>
    public static string Kind => "lion";

    /// <summary>The weight β₁ of the momentum in the update.</summary>
    public float Beta1 { get; }

    /// <summary>The decay β₂ of the momentum.</summary>
    public float Beta2 { get; }

    /// <inheritdoc/>
    public static Lion Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override bool HasMomentum => true;

    /// <inheritdoc/>
    public override int SlotCount => 1;

    /// <inheritdoc/>
    public override void Update(in UpdateStep updateStep, in UpdateBlock block) =>
        block.Apply(new LionRule(updateStep.LearningRate, updateStep.Momentum ?? Beta1, Beta2));
}

/// <summary><c>w ← w − α · sign(β₁m + (1−β₁)g)</c>; <c>m ← β₂m + (1−β₂)g</c>. The sign of 0 is 0; the sign of NaN is NaN.</summary>
/// <param name="learningRate">α.</param>
/// <param name="beta1">β₁.</param>
/// <param name="beta2">β₂.</param>
internal readonly struct LionRule(float learningRate, float beta1, float beta2) : IUpdateRule
{
    public static int SlotCount => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd mixed = TSimd.MultiplyAdd(TSimd.Broadcast(beta1), slot0, TSimd.Broadcast(1 - beta1) * gradient);
        TSimd rate = TSimd.Broadcast(learningRate);
        // A value that is neither positive nor negative is 0 or NaN; subtracted from itself it stays 0 or NaN.
        TSimd step = TSimd.SelectLess(TSimd.Zero, mixed, rate, TSimd.SelectLess(mixed, TSimd.Zero, TSimd.Zero - rate, mixed));
        value -= step;
        slot0 = TSimd.FlushSubnormals(TSimd.MultiplyAdd(TSimd.Broadcast(beta2), slot0, TSimd.Broadcast(1 - beta2) * gradient));
    }
}
