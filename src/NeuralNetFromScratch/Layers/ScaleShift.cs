using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// A trainable scale and shift for each value of a sample: <c>y = γ ∘ x + β</c>. Backward: <c>dβ = Σ dy</c>, <c>dγ = Σ dy ∘ x</c> over the
/// samples, <c>dx = γ ∘ dy</c>. It is the second half of a <see cref="BatchNormalization"/>, for networks with another layer between the two
/// halves.
/// </summary>
public sealed class ScaleShift : Layer, IPart<ScaleShift>
{
    private const int Scale = 0, Shift = 1;

    /// <summary>Creates a scale-and-shift layer.</summary>
    public ScaleShift()
        : this(new Settings(Kind))
    {
    }

    private ScaleShift(Settings settings)
        : base(settings)
    {
    }

    /// <inheritdoc/>
    public static string Kind => "scaleshift";

    /// <inheritdoc/>
    public static ScaleShift Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) =>
    [
        new("scale", inputShape, Initializer.Constant(1), ParameterRole.NoDecay) { PyTorchName = "weight" },
        new("shift", inputShape, Initializer.Zeros, ParameterRole.NoDecay) { PyTorchName = "bias" },
    ];

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.CheckForward(this, input, output, input.Columns);
        var operation = new ScaleShiftForward { X = input, Y = output, Scale = context.Values(this, Scale, input.Columns), Shift = context.Values(this, Shift, input.Columns) };
        context.Engine.ForColumns(operation, input.Columns, input.Span.Length, Tuning.ElementGrain);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.CheckBackward(this, input, output, outputGradient, inputGradient, input.Columns);
        var operation = new ScaleShiftBackward
        {
            X = input,
            Dy = outputGradient,
            Dx = inputGradient,
            Scale = context.Values(this, Scale, input.Columns),
            ScaleGradient = context.Gradients(this, Scale, input.Columns),
            ShiftGradient = context.Gradients(this, Shift, input.Columns),
            Accumulate = context.Accumulate,
        };
        context.Engine.ForColumns(operation, input.Columns, input.Span.Length, Tuning.ElementGrain);
    }
}

/// <summary><c>y = γ ∘ x + β</c>.</summary>
internal ref struct ScaleShiftForward : IColumnOperation
{
    /// <summary>[rows, columns].</summary>
    public ReadOnlyMatrixView X;
    public MatrixView Y;

    /// <summary>[columns].</summary>
    public ReadOnlySpan<float> Scale, Shift;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Run<TSimd>(int column)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd scale = PartialVector.Load<TSimd>(Scale, column), shift = PartialVector.Load<TSimd>(Shift, column);
        ReadOnlyColumns<TSimd> x = new(X, column, X.Rows);
        Columns<TSimd> y = new(Y, column, X.Rows);
        for (int row = 0; row < X.Rows; row++)
            y[row] = TSimd.MultiplyAdd(x[row], scale, shift);
    }
}

/// <summary>The gradients of <see cref="ScaleShiftForward"/>: <c>dβ = Σ dy</c>, <c>dγ = Σ dy·x</c> over the rows, <c>dx = γ ∘ dy</c>.</summary>
internal ref struct ScaleShiftBackward : IColumnOperation
{
    /// <summary>[rows, columns]; dX has no rows if it is not needed.</summary>
    public ReadOnlyMatrixView X, Dy;
    public MatrixView Dx;

    /// <summary>[columns].</summary>
    public ReadOnlySpan<float> Scale;
    public Span<float> ScaleGradient, ShiftGradient;

    /// <summary>Whether to add to dγ and dβ instead of overwriting them.</summary>
    public bool Accumulate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Run<TSimd>(int column)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd scale = PartialVector.Load<TSimd>(Scale, column);
        TSimd scaleGradient = Accumulate ? PartialVector.Load<TSimd>(ScaleGradient, column) : TSimd.Zero;
        TSimd shiftGradient = Accumulate ? PartialVector.Load<TSimd>(ShiftGradient, column) : TSimd.Zero;
        ReadOnlyColumns<TSimd> x = new(X, column, X.Rows), dy = new(Dy, column, X.Rows);
        Columns<TSimd> dx = Dx.Rows == 0 ? default : new(Dx, column, X.Rows);
        for (int row = 0; row < X.Rows; row++)
        {
            TSimd gradient = dy[row];
            shiftGradient += gradient;
            scaleGradient = TSimd.MultiplyAdd(gradient, x[row], scaleGradient);
            if (Dx.Rows > 0)
                dx[row] = scale * gradient;
        }

        PartialVector.Store(scaleGradient, ScaleGradient, column);
        PartialVector.Store(shiftGradient, ShiftGradient, column);
    }
}
