using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Adagrad (Duchi, Hazan, Singer 2011): <c>s ← s + g²</c>, <c>w ← w − η/(1 + (t − 1)·d) · g / (√(s₀ + s) + ε)</c> at step t, as in PyTorch's <c>Adagrad</c>.
/// </summary>
public sealed class Adagrad : Optimizer, IPart<Adagrad>
{
    /// <summary>Adagrad.</summary>
    /// <param name="learningRate">η; not negative.</param>
    /// <param name="epsilon">ε; not negative.</param>
    /// <param name="learningRateDecay">d; not negative.</param>
    /// <param name="initialAccumulator">s₀; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public Adagrad(float learningRate = 0.01f, float epsilon = 1e-10f, float learningRateDecay = 0, float initialAccumulator = 0)
        : this(new Settings(Kind, new("learningRate", learningRate), new("epsilon", epsilon))
            .With("learningRateDecay", learningRateDecay, 0f).With("initialAccumulator", initialAccumulator, 0f))
    {
    }

    private Adagrad(Settings settings)
        : base(settings)
    {
        Epsilon = Guard.NonNegative(settings.Get<float>("epsilon"), "epsilon");
        LearningRateDecay = Guard.NonNegative(settings.Get("learningRateDecay", 0f), "learningRateDecay");
        InitialAccumulator = Guard.NonNegative(settings.Get("initialAccumulator", 0f), "initialAccumulator");
    }

    /// <inheritdoc/>
    public static string Kind => "adagrad";

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    /// <summary>d. Default: 0.</summary>
    public float LearningRateDecay { get; }

    /// <summary>s₀. Default: 0.</summary>
    public float InitialAccumulator { get; }

    /// <inheritdoc/>
    public static Adagrad Create(Settings settings) => new(settings);

    // 0 / 0 is no number.
    internal override bool KeepsValuesAtZeroGradients => Epsilon > 0 || InitialAccumulator > 0;

    /// <inheritdoc/>
    public override int SlotCount => 1;

    /// <inheritdoc/>
    public override void Update(in UpdateStep updateStep, in UpdateBlock block) =>
        block.Apply(new AdagradRule((float)(updateStep.LearningRate / (1 + (updateStep.Number - 1) * (double)LearningRateDecay)), Epsilon, InitialAccumulator));
}

/// <summary><c>s ← s + g²</c>; <c>w ← w − η · g / (√(s₀ + s) + ε)</c>.</summary>
/// <param name="learningRate">η.</param>
/// <param name="epsilon">ε.</param>
/// <param name="initial">s₀.</param>
internal readonly struct AdagradRule(float learningRate, float epsilon, float initial) : IUpdateRule
{
    public static int SlotCount => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd>
    {
        slot0 = TSimd.MultiplyAdd(gradient, gradient, slot0);
        value = value - TSimd.Broadcast(learningRate) * gradient / (TSimd.Sqrt(slot0 + TSimd.Broadcast(initial)) + TSimd.Broadcast(epsilon));
    }
}
