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

    /// <inheritdoc/>
    public override string Kind => "affine";

    /// <inheritdoc/>
    public override bool OverwritesGradients => true;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) =>
    [
        new("scale", inputShape, Initializer.Constant(1), ParameterRole.Bias),
        new("shift", inputShape, Initializer.Zeros, ParameterRole.Bias),
    ];

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlySpan<float> input, Span<float> output)
    {
        int columns = input.Length / Math.Max(context.Batch, 1);
        fixed (float* x = input, y = output, scale = context.Value(Scale), shift = context.Value(Shift))
        {
            var kernel = new AffineForward { Rows = context.Batch, Columns = columns, X = x, Y = y, Scale = scale, Shift = shift };
            context.Engine.Run(
                new ColumnJob<AffineForward>(context.Engine, kernel, columns), context.Engine.WorkersFor(input.Length, GrainSize));
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context,
        ReadOnlySpan<float> input,
        ReadOnlySpan<float> output,
        Span<float> outputGradient,
        Span<float> inputGradient)
    {
        int columns = input.Length / Math.Max(context.Batch, 1);
        fixed (float* x = input, dy = outputGradient, dx = inputGradient, scale = context.Value(Scale))
        fixed (float* scaleGradient = context.Gradient(Scale), shiftGradient = context.Gradient(Shift))
        {
            var kernel = new AffineBackward
            {
                Rows = context.Batch,
                Columns = columns,
                X = x,
                Dy = dy,
                Dx = dx,
                Scale = scale,
                ScaleGradient = scaleGradient,
                ShiftGradient = shiftGradient,
                Accumulate = context.AccumulateGradients,
            };
            context.Engine.Run(
                new ColumnJob<AffineBackward>(context.Engine, kernel, columns), context.Engine.WorkersFor(input.Length, GrainSize));
        }
    }
}
