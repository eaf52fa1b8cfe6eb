using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch;

/// <summary>The loop of the losses that are a mean over the outputs: <c>ℓ = (1/n) Σⱼ f(aⱼ, tⱼ)</c>.</summary>
internal static class ElementwiseLoss
{
    public static double Evaluate<TElement>(TElement element, ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, float scale, MatrixView gradient)
        where TElement : struct, IElementLoss
    {
        LossShapes.Check(outputs, labels, gradient);
        double sum = 0;
        for (int row = 0; row < outputs.Rows; row++)
            sum += Row(element, outputs.Row(row), [], labels[row], scale, gradient.Rows > 0 ? gradient.Row(row) : []);
        return sum;
    }

    public static double Evaluate<TElement>(TElement element, ReadOnlyMatrixView outputs, ReadOnlyMatrixView targets, float scale, MatrixView gradient)
        where TElement : struct, IElementLoss
    {
        LossShapes.Check(outputs, targets, gradient);
        double sum = 0;
        for (int row = 0; row < outputs.Rows; row++)
            sum += Row(element, outputs.Row(row), targets.Row(row), -1, scale, gradient.Rows > 0 ? gradient.Row(row) : []);
        return sum;
    }

    /// <summary>Computes one row against a row of targets, or against a one-hot label if there are no targets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Row<TElement>(
        TElement element, ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, int label, float scale, Span<float> gradient)
        where TElement : struct, IElementLoss
    {
        double sum = 0, factor = (double)scale / outputs.Length;
        for (int j = 0; j < outputs.Length; j++)
        {
            (double loss, double slope) = element.At(j, outputs[j], targets.IsEmpty ? (j == label ? 1 : 0) : targets[j]);
            sum += loss;
            if (!gradient.IsEmpty)
                gradient[j] = (float)(factor * slope);
        }

        return sum / outputs.Length;
    }
}

/// <summary>The loss of a single output.</summary>
internal interface IElementLoss
{
    /// <summary>Returns the loss and its derivative with respect to the output.</summary>
    (double Loss, double Slope) At(int column, float output, float target);
}

/// <summary>
/// Mean squared error over all n outputs: <c>ℓ = (1/n) Σⱼ (aⱼ − tⱼ)²</c>, gradient <c>(2/n)(a − t)</c>. It equals PyTorch's <c>MSELoss</c>. Class
/// labels count as one-hot targets.
/// </summary>
public sealed class MeanSquaredError : Loss, IPart<MeanSquaredError>
{
    /// <summary>Creates a mean squared error loss.</summary>
    public MeanSquaredError()
        : this(new Settings(Kind))
    {
    }

    private MeanSquaredError(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public static string Kind => "mean-squared-error";

    /// <inheritdoc/>
    public static MeanSquaredError Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, float scale, MatrixView gradient) =>
        ElementwiseLoss.Evaluate(default(Element), outputs, labels, scale, gradient);

    /// <inheritdoc/>
    public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlyMatrixView targets, float scale, MatrixView gradient) =>
        ElementwiseLoss.Evaluate(default(Element), outputs, targets, scale, gradient);

    private readonly struct Element : IElementLoss
    {
        public (double Loss, double Slope) At(int column, float output, float target)
        {
            double difference = (double)output - target;
            return (difference * difference, 2 * difference);
        }
    }
}

/// <summary>
/// Mean absolute error over all n outputs: <c>ℓ = (1/n) Σⱼ |aⱼ − tⱼ|</c>, gradient <c>sign(a − t)/n</c>, which is 0 for equal values. It equals
/// PyTorch's <c>L1Loss</c>. Class labels count as one-hot targets.
/// </summary>
public sealed class MeanAbsoluteError : Loss, IPart<MeanAbsoluteError>
{
    /// <summary>Creates a mean absolute error loss.</summary>
    public MeanAbsoluteError()
        : this(new Settings(Kind))
    {
    }

    private MeanAbsoluteError(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public static string Kind => "mean-absolute-error";

    /// <inheritdoc/>
    public static MeanAbsoluteError Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, float scale, MatrixView gradient) =>
        ElementwiseLoss.Evaluate(default(Element), outputs, labels, scale, gradient);

    /// <inheritdoc/>
    public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlyMatrixView targets, float scale, MatrixView gradient) =>
        ElementwiseLoss.Evaluate(default(Element), outputs, targets, scale, gradient);

    private readonly struct Element : IElementLoss
    {
        public (double Loss, double Slope) At(int column, float output, float target)
        {
            double difference = (double)output - target;
            return (Math.Abs(difference), difference > 0 ? 1 : difference < 0 ? -1 : difference);
        }
    }
}

/// <summary>
/// The Huber loss (Huber 1964), averaged over all n outputs: with d = a − t, <c>ℓ = (1/n) Σ (d²/2 if |d| ≤ δ, otherwise δ·(|d| − δ/2))</c>,
/// gradient <c>clamp(d, ±δ)/n</c>. It equals PyTorch's <c>HuberLoss</c>. Class labels count as one-hot targets.
/// </summary>
public sealed class Huber : Loss, IPart<Huber>
{
    /// <summary>Creates a Huber loss.</summary>
    /// <param name="delta">The difference δ at which the loss changes from quadratic to linear; positive. Default: 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delta"/> is not positive or not finite.</exception>
    public Huber(float delta = 1)
        : this(new Settings(Kind, new Setting("delta", delta)))
    {
    }

    private Huber(Settings settings)
        : base(settings) => Delta = Guard.Positive(settings.Get<float>("delta"), "delta");

    /// <inheritdoc/>
    public static string Kind => "huber";

    /// <summary>The difference δ at which the loss changes from quadratic to linear.</summary>
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
                : (delta * (distance - delta / 2), Math.Clamp(difference, -delta, delta));
        }
    }
}
