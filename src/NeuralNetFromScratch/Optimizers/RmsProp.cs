using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// The RMSprop optimizer (Tieleman and Hinton, lecture 6.5 of "Neural Networks for Machine Learning", 2012): <c>v ← αv + (1−α)g²</c>,
/// <c>w ← w − η · g / (√v + ε)</c>, as PyTorch's <c>RMSprop</c>. With momentum μ: <c>b ← μb + g / (√v + ε)</c>, <c>w ← w − η·b</c>. The centered
/// form (Graves 2013), with <c>a ← αa + (1−α)g</c>, uses the root of <c>v − a²</c>, or 0 if rounding makes that negative (PyTorch: NaN). Averages
/// below 2⁻¹²⁶ count as 0, v only if ε is not 0.
/// </summary>
public sealed class RmsProp : Optimizer, IPart<RmsProp>
{
    /// <summary>Creates an RMSprop optimizer.</summary>
    /// <param name="learningRate">The learning rate η; not negative. Default: 0.01.</param>
    /// <param name="decay">The decay α of the averages; at least 0 and less than 1. Default: 0.99.</param>
    /// <param name="epsilon">ε, which is added to the root; not negative. Default: 1e-8.</param>
    /// <param name="momentum">The momentum μ; at least 0 and less than 1. Default: 0.</param>
    /// <param name="centered">
    /// Whether to use v minus the square of the gradient's average, an estimate of the gradient's variance. Default: false.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public RmsProp(float learningRate = 0.01f, float decay = 0.99f, float epsilon = 1e-8f, float momentum = 0, bool centered = false)
        : this(new Settings(Kind, new("learningRate", learningRate), new("decay", decay), new("epsilon", epsilon))
            .With("momentum", momentum, 0f).With("centered", centered, false))
    {
    }

    private RmsProp(Settings settings)
        : base(settings)
    {
        Decay = Guard.Fraction(settings.Get<float>("decay"), "decay");
        Epsilon = Guard.NonNegative(settings.Get<float>("epsilon"), "epsilon");
        Momentum = Guard.Fraction(settings.Get("momentum", 0f), "momentum");
        Centered = settings.Get("centered", false);
    }

    /// <inheritdoc/>
    public static string Kind => "rmsprop";

    /// <summary>The decay α of the averages.</summary>
    public float Decay { get; }

    /// <summary>ε, which is added to the root.</summary>
    public float Epsilon { get; }

    /// <summary>The momentum μ.</summary>
    public float Momentum { get; }

    /// <summary>Whether v minus the square of the gradient's average is used.</summary>
    public bool Centered { get; }

    /// <inheritdoc/>
    public static RmsProp Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override bool HasMomentum => Momentum != 0;

    /// <inheritdoc/>
    public override int SlotCount => Centered ? CenteredRmsPropRule.SlotCount : HasMomentum ? MomentumRmsPropRule.SlotCount : RmsPropRule.SlotCount;

    /// <inheritdoc/>
    public override void Update(in UpdateStep updateStep, in UpdateBlock block)
    {
        float momentum = HasMomentum ? updateStep.Momentum ?? Momentum : 0;
        if (Centered)
            block.Apply(new CenteredRmsPropRule(updateStep.LearningRate, Decay, Epsilon, momentum));
        else if (HasMomentum)
            block.Apply(new MomentumRmsPropRule(updateStep.LearningRate, Decay, Epsilon, momentum));
        else
            block.Apply(new RmsPropRule(updateStep.LearningRate, Decay, Epsilon));
    }
}

/// <summary><c>v ← αv + (1−α)g²</c>; <c>w ← w − η · g / (√v + ε)</c>.</summary>
/// <param name="learningRate">η.</param>
/// <param name="decay">α.</param>
/// <param name="epsilon">ε.</param>
internal readonly struct RmsPropRule(float learningRate, float decay, float epsilon) : IUpdateRule
{
    public static int SlotCount => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd>
    {
        slot0 = MeanSquare(slot0, gradient, decay, epsilon);
        value = value - TSimd.Broadcast(learningRate) * gradient / (TSimd.Sqrt(slot0) + TSimd.Broadcast(epsilon));
    }

    /// <summary><c>αv + (1−α)g²</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TSimd MeanSquare<TSimd>(TSimd average, TSimd gradient, float decay, float epsilon)
        where TSimd : struct, ISimd<TSimd>
    {
        average = TSimd.MultiplyAdd(TSimd.Broadcast(decay), average, TSimd.Broadcast(1 - decay) * gradient * gradient);
        return epsilon > 0 ? TSimd.FlushSubnormals(average) : average;
    }
}

/// <summary><c>v ← αv + (1−α)g²</c>; <c>b ← μb + g / (√v + ε)</c>; <c>w ← w − η·b</c>.</summary>
/// <param name="learningRate">η.</param>
/// <param name="decay">α.</param>
/// <param name="epsilon">ε.</param>
/// <param name="momentum">μ.</param>
internal readonly struct MomentumRmsPropRule(float learningRate, float decay, float epsilon, float momentum) : IUpdateRule
{
    public static int SlotCount => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd>
    {
        slot0 = RmsPropRule.MeanSquare(slot0, gradient, decay, epsilon);
        slot1 = TSimd.FlushSubnormals(TSimd.MultiplyAdd(TSimd.Broadcast(momentum), slot1, gradient / (TSimd.Sqrt(slot0) + TSimd.Broadcast(epsilon))));
        value = TSimd.MultiplyAdd(TSimd.Broadcast(-learningRate), slot1, value);
    }
}

/// <summary><c>v ← αv + (1−α)g²</c>; <c>a ← αa + (1−α)g</c>; <c>b ← μb + g / (√(v − a²) + ε)</c>; <c>w ← w − η·b</c>. NaN is preserved.</summary>
/// <param name="learningRate">η.</param>
/// <param name="decay">α.</param>
/// <param name="epsilon">ε.</param>
/// <param name="momentum">μ.</param>
internal readonly struct CenteredRmsPropRule(float learningRate, float decay, float epsilon, float momentum) : IUpdateRule
{
    public static int SlotCount => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd>
    {
        slot0 = RmsPropRule.MeanSquare(slot0, gradient, decay, epsilon);
        slot2 = TSimd.FlushSubnormals(TSimd.MultiplyAdd(TSimd.Broadcast(decay), slot2, TSimd.Broadcast(1 - decay) * gradient));
        TSimd variance = slot0 - slot2 * slot2;
        variance = TSimd.SelectLess(variance, TSimd.Zero, TSimd.Zero, variance);
        slot1 = TSimd.FlushSubnormals(TSimd.MultiplyAdd(TSimd.Broadcast(momentum), slot1, gradient / (TSimd.Sqrt(variance) + TSimd.Broadcast(epsilon))));
        value = TSimd.MultiplyAdd(TSimd.Broadcast(-learningRate), slot1, value);
    }
}
