namespace NeuralNetFromScratch;

/// <summary>
/// The mean of the squared differences over all outputs: <c>ℓ = (1/n) Σⱼ (aⱼ − tⱼ)²</c> with n outputs, gradient
/// <c>(2/n)(a − t)</c>; PyTorch's <c>MSELoss</c>. Class labels count as one-hot targets.
/// </summary>
public sealed class MeanSquaredError : Loss, IPart<MeanSquaredError>
{
    /// <summary>The mean squared error.</summary>
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
