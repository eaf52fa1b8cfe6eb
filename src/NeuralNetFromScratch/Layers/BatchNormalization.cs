using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Batch normalization (Ioffe and Szegedy 2015): <c>y = γ·(x − μ)/√(σ² + ε) + β</c>, each value of a sample by itself, with mean μ and
/// biased variance σ² over the batch while training, and running statistics otherwise: <c>r ← (1 − momentum)·r + momentum·now</c>,
/// where the variance's now is the unbiased estimate, as in PyTorch's <c>BatchNorm1d</c>. A training batch of one sample has no variance and is
/// refused. Backward, with x̂ the normalized input and m samples: <c>dβ = Σ dy</c>,
/// <c>dγ = Σ dy·x̂</c>, <c>dx = γ/√(σ² + ε) · (dy − dβ/m − x̂·dγ/m)</c>.
/// </summary>
public sealed unsafe class BatchNormalization : Layer
{
    private const int Scale = 0, Shift = 1;

    /// <summary>Fewest values that are worth waking a worker for.</summary>
    private const int GrainSize = 4096;

    /// <summary>Batch normalization.</summary>
    /// <param name="momentum">Share of the new batch in the running statistics, 0 to 1.</param>
    /// <param name="epsilon">ε; positive.</param>
    /// <param name="affine">Whether it has γ and β; without, they are 1 and 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public BatchNormalization(float momentum = 0.1f, float epsilon = 1e-5f, bool affine = true)
        : base(new Settings("batchnorm", new("momentum", momentum), new("epsilon", epsilon), new("affine", affine)))
    {
        if (momentum is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "the momentum must be 0 to 1");
        if (!float.IsFinite(epsilon) || epsilon <= 0)
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon must be finite and positive");
        Momentum = momentum;
        Epsilon = epsilon;
        IsAffine = affine;
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
    public override bool MixesSamples => true;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) =>
    [
        .. IsAffine ? AffineParameters(inputShape) : [],
        new("mean", inputShape, Initializer.Zeros, ParameterRole.State) { PyTorchName = "running_mean", MixingShare = Momentum },
        new("variance", inputShape, Initializer.Constant(1), ParameterRole.State) { PyTorchName = "running_var", MixingShare = Momentum },
    ];

    private static ParameterDefinition[] AffineParameters(Shape shape) =>
    [
        new("scale", shape, Initializer.Constant(1), ParameterRole.Bias) { PyTorchName = "weight" },
        new("shift", shape, Initializer.Zeros, ParameterRole.Bias) { PyTorchName = "bias" },
    ];

    /// <inheritdoc/>
    public override ScratchSize Scratch(Shape inputShape, int rows) => new(2 * inputShape.ElementCount);

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        int columns = input.Span.Length / Math.Max(context.Rows, 1);
        int workers = context.Engine.WorkersFor(input.Span.Length, GrainSize);
        fixed (float* x = input.Span, y = output.Span, scratch = context.Scratch)
        fixed (float* scale = IsAffine ? context.Values(Scale) : [], shift = IsAffine ? context.Values(Shift) : [])
        fixed (float* mean = context.Values(Mean), variance = context.Values(Variance))
        {
            if (context.IsTraining)
            {
                if (context.Rows < 2)
                    throw new InvalidOperationException("a batch of one sample has no variance to normalize by: train with batches of two samples or more");
                fixed (float* meanGradient = context.Gradients(Mean), varianceGradient = context.Gradients(Variance))
                {
                var kernel = new BatchNormForward
                {
                    Rows = context.Rows,
                    Columns = columns,
                    Epsilon = Epsilon,
                    BatchShare = context.BatchShare,
                    Accumulate = context.Accumulate,
                    X = x,
                    Y = y,
                    Scale = scale,
                    Shift = shift,
                    MeanGradient = meanGradient,
                    VarianceGradient = varianceGradient,
                    Mean = scratch,
                    InverseDeviation = scratch + columns,
                };
                context.Engine.Run(new ColumnJob<BatchNormForward>(context.Engine, kernel, columns), workers);
                }
            }
            else
            {
                var kernel = new BatchNormApply
                {
                    Rows = context.Rows,
                    Columns = columns,
                    Epsilon = Epsilon,
                    X = x,
                    Y = y,
                    Scale = scale,
                    Shift = shift,
                    Mean = mean,
                    Variance = variance,
                };
                context.Engine.Run(new ColumnJob<BatchNormApply>(context.Engine, kernel, columns), workers);
            }
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        int columns = input.Span.Length / Math.Max(context.Rows, 1);
        fixed (float* x = input.Span, dy = outputGradient.Span, dx = inputGradient.Span, scratch = context.Scratch, scale = IsAffine ? context.Values(Scale) : [])
        fixed (float* scaleGradient = IsAffine ? context.Gradients(Scale) : [], shiftGradient = IsAffine ? context.Gradients(Shift) : [])
        {
            var kernel = new BatchNormBackward
            {
                Rows = context.Rows,
                Columns = columns,
                X = x,
                Dy = dy,
                Dx = dx,
                Scale = scale,
                Mean = scratch,
                InverseDeviation = scratch + columns,
                ScaleGradient = scaleGradient,
                ShiftGradient = shiftGradient,
                Accumulate = context.Accumulate,
            };
            context.Engine.Run(
                new ColumnJob<BatchNormBackward>(context.Engine, kernel, columns), context.Engine.WorkersFor(input.Span.Length, GrainSize));
        }
    }
}
