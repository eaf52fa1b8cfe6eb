using System.Buffers;
using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Softmax cross-entropy on logits z: <c>ℓ = log Σⱼ exp(zⱼ) − z_y</c> for a class label y, and <c>ℓ = Σⱼ tⱼ · (log Σₖ exp(zₖ) − zⱼ)</c> for dense
/// targets t, which are one-hot vectors or class probabilities. The gradient is <c>softmax(z) − t</c> if the targets sum to 1. The largest logit
/// is subtracted first to prevent overflow.
/// </summary>
/// <remarks>
/// With label smoothing ε (Szegedy et al. 2016) and class weights w the targets over K classes become <c>wⱼ·((1 − ε)·tⱼ + ε/K)</c>, as in
/// PyTorch's <c>CrossEntropyLoss</c>. The trainer divides the sum by the number of samples, whereas PyTorch's mean divides by the sum of the
/// samples' class weights.
/// </remarks>
public sealed class SoftmaxCrossEntropy : Loss, IPart<SoftmaxCrossEntropy>
{
    private readonly float[] _classWeights;

    /// <summary>Creates a softmax cross-entropy loss.</summary>
    public SoftmaxCrossEntropy()
        : this(new Settings(Kind))
    {
    }

    private SoftmaxCrossEntropy(Settings settings)
        : base(settings)
    {
        LabelSmoothing = settings.Get("labelSmoothing", 0f);
        IgnoreLabel = settings.Get<int?>("ignoreLabel", null);
        _classWeights = settings.GetList<float>("classWeights");
        SampleWeights.ThrowIfInvalid(_classWeights);
    }

    /// <inheritdoc/>
    public static string Kind => "softmax-cross-entropy";

    /// <summary>The label smoothing ε; at least 0 and less than 1. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public float LabelSmoothing
    {
        get;
        init => Settings = Settings.With("labelSmoothing", field = Guard.Fraction(value, nameof(LabelSmoothing)), defaultValue: 0f);
    }

    /// <summary>The weights w of the classes, one for each class, each finite and not negative. Empty, the default, for all 1.</summary>
    /// <exception cref="ArgumentException">A weight is negative or not finite.</exception>
    public IReadOnlyList<float> ClassWeights
    {
        get => Array.AsReadOnly(_classWeights);
        init
        {
            _classWeights = SampleWeights.Checked(value);
            Settings = Settings.WithList("classWeights", _classWeights);
        }
    }

    /// <summary>
    /// The label of samples without an answer, such as −100: their loss and gradient are 0, and losses, metrics and means are of the other samples alone, as with
    /// PyTorch's <c>ignore_index</c>; where no sample of a step counts, its loss is 0. Any whole number, one of the classes too. Default: null, which ignores none.
    /// Samples with dense targets are refused with it.
    /// </summary>
    public int? IgnoreLabel
    {
        get;
        init => Settings = Settings.With("ignoreLabel", field = value);
    }

    internal override int? IgnoredLabel => IgnoreLabel;

    private bool IsPlain => LabelSmoothing == 0 && _classWeights.Length == 0;

    /// <inheritdoc/>
    public static SoftmaxCrossEntropy Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override OutputActivation OutputActivation => OutputActivation.Softmax;

    /// <inheritdoc/>
    public override void CheckOutputs(int outputs)
    {
        if (outputs < 2)
            throw new ArgumentException(
                "the softmax of one output is always 1; use two outputs, BinaryCrossEntropy with one output, or MeanSquaredError for numbers", nameof(outputs));
        if (_classWeights.Length > 0 && _classWeights.Length != outputs)
            throw new ArgumentException($"expected {_classWeights.Length} outputs, one for each class weight, got {outputs}", nameof(outputs));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, float scale, MatrixView gradient)
    {
        LossShapes.Check(outputs, labels, gradient, IgnoreLabel);
        CheckClasses(outputs);
        int classes = outputs.Columns;
        bool wantsGradient = gradient.Rows > 0;
        float[]? rented = wantsGradient || classes <= 256 ? null : ArrayPool<float>.Shared.Rent(classes);
        Span<float> unwanted = rented is null ? stackalloc float[wantsGradient ? 0 : classes] : rented.AsSpan(0, classes);
        double sum = 0;
        for (int row = 0; row < outputs.Rows; row++)
        {
            ReadOnlySpan<float> logits = outputs.Row(row);
            Span<float> probabilities = wantsGradient ? gradient.Row(row) : unwanted;
            int label = labels[row];
            if (label == IgnoreLabel)
            {
                probabilities.Clear();
                continue;
            }

            (double logSum, float maximum) = Softmax.Row(logits, probabilities, scale);
            if (IsPlain)
            {
                sum += logSum - ((double)logits[label] - maximum);
                probabilities[label] -= scale;
            }
            else
            {
                sum += Row(logits, [], label, logSum, maximum, scale, probabilities);
            }
        }

        if (rented is not null)
            ArrayPool<float>.Shared.Return(rented);
        return sum;
    }

    /// <inheritdoc/>
    public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlyMatrixView targets, float scale, MatrixView gradient)
    {
        LossShapes.Check(outputs, targets, gradient);
        CheckAnswers(hasLabels: false, nameof(targets));
        CheckClasses(outputs);
        int classes = outputs.Columns;
        bool wantsGradient = gradient.Rows > 0;
        float[]? rented = wantsGradient || classes <= 256 ? null : ArrayPool<float>.Shared.Rent(classes);
        Span<float> unwanted = rented is null ? stackalloc float[wantsGradient ? 0 : classes] : rented.AsSpan(0, classes);
        double sum = 0;
        for (int row = 0; row < outputs.Rows; row++)
        {
            Span<float> probabilities = wantsGradient ? gradient.Row(row) : unwanted;
            (double logSum, float maximum) = Softmax.Row(outputs.Row(row), probabilities, scale);
            sum += Row(outputs.Row(row), targets.Row(row), -1, logSum, maximum, scale, probabilities);
        }

        if (rented is not null)
            ArrayPool<float>.Shared.Return(rented);
        return sum;
    }

    /// <summary>
    /// Computes the loss of one row against a row of targets, or a label if there are no targets. The scaled probabilities become the gradient.
    /// </summary>
    private double Row(
        ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, int label, double shiftedLogSum, float maximum, float scale, Span<float> probabilities)
    {
        // A target or class weight of 0 must not hide a logit that is NaN.
        double sum = double.IsNaN(shiftedLogSum) ? double.NaN : 0, targetSum = 0;
        for (int j = 0; j < logits.Length; j++)
        {
            double target = Target(targets, label, j, logits.Length);
            // A class with target 0 contributes nothing, even if its logit is −∞.
            if (target != 0)
                sum += target * (shiftedLogSum - ((double)logits[j] - maximum));
            targetSum += target;
        }

        for (int j = 0; j < logits.Length; j++)
            probabilities[j] = (float)(targetSum * probabilities[j] - scale * Target(targets, label, j, logits.Length));
        return sum;
    }

    private double Target(ReadOnlySpan<float> targets, int label, int j, int classes)
    {
        double target = targets.IsEmpty ? (j == label ? 1 : 0) : targets[j];
        double smoothed = (1.0 - LabelSmoothing) * target + (double)LabelSmoothing / classes;
        return _classWeights.Length == 0 ? smoothed : _classWeights[j] * smoothed;
    }

    private void CheckClasses(ReadOnlyMatrixView outputs)
    {
        if (_classWeights.Length > 0 && _classWeights.Length != outputs.Columns)
            throw new ArgumentException($"expected {_classWeights.Length} outputs, one for each class weight, got {outputs.Columns}", nameof(outputs));
    }
}
