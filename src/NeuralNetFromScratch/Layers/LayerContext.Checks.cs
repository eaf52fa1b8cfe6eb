namespace NeuralNetFromScratch;

/// <content>
/// The checks with which the library's layers begin, so that no call reads or writes outside the views, parameters and scratch memory.
/// </content>
public readonly ref partial struct LayerContext
{
    /// <summary>Checks the arguments of <see cref="Layer.Forward"/>.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">[rows, in].</param>
    /// <param name="output">[rows, out].</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <exception cref="ArgumentException">The shape of a view does not match the context and the layer, or a view is not contiguous.</exception>
    internal void CheckForward(Layer layer, ReadOnlyMatrixView input, ReadOnlyMatrixView output, int outputs)
    {
        CheckInput(layer, input.Rows, input.Columns);
        Check(layer, "input", input, input.Columns);
        Check(layer, "output", output, outputs);
    }

    /// <summary>Checks the arguments of <see cref="Layer.Backward"/>.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">[rows, in].</param>
    /// <param name="output">[rows, out].</param>
    /// <param name="outputGradient">[rows, out].</param>
    /// <param name="inputGradient">[rows, in], or no rows.</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <exception cref="ArgumentException">The shape of a view does not match the context and the layer, or a view is not contiguous.</exception>
    internal void CheckBackward(
        Layer layer, ReadOnlyMatrixView input, ReadOnlyMatrixView output, ReadOnlyMatrixView outputGradient, ReadOnlyMatrixView inputGradient, int outputs)
    {
        CheckForward(layer, input, output, outputs);
        Check(layer, "outputGradient", outputGradient, outputs);
        if (inputGradient.Rows > 0)
            Check(layer, "inputGradient", inputGradient, input.Columns);
    }

    /// <summary>Checks the arguments of <see cref="ISparseLayer.Forward"/>.</summary>
    /// <exception cref="ArgumentException">The shape of a view does not match the context and the layer, or a view is not contiguous.</exception>
    internal void CheckForward(Layer layer, BatchView input, ReadOnlyMatrixView output, int outputs)
    {
        CheckInput(layer, input.Rows, input.Columns);
        if (input.Dense.Columns > 0)
            Check(layer, "input", input.Dense, input.Dense.Columns);
        Check(layer, "output", output, outputs);
    }

    /// <summary>Checks the arguments of <see cref="ISparseLayer.Backward"/>.</summary>
    /// <exception cref="ArgumentException">The shape of a view does not match the context and the layer, or a view is not contiguous.</exception>
    internal void CheckBackward(
        Layer layer, BatchView input, ReadOnlyMatrixView output, ReadOnlyMatrixView outputGradient, ReadOnlyMatrixView denseGradient, int outputs)
    {
        CheckForward(layer, input, output, outputs);
        Check(layer, "outputGradient", outputGradient, outputs);
        if (denseGradient.Rows > 0)
            Check(layer, "denseGradient", denseGradient, input.Dense.Columns);
    }

    /// <exception cref="ArgumentException">The context is the default one.</exception>
    internal void ThrowIfDefault(Layer layer)
    {
        if (_pass.Engine is null)
            throw new ArgumentException($"{NameOf(layer)}: the context is the default value; create it with its constructor", "context");
    }

    /// <summary>Returns the values of a parameter and checks their number.</summary>
    /// <exception cref="ArgumentException">The number of elements differs: the parameters belong to another input shape or layer.</exception>
    internal Span<float> Values(Layer layer, int parameter, int length) => Checked(layer, parameter, length).Values;

    /// <summary>Returns the gradients of a parameter and checks their number.</summary>
    /// <exception cref="ArgumentException">The number of elements differs: the parameters belong to another input shape or layer.</exception>
    internal Span<float> Gradients(Layer layer, int parameter, int length) => Checked(layer, parameter, length).Gradients;

    /// <summary>A parameter that must have a number of elements, for a layer that lists the rows of its gradient.</summary>
    /// <exception cref="ArgumentException">It has another number of them.</exception>
    internal Parameter ListedParameter(Layer layer, int parameter, int length) => Checked(layer, parameter, length);

    /// <summary>Returns the first floats of the scratch memory.</summary>
    /// <exception cref="ArgumentException">The scratch memory has fewer floats.</exception>
    internal Span<float> ScratchOf(Layer layer, int length) => Scratch.Length >= length
        ? Scratch[..length]
        : throw new ArgumentException($"{NameOf(layer)}: expected scratch memory of {length} floats, the size from Layer.Scratch, got {Scratch.Length}", "context");

    private string NameOf(Layer layer) => string.IsNullOrEmpty(_name) ? layer.Settings.Kind : _name;

    private void CheckInput(Layer layer, int rows, int columns)
    {
        ThrowIfDefault(layer);
        if (rows != Rows || (InputShape.Rank > 0 && columns != InputShape.ElementCount))
            throw Unfit(layer, "input", InputShape.Rank > 0 ? InputShape.ElementCount : columns, rows, columns);
    }

    private void Check(Layer layer, string what, ReadOnlyMatrixView view, int columns)
    {
        if (view.Rows != Rows || view.Columns != columns)
            throw Unfit(layer, what, columns, view.Rows, view.Columns);
        if (!view.Layout.IsContiguous)
            throw new ArgumentException(
                $"{NameOf(layer)}: {what} must be contiguous; copy a view with strides {view.RowStride} and {view.ColumnStride} first", what);
    }

    private Parameter Checked(Layer layer, int parameter, int length)
    {
        ParameterStore parameters = _pass.Parameters;
        int number = _firstParameter + parameter;
        if (number >= parameters.Count)
            throw new ArgumentException($"{NameOf(layer)}: expected a parameter {parameter} of {length} values, got {parameters.Count - _firstParameter} parameters", "context");
        Parameter found = parameters[number];
        return found.Shape.ElementCount == length
            ? found
            : throw new ArgumentException($"{NameOf(layer)}: expected parameter {parameter} of {length} values for this input, got {found.Name} {found.Shape}", "context");
    }

    private ArgumentException Unfit(Layer layer, string what, int expectedColumns, int rows, int columns) =>
        new($"{NameOf(layer)}: expected {what} [{Rows}, {expectedColumns}], got [{rows}, {columns}]", what);
}
