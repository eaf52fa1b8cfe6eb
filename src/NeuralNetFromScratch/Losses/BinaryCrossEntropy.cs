namespace NeuralNetFromScratch;

/// <summary>
/// Binary cross-entropy of independent labels on logits z, averaged over all n outputs:
/// <c>ℓ = (1/n) Σⱼ (pⱼ·tⱼ·log(1 + exp(−zⱼ)) + (1 − tⱼ)·log(1 + exp(zⱼ)))</c> with targets t from 0 to 1 and positive weights p. The gradient is
/// <c>((1 − t)·σ(z) − p·t·(1 − σ(z)))/n</c>. It equals PyTorch's <c>BCEWithLogitsLoss</c>. Class labels count as one-hot targets. A row is
/// correct if every logit is on its target's side of 0. Predictions: <see cref="NeuralNetFromScratch.OutputActivation.Sigmoid"/>.
/// </summary>
public sealed class BinaryCrossEntropy : Loss, IPart<BinaryCrossEntropy>
{
    private readonly float[] _positiveWeights;

    /// <summary>Creates a binary cross-entropy loss.</summary>
    public BinaryCrossEntropy()
        : this(new Settings(Kind))
    {
    }

    private BinaryCrossEntropy(Settings settings)
        : base(settings)
    {
        _positiveWeights = settings.GetList<float>("positiveWeights");
        SampleWeights.ThrowIfInvalid(_positiveWeights);
    }

    /// <inheritdoc/>
    public static string Kind => "binary-cross-entropy";

    /// <summary>
    /// The weights p of positive targets, one for each output; values above 1 penalize false negatives more than false positives. Each is finite
    /// and not negative. Empty, the default, for all 1.
    /// </summary>
    /// <exception cref="ArgumentException">A weight is negative or not finite.</exception>
    public IReadOnlyList<float> PositiveWeights
    {
        get => Array.AsReadOnly(_positiveWeights);
        init
        {
            _positiveWeights = SampleWeights.Checked(value);
            Settings = Settings.WithList("positiveWeights", _positiveWeights);
        }
    }

    /// <inheritdoc/>
    public static BinaryCrossEntropy Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override OutputActivation OutputActivation => OutputActivation.Sigmoid;

    /// <inheritdoc/>
    public override void CheckOutputs(int outputs)
    {
        if (_positiveWeights.Length > 0 && _positiveWeights.Length != outputs)
            throw new ArgumentException($"expected {_positiveWeights.Length} outputs, one for each positive weight, got {outputs}", nameof(outputs));
    }

    /// <inheritdoc/>
    public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, float scale, MatrixView gradient)
    {
        CheckWidth(outputs);
        return ElementwiseLoss.Evaluate(new Element(_positiveWeights), outputs, labels, scale, gradient);
    }

    /// <inheritdoc/>
    public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlyMatrixView targets, float scale, MatrixView gradient)
    {
        CheckWidth(outputs);
        return ElementwiseLoss.Evaluate(new Element(_positiveWeights), outputs, targets, scale, gradient);
    }

    /// <inheritdoc/>
    public override bool IsCorrect(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets)
    {
        for (int j = 0; j < outputs.Length; j++)
        {
            if (float.IsNaN(outputs[j]) || outputs[j] > 0 != targets[j] > 0.5f)
                return false;
        }

        return true;
    }

    private void CheckWidth(ReadOnlyMatrixView outputs)
    {
        if (_positiveWeights.Length > 0 && _positiveWeights.Length != outputs.Columns)
            throw new ArgumentException($"expected {_positiveWeights.Length} outputs, one for each positive weight, got {outputs.Columns}", nameof(outputs));
    }

    private readonly struct Element(float[] positiveWeights) : IElementLoss
    {
        public (double Loss, double Slope) At(int column, float output, float target)
        {
            double positive = target * (positiveWeights.Length == 0 ? 1.0 : positiveWeights[column]), negative = 1.0 - target;
            // log(1 + exp(−|z|)) and σ(|z|) cannot overflow; the remaining terms are linear.
            double exponential = PortableMath.Exp(-Math.Abs((double)output)), log = PortableMath.LogP1(exponential), sigmoid = 1 / (1 + exponential);
            double logOfPositive = log + Math.Max(-output, 0.0), logOfNegative = log + Math.Max(output, 0.0);
            double probability = output >= 0 ? sigmoid : exponential * sigmoid, complement = output >= 0 ? exponential * sigmoid : sigmoid;
            // A target of weight 0 contributes nothing, even if its logarithm is infinite.
            double loss = (positive == 0 ? 0 : positive * logOfPositive) + (negative == 0 ? 0 : negative * logOfNegative);
            return (double.IsNaN(output) ? double.NaN : loss, negative * probability - positive * complement);
        }
    }
}
