using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>
/// The base class of losses: functions of the network's outputs and the targets that training minimizes, with their derivative. A loss processes
/// any rows of a batch independently, on the calling thread; the trainer divides the rows and computes the mean.
/// </summary>
/// <param name="settings">The kind and settings.</param>
public abstract class Loss(Settings settings) : Part(settings)
{
    /// <summary>Checks that the loss is defined for a number of outputs. The default implementation accepts any number.</summary>
    /// <param name="outputs">The number of outputs of the network.</param>
    /// <exception cref="ArgumentException">
    /// The loss is not defined for this number. Implementations state the expected number in the message.
    /// </exception>
    public virtual void CheckOutputs(int outputs)
    {
    }

    /// <summary>
    /// The meaning of the network's outputs: logits of exclusive classes (softmax), logits of independent labels (sigmoid), or the predictions
    /// themselves (none). The loss applies the function itself, so that the last layer must not. The trainer stores the value in the network,
    /// which uses it for predictions. Default: <see cref="OutputActivation.None"/>.
    /// </summary>
    public virtual OutputActivation OutputActivation => OutputActivation.None;

    /// <summary>The label of samples that no sum and no mean counts; null where all count.</summary>
    internal virtual int? IgnoredLabel => null;

    /// <exception cref="ArgumentException">Labels are ignored, but there are none.</exception>
    internal void CheckAnswers(bool hasLabels, string parameter)
    {
        if (IgnoredLabel is not null && !hasLabels)
            throw new ArgumentException($"{this} ignores a label, but the samples have dense targets; give samples without an answer a weight of 0", parameter);
    }

    /// <summary>Returns the metrics that are computed if the caller specifies none: accuracy for classification, none for regression.</summary>
    /// <param name="hasLabels">Whether the samples have class labels; otherwise they have dense targets.</param>
    public virtual IReadOnlyList<Metric> DefaultMetrics(bool hasLabels) => hasLabels || OutputActivation != OutputActivation.None ? [new Accuracy()] : [];

    /// <summary>
    /// Computes the loss against class labels, and its gradient. Implementations are thread-safe, since several threads call them for different
    /// rows.
    /// </summary>
    /// <param name="outputs">The network's outputs: [rows, classes].</param>
    /// <param name="labels">The class of each row, 0 to the number of classes − 1: [rows].</param>
    /// <param name="scale">The factor on the gradient: 1/m for the mean over m samples.</param>
    /// <param name="gradient">Receives <c>scale · dℓ/d(outputs)</c>: [rows, classes]. A view without rows if only the loss is needed.</param>
    /// <returns>The sum of the rows' losses ℓ in double precision.</returns>
    /// <exception cref="ArgumentException">The shapes do not match, or the number of outputs is not supported.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not an output.</exception>
    /// <exception cref="NotSupportedException">The loss requires dense targets.</exception>
    public abstract double Evaluate(ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, float scale, MatrixView gradient);

    /// <summary>
    /// Computes the loss against dense targets, and its gradient. Implementations are thread-safe, since several threads call them for different
    /// rows.
    /// </summary>
    /// <param name="outputs">The network's outputs: [rows, outputs].</param>
    /// <param name="targets">The targets: [rows, outputs].</param>
    /// <param name="scale">The factor on the gradient: 1/m for the mean over m samples.</param>
    /// <param name="gradient">Receives <c>scale · dℓ/d(outputs)</c>: [rows, outputs]. A view without rows if only the loss is needed.</param>
    /// <returns>The sum of the rows' losses ℓ in double precision.</returns>
    /// <exception cref="ArgumentException">The shapes do not match, or the number of outputs is not supported.</exception>
    /// <exception cref="NotSupportedException">The loss requires class labels.</exception>
    public abstract double Evaluate(ReadOnlyMatrixView outputs, ReadOnlyMatrixView targets, float scale, MatrixView gradient);

    /// <summary>
    /// Determines whether outputs are a correct classification of a dense target. The default implementation compares the indices of the largest
    /// output and the largest target, and returns false for a single output.
    /// </summary>
    /// <param name="outputs">The outputs of one sample: [outputs].</param>
    /// <param name="targets">The targets of the sample: [outputs].</param>
    public virtual bool IsCorrect(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets) =>
        outputs.Length > 1 && Argmax.Of(outputs) is >= 0 and int predicted && predicted == Argmax.Of(targets);
}

/// <summary>The checks that losses share.</summary>
internal static class LossShapes
{
    public static void Check(ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, MatrixView gradient, int? ignored = null)
    {
        if (labels.Length != outputs.Rows)
            throw new ArgumentException($"expected {outputs.Rows} labels, one for each row, got {labels.Length}", nameof(labels));
        Labels.ThrowIfOutside(labels, outputs.Columns, ignored);
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

/// <summary>Checks sample weights.</summary>
internal static class SampleWeights
{
    /// <summary>Returns a copy of weights and checks that they are finite and not negative.</summary>
    public static float[] Checked(IReadOnlyList<float> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        float[] copy = [.. weights];
        ThrowIfInvalid(copy);
        return copy;
    }

    public static void ThrowIfInvalid(ReadOnlySpan<float> weights)
    {
        for (int i = 0; i < weights.Length; i++)
            ThrowIfInvalid(i, weights[i]);
    }

    /// <param name="index">The index of the sample.</param>
    /// <param name="weight">Its weight.</param>
    public static void ThrowIfInvalid(int index, float weight)
    {
        if (!float.IsFinite(weight) || weight < 0)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"weight {index} must be finite and not negative, got {weight}"));
    }
}
