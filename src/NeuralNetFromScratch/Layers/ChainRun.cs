using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch;

/// <summary>
/// One pass through a <see cref="Chain"/>, on buffers of whoever runs it: <see cref="Forward"/>; then <see cref="OutputGradient"/> is filled;
/// then <see cref="Backward(BatchView, MatrixView)"/>.
/// </summary>
public readonly ref struct ChainRun
{
    private readonly Chain _chain;
    private readonly PassContext _pass;
    private readonly int _firstParameter;
    private readonly ScratchSpan _memory;

    internal ChainRun(Chain chain, scoped in PassContext pass, int firstParameter, ScratchSpan memory)
    {
        _chain = chain;
        _pass = pass;
        _firstParameter = firstParameter;
        _memory = memory;
    }

    /// <summary>dL/d(output), [rows, out], to be filled between forward and backward. Only in training passes.</summary>
    public MatrixView OutputGradient => Alternating(_chain.Nodes[^1]);

    /// <summary>What <see cref="Forward"/> computed, also in an earlier run over as many rows on the same buffers: [rows, out].</summary>
    public ReadOnlyMatrixView Output
    {
        get
        {
            ChainNode last = _chain.Nodes[^1];
            ScratchSpan place = _memory.From(End.Before(last.Memory(_pass.Rows, _pass.IsTraining)));
            return OutputOf(last, ref place);
        }
    }

    /// <summary>The end of the last layer's memory.</summary>
    private ScratchSize End => _chain.Scratch(_pass.Rows, _pass.IsTraining);

    private ScratchSize Pair => new(2 * _chain.WidestOutput(_pass.Rows));

    /// <summary>Computes the output.</summary>
    /// <param name="input">[rows, in]: dense, or with as many sparse columns as the buffers are made for.</param>
    /// <returns>[rows, out]; it stays until the next pass on the same buffers.</returns>
    /// <exception cref="ArgumentException">The input has another number of sparse columns.</exception>
    [MethodImpl(HotPath.CompileOnce)]
    public ReadOnlyMatrixView Forward(BatchView input)
    {
        ThrowIfOtherSparseColumns(input);
        ScratchSpan free = _memory.From(Pair);
        ReadOnlyMatrixView last = input.Dense;
        foreach (ChainNode node in _chain.Nodes)
        {
            MatrixView output = OutputOf(node, ref free);
            var context = new LayerContext(_pass, node, _firstParameter, ref free);
            if (node.Place == _chain.SparseReader)
                ((ISparseLayer)node.Layer).Forward(context, new BatchView(last, input.Sparse), output);
            else
                node.Layer.Forward(context, last, output);
            last = output;
        }

        return last;
    }

    /// <summary>Carries the gradient from the output to the parameters and the input, after <see cref="Forward"/> on the same input.</summary>
    /// <param name="input">[rows, in], as it was given to <see cref="Forward"/>.</param>
    /// <param name="inputGradient">Receives dL/d(input), [rows, in], of the dense block alone where there are sparse rows; a view without rows where nobody needs it.</param>
    /// <exception cref="ArgumentException">The input has another number of sparse columns than the buffers are made for.</exception>
    public void Backward(BatchView input, MatrixView inputGradient) => Backward(input, inputGradient, inputGradient.Rows > 0 ? int.MinValue : 0, null);

    /// <param name="input">As it was given to <see cref="Forward"/>.</param>
    /// <param name="inputGradient">Receives dL/d(input) where all layers are run.</param>
    /// <param name="first">The number of the first layer that learns: no gradient needs to go further.</param>
    /// <param name="observer">Is told of each layer when its gradients are finished; null for nobody.</param>
    [MethodImpl(HotPath.CompileOnce)]
    internal void Backward(BatchView input, MatrixView inputGradient, int first, ILayerObserver? observer)
    {
        ThrowIfOtherSparseColumns(input);
        ChainNode[] nodes = _chain.Nodes;
        ScratchSize start = End;
        for (int i = nodes.Length - 1; i >= 0 && nodes[i].Number >= first; i--)
        {
            ChainNode node = nodes[i];
            start = start.Before(node.Memory(_pass.Rows, isTraining: true));
            ScratchSpan place = _memory.From(start);
            ReadOnlyMatrixView output = OutputOf(node, ref place), nodeInput = input.Dense;
            if (i > 0)
            {
                ScratchSpan previous = _memory.From(start.Before(nodes[i - 1].Memory(_pass.Rows, isTraining: true)));
                nodeInput = OutputOf(nodes[i - 1], ref previous);
            }

            MatrixView gradient = i == 0 ? inputGradient : nodes[i - 1].Number < first ? default : Alternating(nodes[i - 1]);
            var context = new LayerContext(_pass, node, _firstParameter, ref place);
            if (i == _chain.SparseReader)
                ((ISparseLayer)node.Layer).Backward(context, new BatchView(nodeInput, input.Sparse), output, Alternating(node), gradient);
            else
                node.Layer.Backward(context, nodeInput, output, Alternating(node), gradient);
            observer?.OnLayerFinished(_firstParameter + node.FirstParameter, node.ParameterCount);
        }
    }

    private void ThrowIfOtherSparseColumns(BatchView input)
    {
        if (input.Sparse.Columns != _chain.SparseColumns)
            throw new ArgumentException($"the buffers are made for batches with {_chain.SparseColumns} sparse columns, got {input.Sparse.Columns}", nameof(input));
    }

    /// <summary>A layer's output: a buffer of its own in training, else one of the two that take turns.</summary>
    private MatrixView OutputOf(ChainNode node, scoped ref ScratchSpan free)
    {
        if (!_pass.IsTraining)
            return Alternating(node);
        return new(free.Take(new(node.OutputLength(_pass.Rows))).Floats, _pass.Rows, node.OutputShape.ElementCount);
    }

    private MatrixView Alternating(ChainNode node) => new(
        _memory.Floats.Slice(node.Place % 2 * (Pair.Floats / 2), node.OutputLength(_pass.Rows)), _pass.Rows, node.OutputShape.ElementCount);
}

/// <summary>Is told of layers whose gradients are finished while backward goes on.</summary>
internal interface ILayerObserver
{
    /// <param name="firstParameter">Number of the layer's first parameter.</param>
    /// <param name="parameterCount">Number of its parameters.</param>
    void OnLayerFinished(int firstParameter, int parameterCount);
}
