using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Kernels;

namespace NeuralNetFromScratch;

/// <summary>
/// Softmax and cross-entropy together, on logits z: <c>ℓ = log Σⱼ exp(zⱼ) − z_y</c> for a class label y, and
/// <c>ℓ = Σⱼ tⱼ · (log Σₖ exp(zₖ) − zⱼ)</c> for targets t: one-hot, or any weights that say how likely each class is.
/// The gradient is <c>softmax(z) − t</c> for targets that sum to 1. The largest logit is subtracted first, so that nothing overflows.
/// </summary>
public sealed class SoftmaxCrossEntropy : Loss
{
    /// <inheritdoc/>
    public override string Name => "softmax cross-entropy";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, float scale, MatrixView gradient)
    {
        LossShapes.Check(outputs, labels, gradient);
        int classes = outputs.Columns;
        bool wantsGradient = gradient.Rows > 0;
        Span<float> unwanted = stackalloc float[wantsGradient || classes > 256 ? 0 : classes];
        if (!wantsGradient && classes > unwanted.Length)
            unwanted = new float[classes];
        double sum = 0;
        for (int row = 0; row < outputs.Rows; row++)
        {
            ReadOnlySpan<float> logits = outputs.Row(row);
            Span<float> probabilities = wantsGradient ? gradient.Row(row) : unwanted;
            int label = labels[row];
            (double logSum, float maximum) = Softmax.Row(logits, probabilities, scale);
            sum += logSum - ((double)logits[label] - maximum);
            probabilities[label] -= scale;
        }

        return sum;
    }

    /// <inheritdoc/>
    public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlyMatrixView targets, float scale, MatrixView gradient)
    {
        LossShapes.Check(outputs, targets, gradient);
        int classes = outputs.Columns;
        bool wantsGradient = gradient.Rows > 0;
        Span<float> unwanted = stackalloc float[wantsGradient || classes > 256 ? 0 : classes];
        if (!wantsGradient && classes > unwanted.Length)
            unwanted = new float[classes];
        double sum = 0;
        for (int row = 0; row < outputs.Rows; row++)
        {
            ReadOnlySpan<float> logits = outputs.Row(row);
            ReadOnlySpan<float> target = targets.Row(row);
            Span<float> probabilities = wantsGradient ? gradient.Row(row) : unwanted;
            (double logSum, float maximum) = Softmax.Row(logits, probabilities, scale);
            double targetSum = 0;
            for (int j = 0; j < classes; j++)
            {
                // A class that is not wanted costs nothing, even where its logit is −∞.
                if (target[j] != 0)
                    sum += target[j] * (logSum - ((double)logits[j] - maximum));
                targetSum += target[j];
            }

            for (int j = 0; j < classes; j++)
                probabilities[j] = (float)targetSum * probabilities[j] - scale * target[j];
        }

        return sum;
    }
}
