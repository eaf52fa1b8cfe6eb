using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Batch normalization (Ioffe and Szegedy 2015): <c>y = γ·(x − μ)/√(σ² + ε) + β</c>, with mean μ and biased variance σ² over the batch while
/// training, and running statistics otherwise: <c>r ← (1 − momentum)·r + momentum·now</c>, where the variance's now is the unbiased estimate. A
/// picture [height, width, channels] has statistics for each channel, over samples and positions, as in PyTorch's <c>BatchNorm2d</c>; a sample of
/// any other rank for each of its values, as in <c>BatchNorm1d</c>. A training batch with one value for each mean has no variance and is refused.
/// Backward, with x̂ the normalized input and m values for each mean: <c>dβ = Σ dy</c>,
/// <c>dγ = Σ dy·x̂</c>, <c>dx = γ/√(σ² + ε) · (dy − dβ/m − x̂·dγ/m)</c>.
/// </summary>
public sealed class BatchNormalization : Layer, IPart<BatchNormalization>
{
    private const int Scale = 0, Shift = 1, PictureRank = 3;

    /// <summary>Batch normalization.</summary>
    /// <param name="momentum">Share of the new batch in the running statistics, 0 to 1.</param>
    /// <param name="epsilon">ε; positive.</param>
    /// <param name="affine">Whether it has γ and β; without, they are 1 and 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
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

    /// <summary>Share of the new batch in the running statistics.</summary>
    public float Momentum { get; }

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    /// <summary>Whether it has γ and β.</summary>
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

    /// <summary>The shape of what has statistics of its own: a picture's channels, or all values of a sample.</summary>
    internal static Shape NormalizedShape(Shape inputShape) => inputShape.Rank == PictureRank ? [inputShape[^1]] : inputShape;

    private static ParameterDefinition[] AffineParameters(Shape shape) =>
    [
        new("scale", shape, Initializer.Constant(1), ParameterRole.NoDecay) { PyTorchName = "weight" },
        new("shift", shape, Initializer.Zeros, ParameterRole.NoDecay) { PyTorchName = "bias" },
    ];

    /// <inheritdoc/>
    public override ScratchSize Scratch(Shape inputShape, int rows) => new(2 * (inputShape.Rank == PictureRank ? inputShape[^1] : inputShape.ElementCount));

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
            throw new InvalidOperationException("a batch with one value for each mean has no variance to normalize by: train with batches of two samples or more");
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

    /// <summary>Number of means: a picture's channels, or a sample's values; that of the parameters where the context does not say the shape.</summary>
    private static int Columns(in LayerContext context, int inputs) => context.InputShape.Rank == PictureRank ? Math.Max(context.InputShape[^1], 1) : inputs;
}
