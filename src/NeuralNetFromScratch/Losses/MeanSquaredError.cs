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
    public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, float scale, MatrixView gradient)
    {
        LossShapes.Check(outputs, labels, gradient);
        double sum = 0;
        for (int row = 0; row < outputs.Rows; row++)
            sum += Row(outputs.Row(row), [], labels[row], scale, gradient.Rows > 0 ? gradient.Row(row) : []);
        return sum;
    }

    /// <inheritdoc/>
    public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlyMatrixView targets, float scale, MatrixView gradient)
    {
        LossShapes.Check(outputs, targets, gradient);
        double sum = 0;
        for (int row = 0; row < outputs.Rows; row++)
            sum += Row(outputs.Row(row), targets.Row(row), -1, scale, gradient.Rows > 0 ? gradient.Row(row) : []);
        return sum;
    }

    private static double Row(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, int label, float scale, Span<float> gradient)
    {
        double sum = 0;
        float factor = 2 * scale / outputs.Length;
        for (int j = 0; j < outputs.Length; j++)
        {
            float difference = outputs[j] - (targets.IsEmpty ? (j == label ? 1 : 0) : targets[j]);
            sum += (double)difference * difference;
            if (!gradient.IsEmpty)
                gradient[j] = factor * difference;
        }

        return sum / outputs.Length;
    }
}
