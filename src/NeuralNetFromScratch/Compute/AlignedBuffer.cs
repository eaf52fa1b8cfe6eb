using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>Floats on a cache-line boundary that the garbage collector does not move; they start as zeros.</summary>
internal sealed class AlignedBuffer
{
    private readonly float[] _values;
    private readonly int _start;

    public AlignedBuffer(int length)
    {
        _values = AlignedMemory.Allocate(length);
        _start = AlignedMemory.AlignedStart(_values);
        Length = length;
    }

    public int Length { get; }

    public Span<float> Span => _values.AsSpan(_start, Length);
}
