namespace NeuralNetFromScratch;

/// <summary>An activation that stands alone: <c>y = f(x)</c>, <c>dL/dx = dL/dy · f'</c>. Fused into a <see cref="Dense"/> it costs less.</summary>
public sealed class Activate : Layer
{
    /// <summary>A layer of one activation.</summary>
    /// <param name="activation">The function f.</param>
    public Activate(Activation activation)
    {
        ArgumentNullException.ThrowIfNull(activation);
        Activation = activation;
    }

    /// <summary>The function f.</summary>
    public Activation Activation { get; }

    /// <inheritdoc/>
    public override string Kind => "activate";

    /// <inheritdoc/>
    public override string Description => Activation.Name;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlySpan<float> input, Span<float> output) =>
        Activation.ApplyWith(context.Engine, input, output);

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context,
        ReadOnlySpan<float> input,
        ReadOnlySpan<float> output,
        Span<float> outputGradient,
        Span<float> inputGradient)
    {
        if (inputGradient.IsEmpty)
            return;
        outputGradient.CopyTo(inputGradient);
        Activation.Differentiate(Activation.DerivativeNeedsInput ? input : output, inputGradient);
    }
}
