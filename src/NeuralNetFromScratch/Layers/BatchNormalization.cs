using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Batch normalization (Ioffe and Szegedy 2015): <c>y = γ·(x − μ)/√(σ² + ε) + β</c>. In training, μ and σ² are the mean and biased variance over
/// the batch. Otherwise they are the running statistics, which each step updates: <c>r ← (1 − momentum)·r + momentum·now</c>, with the unbiased
/// estimate of the variance. An image [height, width, channels] has statistics for each channel over samples and positions, as PyTorch's
/// <c>BatchNorm2d</c>; a sample of another rank has statistics for each of its values, as <c>BatchNorm1d</c>. A training batch with one value for
/// each mean throws <see cref="InvalidOperationException"/>, because it has no variance. Backward, with the normalized input x̂ and m values for
/// each mean: <c>dβ = Σ dy</c>, <c>dγ = Σ dy·x̂</c>, <c>dx = γ/√(σ² + ε) · (dy − dβ/m − x̂·dγ/m)</c>.
/// </summary>
public sealed class BatchNormalization : Layer, IPart<BatchNormalization>
{
    private const int Scale = 0, Shift = 1, ImageRank = 3;

    /// <summary>Creates a batch normalization.</summary>
    /// <param name="momentum">The weight of the new batch in the running statistics, 0 to 1. Default: 0.1.</param>
    /// <param name="epsilon">ε, which is added to the variance; positive. Default: 1e-5.</param>
    /// <param name="affine">Whether the layer has γ and β; otherwise they are 1 and 0. Default: true.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public BatchNormalization(float momentum = 0.1f, float epsilon = 1e-5f, bool affine = true)
        : this(new Settings(Kind, new("momentum", momentum), new("epsilon", epsilon), new("affine", affine)))
    {
    }

    private BatchNormalization(Settings settings)
        : base(settings)
    {
        Momentum = Guard.Share(settings.Get<float>("momentum"), "momentum");
        Epsilon = Guard.Positive(settings.Get<float>("epsilon"), "epsilon");
        IsAffine = settings.Get<bool>("affine");
    }

    /// <summary>The weight of the new batch in the running statistics.</summary>
    public float Momentum { get; }

    /// <summary>ε, which is added to the variance.</summary>
    public float Epsilon { get; }

    /// <summary>Whether the layer has γ and β.</summary>
    public bool IsAffine { get; }

    private int Mean => IsAffine ? 2 : 0;

    private int Variance => Mean + 1;

    /// <inheritdoc/>
    public static string Kind => "batchnorm";

    /// <inheritdoc/>
    public static BatchNormalization Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override bool MixesSamples => true;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape)
    {
        Shape shape = NormalizedShape(inputShape);
        return
        [
            .. IsAffine ? AffineParameters(shape) : [],
            new("mean", shape, Initializer.Zeros, ParameterRole.Buffer) { PyTorchName = "running_mean", MixingShare = Momentum },
            new("variance", shape, Initializer.Constant(1), ParameterRole.Buffer) { PyTorchName = "running_var", MixingShare = Momentum },
        ];
    }

    /// <summary>Returns the shape of the statistics: an image's channels, or all values of a sample.</summary>
    internal static Shape NormalizedShape(Shape inputShape) => inputShape.Rank == ImageRank ? [inputShape[^1]] : inputShape;

    private static ParameterDefinition[] AffineParameters(Shape shape) =>
    [
        new("scale", shape, Initializer.Constant(1), ParameterRole.NoDecay) { PyTorchName = "weight" },
        new("shift", shape, Initializer.Zeros, ParameterRole.NoDecay) { PyTorchName = "bias" },
    ];

    /// <inheritdoc/>
    public override ScratchSize Scratch(Shape inputShape, int rows) => new(2 * (inputShape.Rank == ImageRank ? inputShape[^1] : inputShape.ElementCount));

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.CheckForward(this, input, output, input.Columns);
        int columns = Columns(context, input.Columns), rows = input.Span.Length / columns;
        ReadOnlyMatrixView x = new(input.Span, rows, columns);
        MatrixView y = new(output.Span, rows, columns);
        ReadOnlySpan<float> scale = IsAffine ? context.Values(this, Scale, columns) : [], shift = IsAffine ? context.Values(this, Shift, columns) : [];
        if (!context.IsTraining)
        {
            var apply = new BatchNormApply
            {
                Epsilon = Epsilon, X = x, Y = y, Scale = scale, Shift = shift, Mean = context.Values(this, Mean, columns), Variance = context.Values(this, Variance, columns),
            };
            context.Engine.ForColumns(apply, columns, input.Span.Length, Tuning.NormalizationGrain);
            return;
        }

        if (rows < 2)
            throw new InvalidOperationException("a batch with one value for each mean has no variance; train with batches of at least two samples");
        Span<float> statistics = context.ScratchOf(this, 2 * columns);
        var forward = new BatchNormForward
        {
            Epsilon = Epsilon,
            BatchShare = context.BatchShare,
            Accumulate = context.Accumulate,
            X = x,
            Y = y,
            Scale = scale,
            Shift = shift,
            MeanGradient = context.Gradients(this, Mean, columns),
            VarianceGradient = context.Gradients(this, Variance, columns),
            Mean = statistics[..columns],
            InverseDeviation = statistics[columns..],
        };
        context.Engine.ForColumns(forward, columns, input.Span.Length, Tuning.NormalizationGrain);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.CheckBackward(this, input, output, outputGradient, inputGradient, input.Columns);
        int columns = Columns(context, input.Columns), rows = input.Span.Length / columns;
        Span<float> statistics = context.ScratchOf(this, 2 * columns);
        var backward = new BatchNormBackward
        {
            X = new(input.Span, rows, columns),
            Dy = new MatrixView(outputGradient.Span, rows, columns),
            Dx = inputGradient.Rows == 0 ? default : new(inputGradient.Span, rows, columns),
            Scale = IsAffine ? context.Values(this, Scale, columns) : [],
            Mean = statistics[..columns],
            InverseDeviation = statistics[columns..],
            ScaleGradient = IsAffine ? context.Gradients(this, Scale, columns) : [],
            ShiftGradient = IsAffine ? context.Gradients(this, Shift, columns) : [],
            Accumulate = context.Accumulate,
        };
        context.Engine.ForColumns(backward, columns, input.Span.Length, Tuning.NormalizationGrain);
    }

    /// <summary>
    /// Returns the number of means: an image's channels, or a sample's values. If the context has no shape, it is the length of the parameters.
    /// </summary>
    private static int Columns(in LayerContext context, int inputs) => context.InputShape.Rank == ImageRank ? Math.Max(context.InputShape[^1], 1) : inputs;
}
