namespace NeuralNetFromScratch;

/// <summary>The checks that losses share.</summary>
internal static class LossShapes
{
    public static void Check(ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, MatrixView gradient)
    {
        if (labels.Length != outputs.Rows)
            throw new ArgumentException($"expected {outputs.Rows} labels, one for each row, got {labels.Length}", nameof(labels));
        Labels.ThrowIfOutside(labels, outputs.Columns);
        CheckGradient(outputs, gradient);
    }

    public static void Check(ReadOnlyMatrixView outputs, ReadOnlyMatrixView targets, MatrixView gradient)
    {
        if (targets.Rows != outputs.Rows || targets.Columns != outputs.Columns)
            throw new ArgumentException(
                $"expected targets [{outputs.Rows}, {outputs.Columns}], got [{targets.Rows}, {targets.Columns}]", nameof(targets));
        CheckGradient(outputs, gradient);
    }

    private static void CheckGradient(ReadOnlyMatrixView outputs, MatrixView gradient)
    {
        if (gradient.Rows != 0 && (gradient.Rows != outputs.Rows || gradient.Columns != outputs.Columns))
            throw new ArgumentException(
                $"expected a gradient [{outputs.Rows}, {outputs.Columns}], got [{gradient.Rows}, {gradient.Columns}]", nameof(gradient));
    }
}
