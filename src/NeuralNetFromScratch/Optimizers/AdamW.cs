namespace NeuralNetFromScratch;

/// <summary>
/// <see cref="Adam"/> with decoupled weight decay (Loshchilov and Hutter 2019): <c>w ← (1 − α·λ)·w</c> before Adam's update, as in PyTorch's
/// <c>AdamW</c>, but for weights alone unless <see cref="Optimizer.DecaysBiases"/> is set.
/// </summary>
public sealed class AdamW : Adam, IPart<AdamW>
{
    /// <summary>AdamW.</summary>
    /// <param name="learningRate">α; not negative.</param>
    /// <param name="beta1">β₁, at least 0 and less than 1.</param>
    /// <param name="beta2">β₂, at least 0 and less than 1.</param>
    /// <param name="epsilon">ε; not negative.</param>
    /// <param name="weightDecay">λ; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public AdamW(float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 0.01f)
        : this(SettingsOf(Kind, learningRate, beta1, beta2, epsilon).With("weightDecay", weightDecay))
    {
    }

    private AdamW(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc cref="IPart{TSelf}.Kind"/>
    public static new string Kind => "adamw";

    /// <inheritdoc cref="IPart{TSelf}.Create"/>
    public static new AdamW Create(Settings settings) => new(settings);
}
