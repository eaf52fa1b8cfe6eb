using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// The Adagrad optimizer (Duchi, Hazan and Singer 2011): <c>s ← s + g²</c>, <c>w ← w − η/(1 + (t − 1)·d) · g / (√(s₀ + s) + ε)</c> in step t, as
/// PyTorch's <c>Adagrad</c>.
/// </summary>
public sealed class Adagrad : Optimizer, IPart<Adagrad>
{
    /// <summary>Creates an Adagrad optimizer.</summary>
    /// <param name="learningRate">The learning rate η; not negative. Default: 0.01.</param>
    /// <param name="epsilon">ε, which is added to the root; not negative. Default: 1e-10.</param>
    /// <param name="learningRateDecay">The decay d of the learning rate; not negative. Default: 0.</param>
    /// <param name="initialAccumulator">The initial value s₀ of the sum of squares; not negative. Default: 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
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

    /// <summary>ε, which is added to the root.</summary>
    public float Epsilon { get; }

    /// <summary>The decay d of the learning rate.</summary>
    public float LearningRateDecay { get; }

    /// <summary>The initial value s₀ of the sum of squares.</summary>
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
