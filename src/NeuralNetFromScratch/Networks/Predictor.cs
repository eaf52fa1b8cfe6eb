namespace NeuralNetFromScratch;

/// <summary>
/// Predicts with a network on the calling thread, in buffers of its own: one for each thread. It allocates nothing, and sees the
/// network's parameters as they are at the time.
/// </summary>
public sealed class Predictor
{
    /// <summary>Samples that are taken together when there are many: enough for the matrix product, few enough for the cache.</summary>
    internal const int BlockRows = 256;

    private readonly Sequential _network;
    private readonly Engine _engine = new();
    private ChainMemory _memory;

    internal Predictor(Sequential network, int maxBatch, int sparseColumns = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBatch);
        _network = network;
        _memory = new ChainMemory(network.Chain, _engine, network.Parameters, Math.Min(maxBatch, BlockRows), isTraining: false, sparseColumns);
    }

    /// <summary>Predicts some samples.</summary>
    /// <param name="inputs">The samples, one after another: [batch, in].</param>
    /// <param name="outputs">Receives the probabilities, or what <see cref="Sequential.OutputActivation"/> says: [batch, out].</param>
    /// <exception cref="ArgumentException">The inputs are not whole samples, or the outputs' length does not fit.</exception>
    /// <exception cref="InvalidOperationException">The network does not know what its outputs mean.</exception>
    public void Predict(ReadOnlySpan<float> inputs, Span<float> outputs)
    {
        int inputLength = _network.InputShape.ElementCount, outputLength = _network.OutputShape.ElementCount;
        int samples = inputs.Length / inputLength;
        if (inputs.Length % inputLength != 0)
            throw new ArgumentException($"expected samples of {inputLength} values, got {inputs.Length} values", nameof(inputs));
        Predict(new ReadOnlyMatrixView(inputs, samples, inputLength), outputs);
    }

    /// <summary>Predicts some samples, whose last features may be sparse.</summary>
    /// <param name="inputs">The samples: [batch, in]; a dense block is contiguous.</param>
    /// <param name="outputs">Receives the probabilities, or what <see cref="Sequential.OutputActivation"/> says: [batch, out].</param>
    /// <exception cref="ArgumentException">The samples have another number of features than the network's, or the outputs' length does not fit.</exception>
    /// <exception cref="InvalidOperationException">The network does not know what its outputs mean.</exception>
    public void Predict(BatchView inputs, Span<float> outputs)
    {
        int outputLength = _network.OutputShape.ElementCount;
        OutputActivation activation = _network.KnownOutputActivation;
        if (inputs.Columns != _network.InputShape.ElementCount)
            throw new ArgumentException($"{_network.Nodes[0].Name}: expected input [batch, {_network.InputShape.ElementCount}], got [{inputs.Rows}, {inputs.Columns}]", nameof(inputs));
        if (outputs.Length != (long)inputs.Rows * outputLength)
            throw new ArgumentException(
                $"expected room for {inputs.Rows} × {outputLength} outputs, got {outputs.Length}", nameof(outputs));
        if (_memory.SparseColumns != inputs.Sparse.Columns)
            _memory = new ChainMemory(_network.Chain, _engine, _network.Parameters, _memory.MaxRows, isTraining: false, inputs.Sparse.Columns);
        for (int start = 0; start < inputs.Rows; start += _memory.MaxRows)
        {
            int rows = Math.Min(_memory.MaxRows, inputs.Rows - start);
            Span<float> block = outputs.Slice(start * outputLength, rows * outputLength);
            _memory.Run(rows).Forward(inputs.SliceRows(start, rows)).Span.CopyTo(block);
            activation.Apply(block, outputLength);
        }
    }
}
