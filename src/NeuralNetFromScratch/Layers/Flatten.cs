namespace NeuralNetFromScratch;

/// <summary>
/// Makes a vector of a sample of any shape: <c>[28, 28]</c> becomes <c>[784]</c>. The values stay as they are, in row-major order.
/// <see cref="Dense"/> does this by itself; it serves layers that insist on vectors, and networks brought in from elsewhere.
/// </summary>
public sealed class Flatten : Layer
{
    /// <inheritdoc/>
    public override string Kind => "flatten";

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => [inputShape.ElementCount];

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlySpan<float> input, Span<float> output) => input.CopyTo(output);

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context,
        ReadOnlySpan<float> input,
        ReadOnlySpan<float> output,
        Span<float> outputGradient,
        Span<float> inputGradient)
    {
        if (!inputGradient.IsEmpty)
            outputGradient.CopyTo(inputGradient);
    }
}
