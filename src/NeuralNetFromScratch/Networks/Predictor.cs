using NeuralNetFromScratch.Compute;

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
    private readonly ChainMemory _memory;

    internal Predictor(Sequential network, int maxBatch)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBatch);
        _network = network;
        _memory = new ChainMemory(network.Chain, new Engine(), network.Parameters, Math.Min(maxBatch, BlockRows), isTraining: false);
    }

    /// <summary>Predicts some samples.</summary>
    /// <param name="inputs">The samples, one after another: [batch, in].</param>
    /// <param name="outputs">Receives the probabilities, or what <see cref="Sequential.OutputTransform"/> says: [batch, out].</param>
    /// <exception cref="ArgumentException">The inputs are not whole samples, or the outputs' length does not fit.</exception>
    public void Predict(ReadOnlySpan<float> inputs, Span<float> outputs)
    {
        int inputLength = _network.InputShape.ElementCount, outputLength = _network.OutputShape.ElementCount;
        int samples = inputs.Length / inputLength;
        if (inputs.Length % inputLength != 0)
            throw new ArgumentException($"expected samples of {inputLength} values, got {inputs.Length} values", nameof(inputs));
        if (outputs.Length != (long)samples * outputLength)
            throw new ArgumentException(
                $"expected room for {samples} × {outputLength} outputs, got {outputs.Length}", nameof(outputs));
        for (int start = 0; start < samples; start += _memory.MaxRows)
        {
            int rows = Math.Min(_memory.MaxRows, samples - start);
            Span<float> block = outputs.Slice(start * outputLength, rows * outputLength);
            _memory.Run(rows).Forward(new(inputs.Slice(start * inputLength, rows * inputLength), rows, inputLength)).Span.CopyTo(block);
            switch (_network.OutputTransform)
            {
                case OutputTransform.Softmax: Softmax.Rows(block, outputLength); break;
                case OutputTransform.LogSoftmax: Softmax.LogRows(block, outputLength); break;
                case OutputTransform.Sigmoid: Activation.Sigmoid.Apply(block, block); break;
            }
        }
    }
}
