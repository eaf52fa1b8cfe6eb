using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Gradient descent, <c>w ← w − α·g</c>, with momentum if asked for: <c>v ← μ·v + (1 − d)·g</c> (v = g in the first step),
/// <c>w ← w − α·v</c>; with Nesterov's look-ahead <c>w ← w − α·(g + μ·v)</c>. These are the rules of PyTorch's <c>SGD</c>
/// (Sutskever et al. 2013 explain the look-ahead). A velocity below 2⁻¹²⁶ counts as 0.
/// </summary>
public sealed class Sgd : Optimizer, IPart<Sgd>
{
    /// <summary>Gradient descent.</summary>
    /// <param name="learningRate">α; not negative.</param>
    /// <param name="momentum">μ, at least 0 and less than 1.</param>
    /// <param name="nesterov">Whether to look ahead; needs momentum, and no dampening.</param>
    /// <param name="dampening">d, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    /// <exception cref="ArgumentException">Nesterov without momentum or with dampening.</exception>
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
            throw new ArgumentException("Nesterov's look-ahead needs momentum and no dampening", "nesterov");
    }

    /// <inheritdoc/>
    public static string Kind => "sgd";

    /// <summary>μ.</summary>
    public float Momentum { get; }

    /// <summary>Whether it looks ahead.</summary>
    public bool Nesterov { get; }

    /// <summary>d.</summary>
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

/// <summary><c>v ← μ·v + κ·g</c>; <c>w ← w − α·v</c>, or with Nesterov's look-ahead <c>w ← w − α·(g + μ·v)</c>.</summary>
/// <param name="learningRate">α.</param>
/// <param name="momentum">μ.</param>
/// <param name="gradientShare">κ: 1 less the dampening.</param>
/// <param name="nesterov">Whether to look ahead.</param>
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
