namespace NeuralNetFromScratch;

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

    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output) => input.Span.CopyTo(output.Span);

    public void Forward(in LayerContext context, BatchView input, MatrixView output) => input.CopyTo(output);

    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        if (inputGradient.Rows > 0)
            outputGradient.Span.CopyTo(inputGradient.Span);
    }

    public void Backward(in LayerContext context, BatchView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView denseGradient)
    {
        for (int row = 0; row < denseGradient.Rows; row++)
            outputGradient.Row(row)[..denseGradient.Columns].CopyTo(denseGradient.Row(row));
    }
}
