using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch;

/// <summary>
/// One pass through a <see cref="Chain"/> on the buffers of a <see cref="ChainMemory"/>: call <see cref="Forward"/>, fill
/// <see cref="OutputGradient"/>, call <see cref="Backward(BatchView, MatrixView)"/>.
/// </summary>
public readonly ref struct ChainRun
{
    private readonly Chain? _own;
    private readonly PassContext _pass;
    private readonly int _firstParameter;
    private readonly ScratchSpan _memory;
    private readonly int _widest;

    internal ChainRun(Chain chain, scoped in PassContext pass, int firstParameter, ScratchSpan memory)
    {
        _own = chain;
        _pass = pass;
        _firstParameter = firstParameter;
        _memory = memory;
        _widest = chain.WidestOutput(pass.Rows);
    }

    /// <summary>dL/d(output): [rows, out]. Fill it between forward and backward. Only available in training passes.</summary>
    public MatrixView OutputGradient => Alternating(Chain.Nodes[^1]);

    /// <summary>The output of the last <see cref="Forward"/> over the same number of rows on the same buffers: [rows, out].</summary>
    public ReadOnlyMatrixView Output
    {
        get
        {
            ChainNode last = Chain.Nodes[^1];
            ScratchSpan place = _memory.From(Chain.Scratch(_pass.Rows, _pass.IsTraining).Before(last.Memory(_pass.Rows, _pass.IsTraining)));
            return OutputOf(last, ref place);
        }
    }

    private Chain Chain => _own ?? throw new InvalidOperationException("the default value of ChainRun has no chain; create one with ChainMemory.Run");

    /// <summary>The number of outputs of a sample.</summary>
    internal int Outputs => Chain.OutputShape.ElementCount;

    /// <summary>Computes the output.</summary>
    /// <param name="input">The samples: [rows, in], dense, or with the number of sparse columns of the buffers.</param>
    /// <returns>The output: [rows, out]. It remains valid until the next pass on the same buffers.</returns>
    /// <exception cref="ArgumentException">The shape or the number of sparse columns does not match.</exception>
    [MethodImpl(HotPath.CompileOnce)]
    public ReadOnlyMatrixView Forward(BatchView input)
    {
        ThrowIfUnfit(input);
        ScratchSpan free = _memory.From(new ScratchSize(2 * _widest));
        ReadOnlyMatrixView last = DenseBlock(input);
        foreach (ChainNode node in Chain.Nodes)
        {
            MatrixView output = OutputOf(node, ref free);
            var context = new LayerContext(_pass, node, _firstParameter, ref free);
            if (node.Place == Chain.SparseReader)
                ((ISparseLayer)node.Layer).Forward(context, new BatchView(last, input.Sparse), output);
            else
                node.Layer.Forward(context, last, output);
            last = output;
        }

        return last;
    }

    /// <summary>
    /// Computes the gradients of the parameters and the input from the output gradient, after <see cref="Forward"/> on the same input.
    /// </summary>
    /// <param name="input">The samples: [rows, in], as passed to <see cref="Forward"/>.</param>
    /// <param name="inputGradient">
    /// Receives dL/d(input): [rows, in]; with sparse rows, of the dense block only. A view without rows if it is not needed.
    /// </param>
    /// <exception cref="ArgumentException">The shape of a view or the number of sparse columns does not match.</exception>
    /// <exception cref="InvalidOperationException">The buffers were created for prediction.</exception>
    public void Backward(BatchView input, MatrixView inputGradient) => Backward(input, inputGradient, inputGradient.Rows > 0 ? int.MinValue : 0, null);

    /// <param name="input">The samples, as passed to <see cref="Forward"/>.</param>
    /// <param name="inputGradient">Receives dL/d(input) if all layers are run.</param>
    /// <param name="first">The index of the first layer with trainable parameters. No gradients are computed for the layers before it.</param>
    /// <param name="observer">Is notified when a layer's gradients are complete; may be null.</param>
    [MethodImpl(HotPath.CompileOnce)]
    internal void Backward(BatchView input, MatrixView inputGradient, int first, ILayerObserver? observer)
    {
        ThrowIfUnfit(input);
        if (!_pass.IsTraining)
            throw new InvalidOperationException("the buffers were created for prediction, which has no backward pass");
        if (inputGradient.Rows > 0 && (inputGradient.Rows != _pass.Rows || inputGradient.Columns != input.Dense.Columns))
            throw new ArgumentException(
                $"expected an input gradient [{_pass.Rows}, {input.Dense.Columns}], got [{inputGradient.Rows}, {inputGradient.Columns}]", nameof(inputGradient));
        ChainNode[] nodes = Chain.Nodes;
        ScratchSize start = Chain.Scratch(_pass.Rows, _pass.IsTraining);
        for (int i = nodes.Length - 1; i >= 0 && nodes[i].Number >= first; i--)
        {
            ChainNode node = nodes[i];
            start = start.Before(node.Memory(_pass.Rows, isTraining: true));
            ScratchSpan place = _memory.From(start);
            ReadOnlyMatrixView output = OutputOf(node, ref place), nodeInput = DenseBlock(input);
            if (i > 0)
            {
                ScratchSpan previous = _memory.From(start.Before(nodes[i - 1].Memory(_pass.Rows, isTraining: true)));
                nodeInput = OutputOf(nodes[i - 1], ref previous);
            }

            MatrixView gradient = i == 0 ? inputGradient : nodes[i - 1].Number < first ? default : Alternating(nodes[i - 1]);
            var context = new LayerContext(_pass, node, _firstParameter, ref place);
            if (i == Chain.SparseReader)
                ((ISparseLayer)node.Layer).Backward(context, new BatchView(nodeInput, input.Sparse), output, Alternating(node), gradient);
            else
                node.Layer.Backward(context, nodeInput, output, Alternating(node), gradient);
            observer?.OnLayerFinished(_firstParameter + node.FirstParameter, node.ParameterCount);
        }
    }

    /// <summary>Returns the dense block. A block without columns has as many rows as the sparse ones.</summary>
    private static ReadOnlyMatrixView DenseBlock(BatchView input) => input.Dense.Columns == 0 ? new([], input.Rows, 0) : input.Dense;

    private void ThrowIfUnfit(BatchView input)
    {
        if (input.Rows != _pass.Rows || input.Columns != Chain.InputShape.ElementCount)
            throw new ArgumentException(
                $"{Chain.Nodes[0].Name}: expected input [{_pass.Rows}, {Chain.InputShape.ElementCount}], got [{input.Rows}, {input.Columns}]",
                nameof(input));
        if (input.Sparse.Columns != Chain.SparseColumns)
            throw new ArgumentException($"the buffers were created for batches with {Chain.SparseColumns} sparse columns, got {input.Sparse.Columns}", nameof(input));
    }

    /// <summary>Returns a layer's output buffer: a separate one in training, otherwise one of the two alternating buffers.</summary>
    private MatrixView OutputOf(ChainNode node, scoped ref ScratchSpan free)
    {
        if (!_pass.IsTraining)
            return Alternating(node);
        return new(free.Take(new(node.OutputLength(_pass.Rows))).Floats, _pass.Rows, node.OutputShape.ElementCount);
    }

    private MatrixView Alternating(ChainNode node) => new(
        _memory.Floats.Slice(node.Place % 2 * _widest, node.OutputLength(_pass.Rows)), _pass.Rows, node.OutputShape.ElementCount);
}

/// <summary>Is notified when the gradients of a layer are complete, while the backward pass continues.</summary>
internal interface ILayerObserver
{
    /// <param name="firstParameter">The index of the layer's first parameter.</param>
    /// <param name="parameterCount">The number of its parameters.</param>
    void OnLayerFinished(int firstParameter, int parameterCount);
}

/// <summary>The buffers for running a <see cref="Chain"/>, allocated once for a maximum number of rows. They serve one pass at a time.</summary>
public sealed class ChainMemory
{
    private readonly Chain _chain;
    private readonly Engine _engine;
    private readonly ParameterStore _parameters;
    private readonly bool _isTraining;
    private readonly AlignedBuffer _floats;
    private readonly byte[] _bytes;
    private readonly float[] _workers;
    private readonly int _workerFloats;

    /// <summary>Allocates the buffers.</summary>
    /// <param name="chain">The chain to run.</param>
    /// <param name="engine">The compute engine.</param>
    /// <param name="parameters">The chain's parameters.</param>
    /// <param name="maxRows">The maximum number of samples in a pass; not negative.</param>
    /// <param name="isTraining">Whether passes belong to training steps. Prediction needs less memory and has no backward pass.</param>
    /// <param name="sparseColumns">The number of sparse columns of the batches, which are the last ones. Default: 0; not negative.</param>
    /// <exception cref="ArgumentException">The parameters do not belong to the chain.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of samples or of sparse columns is out of range.</exception>
    public ChainMemory(Chain chain, Engine engine, ParameterStore parameters, int maxRows, bool isTraining, int sparseColumns = 0)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegative(maxRows);
        if (parameters.Count != chain.Parameters.Count)
            throw new ArgumentException($"expected the chain's {chain.Parameters.Count} parameters, got {parameters.Count}", nameof(parameters));
        _chain = chain = chain.ForSparse(sparseColumns);
        _engine = engine;
        _parameters = parameters;
        _isTraining = isTraining;
        MaxRows = maxRows;
        ScratchSize size = SizeOf(chain, maxRows, isTraining);
        _floats = new AlignedBuffer(size.Floats);
        _bytes = new byte[size.Bytes];
        _workerFloats = Compute.AlignedMemory.RoundUp(size.WorkerFloats);
        _workers = new float[checked(_workerFloats * engine.ThreadCount)];
    }

    /// <summary>The maximum number of samples in a pass.</summary>
    public int MaxRows { get; }

    /// <summary>The number of sparse columns of the batches.</summary>
    public int SparseColumns => _chain.SparseColumns;

    /// <summary>Creates a pass over a batch.</summary>
    /// <param name="rows">The number of samples, 0 to <see cref="MaxRows"/>.</param>
    /// <param name="accumulate">Whether to add to the existing gradients of the parameters. Default: false.</param>
    /// <param name="random">The random source of the step, from which each layer derives its own.</param>
    /// <param name="sampleOffset">The number of samples of the same step in earlier passes. Default: 0.</param>
    /// <param name="batchShare">The fraction of the step's samples that this pass has. Default: 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rows"/> is negative or larger than <see cref="MaxRows"/>.</exception>
    public ChainRun Run(int rows, bool accumulate = false, RandomSource random = default, int sampleOffset = 0, float batchShare = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MaxRows);
        var pass = new PassContext
        {
            Engine = _engine,
            Parameters = _parameters,
            Rows = rows,
            IsTraining = _isTraining,
            Accumulate = accumulate,
            SampleOffset = sampleOffset,
            BatchShare = batchShare,
            Random = random,
        };
        return new ChainRun(_chain, pass, 0, new ScratchSpan(_floats.Span, _bytes, _workers, _workerFloats));
    }

    private static ScratchSize SizeOf(Chain chain, int maxRows, bool isTraining)
    {
        try
        {
            return chain.Scratch(maxRows, isTraining);
        }
        catch (OverflowException exception)
        {
            throw new ArgumentOutOfRangeException($"the buffers for {maxRows} samples exceed the maximum array length", exception);
        }
    }

    /// <summary>Fills the buffers with NaN, so that a read before a write is detected.</summary>
    internal void Poison()
    {
        _floats.Span.Fill(float.NaN);
        _workers.AsSpan().Fill(float.NaN);
        _bytes.AsSpan().Fill(byte.MaxValue);
    }
}
