using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// RMSprop (Tieleman and Hinton, lecture 6.5 of "Neural Networks for Machine Learning", 2012): <c>v ← αv + (1−α)g²</c>,
/// <c>w ← w − η · g / (√v + ε)</c>, as in PyTorch's <c>RMSprop</c>. With momentum μ it is <c>b ← μb + g / (√v + ε)</c>, <c>w ← w − η·b</c>; centered
/// (Graves 2013), with <c>a ← αa + (1−α)g</c>, the root is of <c>v − a²</c>, or 0 where rounding makes that negative (PyTorch: NaN). Averages below 2⁻¹²⁶
/// count as 0, v only where ε is not 0.
/// </summary>
public sealed class RmsProp : Optimizer, IPart<RmsProp>
{
    /// <summary>RMSprop.</summary>
    /// <param name="learningRate">η; not negative.</param>
    /// <param name="decay">α, at least 0 and less than 1.</param>
    /// <param name="epsilon">ε; not negative.</param>
    /// <param name="momentum">μ, at least 0 and less than 1.</param>
    /// <param name="centered">Whether v less the square of the gradient's average is used: an estimate of its variance.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
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

    /// <summary>α.</summary>
    public float Decay { get; }

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    /// <summary>μ. Default: 0.</summary>
    public float Momentum { get; }

    /// <summary>Whether v less the square of the gradient's average is used. Default: false.</summary>
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

/// <summary><c>v ← αv + (1−α)g²</c>; <c>a ← αa + (1−α)g</c>; <c>b ← μb + g / (√(v − a²) + ε)</c>; <c>w ← w − η·b</c>. A NaN stays one.</summary>
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
