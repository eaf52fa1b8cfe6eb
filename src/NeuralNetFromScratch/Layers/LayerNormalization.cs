using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Layer normalization (Ba, Kiros, Hinton 2016): <c>y = γ ∘ (x − μ)/√(σ² + ε) + β</c> with mean μ and biased variance σ² over the values
/// of each sample, and γ, β of a sample's shape, as in PyTorch's <c>LayerNorm</c>. Training and prediction are the same. Backward, with x̂ the
/// normalized input, g = γ ∘ dy and n values: <c>dβ = Σ dy</c>, <c>dγ = Σ dy ∘ x̂</c> over the samples, and
/// <c>dx = (g − Σg/n − x̂·Σ(g·x̂)/n) / √(σ² + ε)</c>.
/// </summary>
public sealed unsafe class LayerNormalization : Layer
{
    private const int Scale = 0, Shift = 1;

    /// <summary>Fewest values that are worth waking a worker for.</summary>
    private const int GrainSize = 4096;

    /// <summary>Layer normalization.</summary>
    /// <param name="epsilon">ε; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epsilon"/> is not positive or not finite.</exception>
    public LayerNormalization(float epsilon = 1e-5f)
        : base(new Settings("layernorm", new Setting("epsilon", epsilon)))
    {
        if (!float.IsFinite(epsilon) || epsilon <= 0)
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon must be finite and positive");
        Epsilon = epsilon;
    }

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) =>
    [
        new("scale", inputShape, Initializer.Constant(1), ParameterRole.Bias) { PyTorchName = "weight" },
        new("shift", inputShape, Initializer.Zeros, ParameterRole.Bias) { PyTorchName = "bias" },
    ];

    /// <inheritdoc/>
    public override ScratchSize Scratch(Shape inputShape, int rows) => new(checked(2 * rows));

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        int rows = context.Rows;
        fixed (float* x = input.Span, y = output.Span, scratch = context.Scratch, scale = context.Values(Scale), shift = context.Values(Shift))
        {
            var kernel = new LayerNormForward
            {
                Columns = input.Span.Length / Math.Max(rows, 1),
                Epsilon = Epsilon,
                X = x,
                Y = y,
                Scale = scale,
                Shift = shift,
                Mean = scratch,
                InverseDeviation = scratch + rows,
            };
            context.Engine.Run(
                new RowJob<LayerNormForward>(context.Engine, kernel, rows), context.Engine.WorkersFor(input.Span.Length, GrainSize));
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        int rows = context.Rows, columns = input.Span.Length / Math.Max(rows, 1);
        int workers = context.Engine.WorkersFor(input.Span.Length, GrainSize);
        fixed (float* x = input.Span, dy = outputGradient.Span, dx = inputGradient.Span, scratch = context.Scratch, scale = context.Values(Scale))
        fixed (float* scaleGradient = context.Gradients(Scale), shiftGradient = context.Gradients(Shift))
        {
            var parameterGradients = new LayerNormParameterGradients
            {
                Rows = rows,
                Columns = columns,
                X = x,
                Dy = dy,
                Mean = scratch,
                InverseDeviation = scratch + rows,
                ScaleGradient = scaleGradient,
                ShiftGradient = shiftGradient,
                Accumulate = context.Accumulate,
            };
            context.Engine.Run(new ColumnJob<LayerNormParameterGradients>(context.Engine, parameterGradients, columns), workers);
            if (inputGradient.Rows == 0)
                return;

            var kernel = new LayerNormInputGradient
            {
                Columns = columns,
                X = x,
                Dy = dy,
                Dx = dx,
                Scale = scale,
                Mean = scratch,
                InverseDeviation = scratch + rows,
            };
            context.Engine.Run(new RowJob<LayerNormInputGradient>(context.Engine, kernel, rows), workers);
        }
    }
}
