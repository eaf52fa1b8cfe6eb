using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// RMSprop (Tieleman and Hinton, lecture 6.5 of "Neural Networks for Machine Learning", 2012): <c>v ← αv + (1−α)g²</c>,
/// <c>w ← w − η · g / (√v + ε)</c>, as in PyTorch's <c>RMSprop</c> without momentum. A v below 2⁻¹²⁶
/// counts as 0 where ε is not 0.
/// </summary>
public sealed class RmsProp : Optimizer, IPart<RmsProp>
{
    /// <summary>RMSprop.</summary>
    /// <param name="learningRate">η; not negative.</param>
    /// <param name="decay">α, at least 0 and less than 1.</param>
    /// <param name="epsilon">ε; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public RmsProp(float learningRate = 0.01f, float decay = 0.99f, float epsilon = 1e-8f)
        : this(new Settings(Kind, new("learningRate", learningRate), new("decay", decay), new("epsilon", epsilon)))
    {
    }

    private RmsProp(Settings settings)
        : base(settings)
    {
        Decay = Guard.Fraction(settings.Get<float>("decay"), "decay");
        Epsilon = Guard.NonNegative(settings.Get<float>("epsilon"), "epsilon");
    }

    /// <inheritdoc/>
    public static string Kind => "rmsprop";

    /// <summary>α.</summary>
    public float Decay { get; }

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    public static RmsProp Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override int SlotCount => 1;

    /// <inheritdoc/>
    public override void Update(in UpdateStep updateStep, in UpdateBlock block) =>
        block.Apply(new RmsPropRule(updateStep.LearningRate, Decay, Epsilon));
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
        slot0 = TSimd.MultiplyAdd(TSimd.Broadcast(decay), slot0, TSimd.Broadcast(1 - decay) * gradient * gradient);
        if (epsilon > 0)
            slot0 = TSimd.FlushSubnormals(slot0);
        value = value - TSimd.Broadcast(learningRate) * gradient / (TSimd.Sqrt(slot0) + TSimd.Broadcast(epsilon));
    }
}
