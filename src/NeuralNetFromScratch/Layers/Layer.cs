namespace NeuralNetFromScratch;

/// <summary>
/// The base class of layers. A layer is an immutable description with pure functions on the buffers that are passed to them. Parameters belong to
/// the network, and activations and scratch memory to the caller, so that one layer object can be used by any number of threads. Batches are
/// row-major with one sample in each row.
/// </summary>
/// <param name="settings">The kind and settings. The kind is the prefix of the layer's names in a network: "dense" gives "dense1", "dense2".</param>
public abstract class Layer(Settings settings) : Part(settings)
{
    /// <summary>
    /// Whether an output depends on several samples of the batch. If true, a batch is not divided into blocks of rows. The default implementation
    /// returns false.
    /// </summary>
    public virtual bool MixesSamples => false;

    /// <summary>The number of modules of a PyTorch <c>Sequential</c> that this layer corresponds to.</summary>
    internal virtual int PyTorchModules => 1;

    /// <summary>Returns the shape of one output sample.</summary>
    /// <param name="inputShape">The shape of one input sample.</param>
    /// <returns>The shape of one output sample.</returns>
    /// <exception cref="ArgumentException">The layer does not accept this shape. Implementations state the expected shape in the message.</exception>
    public abstract Shape OutputShape(Shape inputShape);

    /// <summary>
    /// Returns the shape of one output sample of a layer that contains other layers. Layers without branches need not override this method.
    /// </summary>
    /// <param name="inputShape">The shape of one input sample.</param>
    /// <param name="branches">The layer's <see cref="Branches"/> for this shape.</param>
    /// <returns>The shape of one output sample.</returns>
    /// <exception cref="ArgumentException">The layer does not accept this shape. Implementations state the expected shape in the message.</exception>
    public virtual Shape OutputShape(Shape inputShape, IReadOnlyList<Chain> branches) => OutputShape(inputShape);

    /// <summary>
    /// Returns the layer's own parameters; those of layers within it belong to its <see cref="Branches"/>. The default implementation returns
    /// none.
    /// </summary>
    /// <param name="inputShape">The shape of one input sample, which <see cref="OutputShape(Shape)"/> has accepted.</param>
    /// <returns>The parameters, in the order of their indices in <see cref="LayerContext.Values(int)"/>.</returns>
    public virtual IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) => [];

    /// <summary>
    /// Returns the chains of layers within this one, which <see cref="LayerContext.Branch"/> runs. Their parameters and scratch memory follow the
    /// layer's own. The default implementation returns none.
    /// </summary>
    /// <param name="inputShape">The shape of one input sample.</param>
    /// <returns>The chains, in the order of their indices in <see cref="LayerContext.Branch"/>.</returns>
    public virtual IReadOnlyList<Chain> Branches(Shape inputShape) => [];

    /// <summary>
    /// Returns the scratch memory that a training step needs, without that of the layer's branches. The default implementation returns none.
    /// </summary>
    /// <param name="inputShape">The shape of one input sample.</param>
    /// <param name="rows">The number of samples.</param>
    /// <returns>The numbers of floats and bytes.</returns>
    public virtual ScratchSize Scratch(Shape inputShape, int rows) => default;

    /// <summary>
    /// Computes the output. Implementations write every element of the output, change no parameter, and may assume that the views have the stated
    /// shapes when a <see cref="Chain"/> calls them. The library's layers check the shapes and throw <see cref="ArgumentException"/>.
    /// </summary>
    /// <param name="context">The parameters, engine and scratch memory.</param>
    /// <param name="input">The input: [rows, in], contiguous.</param>
    /// <param name="output">Receives the output: [rows, out], contiguous.</param>
    public abstract void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output);

    /// <summary>
    /// Computes the gradient of the input and the parameters from the gradient of the output. Implementations add to the gradients of the
    /// parameters if <see cref="LayerContext.Accumulate"/> is true and otherwise overwrite them. They may assume that <see cref="Forward"/> was
    /// called with the same context, input and output.
    /// </summary>
    /// <param name="context">The parameters, engine, and the scratch memory as <see cref="Forward"/> left it.</param>
    /// <param name="input">The input: [rows, in], as passed to <see cref="Forward"/>.</param>
    /// <param name="output">The output: [rows, out], as <see cref="Forward"/> computed it.</param>
    /// <param name="outputGradient">dL/d(output): [rows, out]. The layer may overwrite it.</param>
    /// <param name="inputGradient">Receives dL/d(input): [rows, in]; every element must be written. A view without rows if it is not needed.</param>
    public abstract void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient);

    /// <summary>Creates and initializes the parameters of this layer, for using a layer without a network.</summary>
    /// <param name="inputShape">The shape of one input sample.</param>
    /// <param name="seed">The seed of the initial values. Default: 0.</param>
    /// <returns>The parameters.</returns>
    /// <exception cref="ArgumentException">The layer does not accept this shape.</exception>
    public ParameterStore CreateParameters(Shape inputShape, ulong seed = 0)
    {
        IEnumerable<ParameterDefinition> inner = Branches(inputShape).SelectMany(branch => branch.Parameters);
        var store = new ParameterStore([.. Parameters(inputShape), .. inner]);
        store.Initialize(new RandomSource(seed));
        return store;
    }
}

/// <summary>
/// A layer that reads the sparse rows of a batch if it is the first layer of a network or follows only layers that pass them on
/// (<see cref="IDenseBlockLayer"/>). Other first layers receive the batch in dense form. The results are those of the dense form.
/// </summary>
public interface ISparseLayer
{
    /// <summary>Computes the output of a batch with sparse rows. Implementations write every element of the output and change no parameter.</summary>
    /// <param name="context">The parameters, engine and scratch memory.</param>
    /// <param name="input">The input: [rows, in], a contiguous dense block, which may have no columns, and sparse rows.</param>
    /// <param name="output">Receives the output: [rows, out], contiguous.</param>
    void Forward(in LayerContext context, BatchView input, MatrixView output);

    /// <summary>Computes the gradients of the parameters and of the dense block of the input. There is no gradient of the sparse rows.</summary>
    /// <param name="context">The parameters, engine, and the scratch memory as <see cref="Forward"/> left it.</param>
    /// <param name="input">The input: [rows, in], as passed to <see cref="Forward"/>.</param>
    /// <param name="output">The output: [rows, out], as <see cref="Forward"/> computed it.</param>
    /// <param name="outputGradient">dL/d(output): [rows, out]. The layer may overwrite it.</param>
    /// <param name="denseGradient">Receives dL/d(dense block); every element must be written. A view without rows if it is not needed.</param>
    void Backward(in LayerContext context, BatchView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView denseGradient);
}

/// <summary>
/// A layer that changes the first columns of its input and passes the others on unchanged; its output is as wide as its input. If the unchanged
/// columns include all sparse ones of a batch, the layer runs on the dense block alone, of any width, and the next layer receives the sparse
/// rows.
/// </summary>
public interface IDenseBlockLayer
{
    /// <summary>The number of columns that the layer changes, which are the first ones.</summary>
    int ChangedColumns { get; }
}

/// <summary>Converts a batch to dense form for a layer that does not read sparse rows.</summary>
internal sealed class MakeDense() : Layer(new Settings("make-dense")), ISparseLayer
{
    public override Shape OutputShape(Shape inputShape) => inputShape;

    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.CheckForward(this, input, output, input.Columns);
        input.Span.CopyTo(output.Span);
    }

    public void Forward(in LayerContext context, BatchView input, MatrixView output)
    {
        context.CheckForward(this, input, output, input.Columns);
        input.CopyTo(output);
    }

    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.CheckBackward(this, input, output, outputGradient, inputGradient, input.Columns);
        if (inputGradient.Rows > 0)
            outputGradient.Span.CopyTo(inputGradient.Span);
    }

    public void Backward(in LayerContext context, BatchView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView denseGradient)
    {
        context.CheckBackward(this, input, output, outputGradient, denseGradient, input.Columns);
        for (int row = 0; row < denseGradient.Rows; row++)
            outputGradient.Row(row)[..denseGradient.Columns].CopyTo(denseGradient.Row(row));
    }
}
