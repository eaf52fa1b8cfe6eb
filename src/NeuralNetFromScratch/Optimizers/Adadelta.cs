using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// The Adadelta optimizer (Zeiler 2012): <c>v ← ρv + (1−ρ)g²</c>, <c>δ = g · √(d + ε) / √(v + ε)</c>, <c>d ← ρd + (1−ρ)δ²</c>,
/// <c>w ← w − α·δ</c>, as PyTorch's <c>Adadelta</c>. Averages below 2⁻¹²⁶ count as 0.
/// </summary>
public sealed class Adadelta : Optimizer, IPart<Adadelta>
{
    /// <summary>Creates an Adadelta optimizer.</summary>
    /// <param name="learningRate">The learning rate α; not negative. Default: 1.</param>
    /// <param name="decay">The decay ρ of the averages; at least 0 and less than 1. Default: 0.9.</param>
    /// <param name="epsilon">ε, which is added under the roots; positive. Default: 1e-6.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public Adadelta(float learningRate = 1, float decay = 0.9f, float epsilon = 1e-6f)
        : this(new Settings(Kind, new("learningRate", learningRate), new("decay", decay), new("epsilon", epsilon)))
    {
    }

    private Adadelta(Settings settings)
        : base(settings)
    {
        Decay = Guard.Fraction(settings.Get<float>("decay"), "decay");
        Epsilon = Guard.Positive(settings.Get<float>("epsilon"), "epsilon");
    }

    /// <inheritdoc/>
    public static string Kind => "adadelta";

    /// <summary>The decay ρ of the averages.</summary>
    public float Decay { get; }

    /// <summary>ε, which is added under the roots.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    public static Adadelta Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override int SlotCount => 2;

    /// <inheritdoc/>
    public override void Update(in UpdateStep updateStep, in UpdateBlock block) =>
        block.Apply(new AdadeltaRule(updateStep.LearningRate, Decay, Epsilon));
}

/// <summary><c>v ← ρv + (1−ρ)g²</c>; <c>δ = g · √(d + ε) / √(v + ε)</c>; <c>d ← ρd + (1−ρ)δ²</c>; <c>w ← w − α·δ</c>.</summary>
/// <param name="learningRate">α.</param>
/// <param name="decay">ρ.</param>
/// <param name="epsilon">ε.</param>
internal readonly struct AdadeltaRule(float learningRate, float decay, float epsilon) : IUpdateRule
{
    public static int SlotCount => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd rho = TSimd.Broadcast(decay), rest = TSimd.Broadcast(1 - decay), tiny = TSimd.Broadcast(epsilon);
        slot0 = TSimd.FlushSubnormals(TSimd.MultiplyAdd(rho, slot0, rest * gradient * gradient));
        TSimd delta = TSimd.Sqrt(slot1 + tiny) / TSimd.Sqrt(slot0 + tiny) * gradient;
        slot1 = TSimd.FlushSubnormals(TSimd.MultiplyAdd(rho, slot1, rest * delta * delta));
        value = TSimd.MultiplyAdd(TSimd.Broadcast(-learningRate), delta, value);
    }
}
