namespace NeuralNetFromScratch;

/// <summary>
/// A step of a network: an immutable description, and pure functions over buffers that are handed to them. Parameters belong to the network,
/// activations and scratch memory to whoever runs it, so that one layer object can serve any number of threads. Batches are row-major, a sample
/// in each row. Derive from this class for a layer of your own.
/// </summary>
/// <param name="settings">Kind and settings. The layer's names in a network begin with the kind: "dense" gives "dense1", "dense2".</param>
public abstract class Layer(Settings settings) : Part(settings)
{
    /// <summary>Whether an output depends on several samples of the batch, so that a batch must not be cut into blocks of rows.</summary>
    public virtual bool MixesSamples => false;

    /// <summary>How many modules of a PyTorch <c>Sequential</c> do what this layer does.</summary>
    internal virtual int PyTorchModules => 1;

    /// <summary>The shape of one sample at the output.</summary>
    /// <param name="inputShape">The shape of one sample at the input.</param>
    /// <exception cref="ArgumentException">The layer cannot take this shape; the message says what it expects.</exception>
    public abstract Shape OutputShape(Shape inputShape);

    /// <summary>The shape of one sample at the output of a layer that has others within. Layers without branches need not override it.</summary>
    /// <param name="inputShape">The shape of one sample at the input.</param>
    /// <param name="branches">The layer's <see cref="Branches"/> for this shape.</param>
    /// <exception cref="ArgumentException">The layer cannot take this shape; the message says what it expects.</exception>
    public virtual Shape OutputShape(Shape inputShape, IReadOnlyList<Chain> branches) => OutputShape(inputShape);

    /// <summary>The layer's own parameters; those of layers within it belong to its <see cref="Branches"/>.</summary>
    /// <param name="inputShape">The shape of one sample at the input.</param>
    public virtual IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) => [];

    /// <summary>
    /// The chains of layers within this one, which <see cref="LayerContext.Branch"/> runs. Their parameters and scratch memory come after the
    /// layer's own. Most layers have none.
    /// </summary>
    /// <param name="inputShape">The shape of one sample at the input.</param>
    public virtual IReadOnlyList<Chain> Branches(Shape inputShape) => [];

    /// <summary>The scratch memory that a training step needs, without that of the layer's branches.</summary>
    /// <param name="inputShape">The shape of one sample at the input.</param>
    /// <param name="rows">Number of samples.</param>
    public virtual ScratchSize Scratch(Shape inputShape, int rows) => default;

    /// <summary>Computes the output. It changes no parameter.</summary>
    /// <param name="context">Parameters, engine and scratch memory.</param>
    /// <param name="input">[rows, in], contiguous.</param>
    /// <param name="output">[rows, out], contiguous; every element is to be written.</param>
    public abstract void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output);

    /// <summary>
    /// Computes the gradient at the input from the gradient at the output, and the gradients of the parameters, which are added where
    /// <see cref="LayerContext.Accumulate"/> is set and overwritten where it is not.
    /// </summary>
    /// <param name="context">Parameters, engine, and the scratch memory as <see cref="Forward"/> left it.</param>
    /// <param name="input">[rows, in], as it was given to <see cref="Forward"/>.</param>
    /// <param name="output">[rows, out], as <see cref="Forward"/> computed it.</param>
    /// <param name="outputGradient">dL/d(output): [rows, out]. The layer may use it as scratch memory.</param>
    /// <param name="inputGradient">dL/d(input): [rows, in], every element to be written; a view without rows where nobody needs it.</param>
    public abstract void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient);

    /// <summary>The parameters of this layer by itself, initialized: for use of a layer without a network.</summary>
    /// <param name="inputShape">The shape of one sample at the input.</param>
    /// <param name="seed">Seed of the initial values.</param>
    /// <exception cref="ArgumentException">The layer cannot take this shape.</exception>
    public ParameterStore CreateParameters(Shape inputShape, ulong seed = 0)
    {
        IEnumerable<ParameterDefinition> inner = Branches(inputShape).SelectMany(branch => branch.Parameters);
        var store = new ParameterStore([.. Parameters(inputShape), .. inner]);
        store.Initialize(new RandomSource(seed));
        return store;
    }
}

/// <summary>
/// A layer that reads the sparse rows of a batch where it is the first of a network, or follows only layers that pass them on
/// (<see cref="IDenseBlockLayer"/>). Any other first layer gets a batch in its dense form. The results are those of the dense form.
/// </summary>
public interface ISparseLayer
{
    /// <summary>Computes the output of a batch with sparse rows. It changes no parameter.</summary>
    /// <param name="context">Parameters, engine and scratch memory.</param>
    /// <param name="input">[rows, in]: a dense block, contiguous, which may have no columns, and sparse rows.</param>
    /// <param name="output">[rows, out], contiguous; every element is to be written.</param>
    void Forward(in LayerContext context, BatchView input, MatrixView output);

    /// <summary>Computes the gradients of the parameters, and the gradient at the dense block of the input. Sparse rows get none.</summary>
    /// <param name="context">Parameters, engine, and the scratch memory as <see cref="Forward"/> left it.</param>
    /// <param name="input">[rows, in], as it was given to <see cref="Forward"/>.</param>
    /// <param name="output">[rows, out], as <see cref="Forward"/> computed it.</param>
    /// <param name="outputGradient">dL/d(output): [rows, out]. The layer may use it as scratch memory.</param>
    /// <param name="denseGradient">dL/d(dense block), every element to be written; a view without rows where nobody needs it.</param>
    void Backward(in LayerContext context, BatchView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView denseGradient);
}

/// <summary>
/// A layer that changes the first columns of its input and passes the others on as they are, so that its output is as wide as its input. Where
/// the columns that it passes on include all sparse ones of a batch, it runs on the dense block alone, whatever the width of that, and the next
/// layer gets the sparse rows.
/// </summary>
public interface IDenseBlockLayer
{
    /// <summary>How many columns it changes: the first ones.</summary>
    int ChangedColumns { get; }
}

/// <summary>Writes a batch in its dense form, for a layer that does not read sparse rows.</summary>
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
