namespace NeuralNetFromScratch;

/// <summary>
/// Reshapes a sample of any shape to a vector: <c>[28, 28]</c> becomes <c>[784]</c>. The values are unchanged, in row-major order.
/// <see cref="Dense"/> accepts any shape; this layer is for layers that require vectors, and for imported networks.
/// </summary>
public sealed class Flatten : Layer, IDenseBlockLayer, IPart<Flatten>
{
    /// <summary>Creates a flatten layer.</summary>
    public Flatten()
        : this(new Settings(Kind))
    {
    }

    private Flatten(Settings settings)
        : base(settings)
    {
    }

    int IDenseBlockLayer.ChangedColumns => 0;

    /// <inheritdoc/>
    public static string Kind => "flatten";

    /// <inheritdoc/>
    public static Flatten Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => [inputShape.ElementCount];

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.CheckForward(this, input, output, input.Columns);
        input.Span.CopyTo(output.Span);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.CheckBackward(this, input, output, outputGradient, inputGradient, input.Columns);
        if (inputGradient.Rows > 0)
            outputGradient.Span.CopyTo(inputGradient.Span);
    }
}
