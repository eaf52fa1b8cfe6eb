namespace NeuralNetFromScratch;

/// <summary>A block of samples on its way through a step: what the network reads, and what the loss compares with.</summary>
internal sealed class BlockBuffers(int maxRows, int inputLength, int outputLength, int threads)
{
    private readonly Lazy<AlignedBuffer> _inputs = new(() => new(checked(maxRows * inputLength)));
    private readonly Lazy<AlignedBuffer> _targets = new(() => new(checked(maxRows * outputLength)));
    private readonly float[][] _workerMemory = [.. Enumerable.Repeat(Array.Empty<float>(), threads)];

    public int MaxRows => maxRows;

    public int InputLength => inputLength;

    public int OutputLength => outputLength;

    /// <summary>[rows, in]; made when it is first needed.</summary>
    public Span<float> Inputs => _inputs.Value.Span;

    /// <summary>[rows]: used where the targets are class labels.</summary>
    public int[] Labels { get; } = new int[maxRows];

    /// <summary>[rows]: used where samples have weights.</summary>
    public float[] Weights { get; } = new float[maxRows];

    /// <summary>[rows, out]: used where the targets are dense.</summary>
    public Span<float> Targets => _targets.Value.Span;

    /// <summary>Memory that one worker has for itself.</summary>
    public Span<float> WorkerMemory(int worker, int length)
    {
        if (_workerMemory[worker].Length < length)
            _workerMemory[worker] = new float[length];
        return _workerMemory[worker].AsSpan(0, length);
    }
}
