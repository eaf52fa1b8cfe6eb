using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// A trained factor and shift for each value of a sample: <c>y = γ ∘ x + β</c>. Backward: <c>dβ = Σ dy</c>, <c>dγ = Σ dy ∘ x</c> over the
/// samples, <c>dx = γ ∘ dy</c>. It is the second half of a <see cref="BatchNormalization"/>, for networks that put something in between.
/// </summary>
public sealed unsafe class Affine : Layer
{
    private const int Scale = 0, Shift = 1;

    /// <summary>Fewest values that are worth waking a worker for.</summary>
    private const int GrainSize = 8192;

    /// <summary>A layer.</summary>
    public Affine()
        : base(new Settings("affine"))
    {
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) =>
    [
        new("scale", inputShape, Initializer.Constant(1), ParameterRole.Bias) { PyTorchName = "weight" },
        new("shift", inputShape, Initializer.Zeros, ParameterRole.Bias) { PyTorchName = "bias" },
    ];

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        int columns = input.Span.Length / Math.Max(context.Rows, 1);
        fixed (float* x = input.Span, y = output.Span, scale = context.Values(Scale), shift = context.Values(Shift))
        {
            var kernel = new AffineForward { Rows = context.Rows, Columns = columns, X = x, Y = y, Scale = scale, Shift = shift };
            context.Engine.Run(
                new ColumnJob<AffineForward>(context.Engine, kernel, columns), context.Engine.WorkersFor(input.Span.Length, GrainSize));
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        int columns = input.Span.Length / Math.Max(context.Rows, 1);
        fixed (float* x = input.Span, dy = outputGradient.Span, dx = inputGradient.Span, scale = context.Values(Scale))
        fixed (float* scaleGradient = context.Gradients(Scale), shiftGradient = context.Gradients(Shift))
        {
            var kernel = new AffineBackward
            {
                Rows = context.Rows,
                Columns = columns,
                X = x,
                Dy = dy,
                Dx = dx,
                Scale = scale,
                ScaleGradient = scaleGradient,
                ShiftGradient = shiftGradient,
                Accumulate = context.Accumulate,
            };
            context.Engine.Run(
                new ColumnJob<AffineBackward>(context.Engine, kernel, columns), context.Engine.WorkersFor(input.Span.Length, GrainSize));
        }
    }
}
