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

    /// <summary>One row, against a row of targets, or against a one-hot label where there are none.</summary>
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
