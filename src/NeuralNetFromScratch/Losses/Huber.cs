namespace NeuralNetFromScratch;

/// <summary>
/// Squared for small differences, absolute for large ones (Huber 1964), the mean over all n outputs: with d = a − t,
/// <c>ℓ = (1/n) Σ (d²/2 where |d| ≤ δ, else δ·(|d| − δ/2))</c>, gradient <c>clamp(d, ±δ)/n</c>; PyTorch's <c>HuberLoss</c>.
/// Class labels count as one-hot targets.
/// </summary>
public sealed class Huber : Loss, IPart<Huber>
{
    /// <summary>Huber's loss.</summary>
    /// <param name="delta">δ; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delta"/> is not positive or not finite.</exception>
    public Huber(float delta = 1)
        : this(new Settings(Kind, new Setting("delta", delta)))
    {
    }

    private Huber(Settings settings)
        : base(settings) => Delta = Guard.Positive(settings.Get<float>("delta"), "delta");

    /// <inheritdoc/>
    public static string Kind => "huber";

    /// <summary>δ.</summary>
    public float Delta { get; }

    /// <inheritdoc/>
    public static Huber Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, float scale, MatrixView gradient) =>
        ElementwiseLoss.Evaluate(new Element(Delta), outputs, labels, scale, gradient);

    /// <inheritdoc/>
    public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlyMatrixView targets, float scale, MatrixView gradient) =>
        ElementwiseLoss.Evaluate(new Element(Delta), outputs, targets, scale, gradient);

    private readonly struct Element(double delta) : IElementLoss
    {
        public (double Loss, double Slope) At(int column, float output, float target)
        {
            double difference = (double)output - target, distance = Math.Abs(difference);
            return distance <= delta
                ? (difference * difference / 2, difference)
                : (delta * (distance - delta / 2), delta * (difference / distance));
        }
    }
}
