namespace NeuralNetFromScratch;

/// <summary>
/// The mean of the absolute differences over all outputs: <c>ℓ = (1/n) Σⱼ |aⱼ − tⱼ|</c> with n outputs, gradient
/// <c>sign(a − t)/n</c>, 0 where they are equal; PyTorch's <c>L1Loss</c>. Class labels count as one-hot targets.
/// </summary>
public sealed class MeanAbsoluteError : Loss, IPart<MeanAbsoluteError>
{
    /// <summary>The mean absolute error.</summary>
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
