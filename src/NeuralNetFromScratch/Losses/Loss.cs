using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>
/// What training makes small: a function of the network's outputs and the targets, with its derivative. It works on any rows of a
/// batch by themselves, on one thread; the trainer divides the rows and takes the mean. Derive from this class for a loss of your own.
/// </summary>
/// <param name="settings">Kind and settings.</param>
public abstract class Loss(Settings settings) : Part(settings)
{
    /// <summary>Checks that the loss is defined for a number of outputs.</summary>
    /// <param name="outputs">Number of outputs of the network.</param>
    /// <exception cref="ArgumentException">It is not: the message says what the loss expects.</exception>
    public virtual void CheckOutputs(int outputs)
    {
    }

    /// <summary>
    /// What the network's outputs mean: logits of one class each for a softmax, of independent labels for a sigmoid, or the predictions
    /// themselves. The loss applies it itself, so that the last layer must not; a trainer tells the network, which predicts with it. The default is
    /// <see cref="OutputActivation.None"/>.
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

    /// <summary>The metrics that are computed unless the caller names others: the accuracy where samples have classes, none otherwise.</summary>
    /// <param name="hasLabels">Whether samples have class labels; dense targets otherwise.</param>
    public virtual IReadOnlyList<Metric> DefaultMetrics(bool hasLabels) => hasLabels || OutputActivation != OutputActivation.None ? [new Accuracy()] : [];

    /// <summary>The loss against class labels, and its gradient.</summary>
    /// <param name="outputs">The network's outputs: [rows, classes].</param>
    /// <param name="labels">The class of each row: 0 to classes − 1.</param>
    /// <param name="scale">Factor of the gradient: 1/m for the mean over m samples.</param>
    /// <param name="gradient">Receives <c>scale · dℓ/d(outputs)</c>: [rows, classes]; a view without rows when only the loss is wanted.</param>
    /// <returns>The sum of the rows' losses ℓ, added in double precision.</returns>
    public abstract double Evaluate(ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, float scale, MatrixView gradient);

    /// <summary>The loss against dense targets, and its gradient.</summary>
    /// <param name="outputs">The network's outputs: [rows, outputs].</param>
    /// <param name="targets">The targets: [rows, outputs].</param>
    /// <param name="scale">Factor of the gradient: 1/m for the mean over m samples.</param>
    /// <param name="gradient">Receives <c>scale · dℓ/d(outputs)</c>: [rows, outputs]; a view without rows when only the loss is wanted.</param>
    /// <returns>The sum of the rows' losses ℓ, added in double precision.</returns>
    public abstract double Evaluate(ReadOnlyMatrixView outputs, ReadOnlyMatrixView targets, float scale, MatrixView gradient);

    /// <summary>
    /// Whether outputs count as a correct classification of a dense target: unless a loss says otherwise, where the largest output
    /// stands at the largest target, among several.
    /// </summary>
    /// <param name="outputs">One row of outputs.</param>
    /// <param name="targets">Its targets.</param>
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

/// <summary>The check that every use of sample weights begins with.</summary>
internal static class SampleWeights
{
    /// <summary>A copy of weights that are finite and not negative.</summary>
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

    /// <param name="index">The sample.</param>
    /// <param name="weight">Its weight.</param>
    public static void ThrowIfInvalid(int index, float weight)
    {
        if (!float.IsFinite(weight) || weight < 0)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"weight {index} must be finite and not negative, got {weight}"));
    }
}
