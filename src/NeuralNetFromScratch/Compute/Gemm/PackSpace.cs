namespace NeuralNetFromScratch.Compute;

/// <summary>Where one worker keeps its packed blocks of A and B. It grows to the largest product it has seen.</summary>
internal sealed unsafe class PackSpace
{
    private float[] _values = [];

    /// <summary>Room for so many floats, aligned to a cache line; what was there is lost.</summary>
    public float* Reserve(int length)
    {
        if (_values.Length < length + AlignedMemory.Alignment)
            _values = AlignedMemory.Allocate(length);
        return AlignedMemory.Align(_values);
    }
}
