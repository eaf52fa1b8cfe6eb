namespace NeuralNetFromScratch;

/// <summary>
/// Applies an activation as a separate layer: <c>y = f(x)</c>, <c>dL/dx = dL/dy · f'</c>. An activation that is fused into a <see cref="Dense"/>
/// or <see cref="Conv2D"/> layer costs less time.
/// </summary>
public sealed class ActivationLayer : Layer, IPart<ActivationLayer>
{
    /// <summary>Creates an activation layer.</summary>
    /// <param name="activation">The function f.</param>
    public ActivationLayer(Activation activation)
        : this(new Settings(Kind, new Setting("activation", activation ?? throw new ArgumentNullException(nameof(activation)))))
    {
    }

    private ActivationLayer(Settings settings)
        : base(settings) => Activation = settings.Get<Activation>("activation");

    /// <summary>The function f.</summary>
    public Activation Activation { get; }

    /// <inheritdoc/>
    public static string Kind => "activation";

    /// <inheritdoc/>
    public static ActivationLayer Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.CheckForward(this, input, output, input.Columns);
        Activation.ApplyWith(context.Engine, input.Span, output.Span);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.CheckBackward(this, input, output, outputGradient, inputGradient, input.Columns);
        if (inputGradient.Rows == 0)
            return;
        outputGradient.Span.CopyTo(inputGradient.Span);
        Activation.DifferentiateWith(context.Engine, Activation.DerivativeNeedsInput ? input.Span : output.Span, inputGradient.Span);
    }
}
