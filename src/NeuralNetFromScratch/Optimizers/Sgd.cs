using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Gradient descent, <c>w ← w − α·g</c>, with momentum if asked for: <c>v ← μ·v + (1 − d)·g</c> (v = g in the first step),
/// <c>w ← w − α·v</c>; with Nesterov's look-ahead <c>w ← w − α·(g + μ·v)</c>. These are the rules of PyTorch's <c>SGD</c>
/// (Sutskever et al. 2013 explain the look-ahead).
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

    /// <inheritdoc/>
    public override int SlotCount => Momentum == 0 ? 0 : 1;

    /// <inheritdoc/>
    public override void Update(in UpdateStep updateStep, in UpdateBlock block)
    {
        float gradientShare = updateStep.Number == 1 ? 1 : 1 - Dampening;
        if (Momentum == 0)
            UpdateKernel<SgdRule>.Run(new(updateStep.LearningRate), block);
        else
            UpdateKernel<MomentumRule>.Run(new(updateStep.LearningRate, updateStep.Momentum ?? Momentum, gradientShare, Nesterov), block);
    }
}
