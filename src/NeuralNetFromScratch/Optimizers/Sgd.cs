using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Stochastic gradient descent: <c>w ← w − α·g</c>; with momentum <c>v ← μ·v + (1 − d)·g</c> (v = g in the first step), <c>w ← w − α·v</c>; with
/// Nesterov momentum <c>w ← w − α·(g + μ·v)</c> (Sutskever et al. 2013), as PyTorch's <c>SGD</c>. A velocity below 2⁻¹²⁶ counts as 0.
/// </summary>
public sealed class Sgd : Optimizer, IPart<Sgd>
{
    /// <summary>Creates a gradient descent optimizer.</summary>
    /// <param name="learningRate">The learning rate α; not negative. Default: 0.1.</param>
    /// <param name="momentum">The momentum μ; at least 0 and less than 1. Default: 0.</param>
    /// <param name="nesterov">Whether to use Nesterov momentum, which requires momentum and no dampening. Default: false.</param>
    /// <param name="dampening">The dampening d of the gradient in the velocity; 0 to 1. Default: 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    /// <exception cref="ArgumentException"><paramref name="nesterov"/> is true without momentum or with dampening.</exception>
    public Sgd(float learningRate = 0.1f, float momentum = 0, bool nesterov = false, float dampening = 0)
        : this(new Settings(Kind, new("learningRate", learningRate), new("momentum", momentum), new("nesterov", nesterov), new("dampening", dampening)))
    {
    }

    private Sgd(Settings settings)
        : base(settings)
    {
        Momentum = Guard.Fraction(settings.Get<float>("momentum"), "momentum");
        Nesterov = settings.Get<bool>("nesterov");
        Dampening = Guard.Share(settings.Get<float>("dampening"), "dampening");
        if (Nesterov && (Momentum == 0 || Dampening != 0))
            throw new ArgumentException("Nesterov momentum requires a positive momentum and no dampening", "nesterov");
    }

    /// <inheritdoc/>
    public static string Kind => "sgd";

    /// <summary>The momentum μ.</summary>
    public float Momentum { get; }

    /// <summary>Whether Nesterov momentum is used.</summary>
    public bool Nesterov { get; }

    /// <summary>The dampening d of the gradient in the velocity.</summary>
    public float Dampening { get; }

    /// <inheritdoc/>
    public static Sgd Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override bool HasMomentum => Momentum != 0;

    internal override bool KeepsValuesAtZeroGradients => Momentum == 0;

    /// <inheritdoc/>
    public override int SlotCount => Momentum == 0 ? 0 : 1;

    /// <inheritdoc/>
    public override void Update(in UpdateStep updateStep, in UpdateBlock block)
    {
        float gradientShare = updateStep.Number == 1 ? 1 : 1 - Dampening;
        if (Momentum == 0)
            block.Apply(new SgdRule(updateStep.LearningRate));
        else
            block.Apply(new MomentumRule(updateStep.LearningRate, updateStep.Momentum ?? Momentum, gradientShare, Nesterov));
    }
}

/// <summary><c>w ← w − α·g</c>.</summary>
internal readonly struct SgdRule(float learningRate) : IUpdateRule
{
    public static int SlotCount => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd> => value = TSimd.MultiplyAdd(TSimd.Broadcast(-learningRate), gradient, value);
}

/// <summary><c>v ← μ·v + κ·g</c>; <c>w ← w − α·v</c>, or with Nesterov momentum <c>w ← w − α·(g + μ·v)</c>.</summary>
/// <param name="learningRate">α.</param>
/// <param name="momentum">μ.</param>
/// <param name="gradientShare">κ: 1 minus the dampening.</param>
/// <param name="nesterov">Whether to use Nesterov momentum.</param>
internal readonly struct MomentumRule(float learningRate, float momentum, float gradientShare, bool nesterov) : IUpdateRule
{
    public static int SlotCount => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd friction = TSimd.Broadcast(momentum);
        slot0 = TSimd.FlushSubnormals(TSimd.MultiplyAdd(friction, slot0, TSimd.Broadcast(gradientShare) * gradient));
        TSimd direction = nesterov ? TSimd.MultiplyAdd(friction, slot0, gradient) : slot0;
        value = TSimd.MultiplyAdd(TSimd.Broadcast(-learningRate), direction, value);
    }
}
