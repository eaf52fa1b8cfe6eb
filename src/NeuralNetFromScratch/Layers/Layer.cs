namespace NeuralNetFromScratch;

/// <summary>
/// A step of a network: an immutable description, and pure functions over buffers that are handed to them. Parameters belong to the
/// network, activations to the workspace of whoever runs it, so that one layer object can serve any number of threads.
/// Batches are row-major, a sample in each row. Derive from this class for a layer of your own.
/// </summary>
public abstract class Layer
{
    /// <summary>The kind of layer, which its names in a network begin with: "dense" gives "dense1", "dense2".</summary>
    public abstract string Kind { get; }

    /// <summary>The layer in words, for summaries: "dense 128, relu".</summary>
    public virtual string Description => Kind;

    /// <summary>
    /// Whether <see cref="Backward"/> heeds <see cref="LayerContext.AccumulateGradients"/>. A layer that does not always adds to its
    /// gradients, which are then set to zero before each step.
    /// </summary>
    public virtual bool OverwritesGradients => false;

    /// <summary>Whether the layer looks across the samples of a batch, so that a batch must not be cut into blocks of rows.</summary>
    public virtual bool NeedsWholeBatch => false;

    /// <summary>The shape of one sample at the output.</summary>
    /// <param name="inputShape">The shape of one sample at the input.</param>
    /// <exception cref="ArgumentException">The layer cannot take this shape; the message says what it expects.</exception>
    public abstract Shape OutputShape(Shape inputShape);

    /// <summary>The parameters that the layer has.</summary>
    /// <param name="inputShape">The shape of one sample at the input.</param>
    public virtual IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) => [];

    /// <summary>How many floats of scratch memory a training step over so many samples needs.</summary>
    /// <param name="inputShape">The shape of one sample at the input.</param>
    /// <param name="batch">Number of samples.</param>
    public virtual int ScratchLength(Shape inputShape, int batch) => 0;

    /// <summary>Computes the output.</summary>
    /// <param name="context">Parameters, engine and scratch memory.</param>
    /// <param name="input">[batch, in].</param>
    /// <param name="output">[batch, out]; what it holds is overwritten.</param>
    public abstract void Forward(in LayerContext context, ReadOnlySpan<float> input, Span<float> output);

    /// <summary>
    /// Computes the gradient at the input from the gradient at the output, and adds up the parameters' gradients.
    /// </summary>
    /// <param name="context">Parameters, engine, and the scratch memory as <see cref="Forward"/> left it.</param>
    /// <param name="input">[batch, in], as it was given to <see cref="Forward"/>.</param>
    /// <param name="output">[batch, out], as <see cref="Forward"/> computed it.</param>
    /// <param name="outputGradient">dL/d(output): [batch, out]. It may be overwritten.</param>
    /// <param name="inputGradient">dL/d(input): [batch, in], to be written; empty for a network's first layer, which needs none.</param>
    public abstract void Backward(
        in LayerContext context,
        ReadOnlySpan<float> input,
        ReadOnlySpan<float> output,
        Span<float> outputGradient,
        Span<float> inputGradient);

    /// <inheritdoc/>
    public override string ToString() => Description;
}
