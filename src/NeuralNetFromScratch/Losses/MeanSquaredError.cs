namespace NeuralNetFromScratch;

/// <summary>
/// The mean of the squared differences over all outputs: <c>ℓ = (1/n) Σⱼ (aⱼ − tⱼ)²</c> with n outputs, gradient
/// <c>(2/n)(a − t)</c>; PyTorch's <c>MSELoss</c>. Class labels count as one-hot targets.
/// </summary>
public sealed class MeanSquaredError : Loss
{
    /// <inheritdoc/>
    public override string Name => "mean squared error";

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
