namespace NeuralNetFromScratch;

/// <summary>The scratch memory of a layer. <see cref="Layer.Backward"/> finds what <see cref="Layer.Forward"/> leaves there.</summary>
/// <param name="Floats">Number of floats, see <see cref="LayerContext.Scratch"/>.</param>
/// <param name="Bytes">Number of bytes, see <see cref="LayerContext.ScratchBytes"/>: indices, masks.</param>
/// <param name="WorkerFloats">Number of floats for each worker of the engine, see <see cref="LayerContext.WorkerScratch"/>. They are not kept.</param>
public readonly record struct ScratchSize(int Floats = 0, int Bytes = 0, int WorkerFloats = 0)
{
    /// <summary>The place of a part that follows this one, and room for both: sizes are rounded up to whole cache lines.</summary>
    internal ScratchSize Then(ScratchSize next) => new(
        checked(Compute.AlignedMemory.RoundUp(Floats) + Compute.AlignedMemory.RoundUp(next.Floats)),
        checked(Compute.AlignedMemory.RoundUp(Bytes) + Compute.AlignedMemory.RoundUp(next.Bytes)),
        Math.Max(WorkerFloats, next.WorkerFloats));

    /// <summary>The place of a part that has another after it.</summary>
    internal ScratchSize Before(ScratchSize next) =>
        new(Floats - Compute.AlignedMemory.RoundUp(next.Floats), Bytes - Compute.AlignedMemory.RoundUp(next.Bytes), WorkerFloats);
}

/// <summary>Scratch memory that is handed out piece by piece, each on a cache line.</summary>
internal ref struct ScratchSpan(Span<float> floats, Span<byte> bytes, Span<float> workers, int workerFloats)
{
    private Span<float> _floats = floats;
    private Span<byte> _bytes = bytes;
    private readonly Span<float> _workers = workers;

    public readonly Span<float> Floats => _floats;

    public readonly Span<byte> Bytes => _bytes;

    /// <summary>The memory of one worker, which layers share.</summary>
    public readonly Span<float> Worker(int worker, int length) => _workers.Slice(worker * workerFloats, length);

    /// <summary>What lies behind a place.</summary>
    public readonly ScratchSpan From(ScratchSize place) => new(_floats[place.Floats..], _bytes[place.Bytes..], _workers, workerFloats);

    /// <summary>The next piece.</summary>
    public ScratchSpan Take(ScratchSize size)
    {
        var piece = new ScratchSpan(_floats[..size.Floats], _bytes[..size.Bytes], _workers, workerFloats);
        _floats = _floats[Compute.AlignedMemory.RoundUp(size.Floats)..];
        _bytes = _bytes[Compute.AlignedMemory.RoundUp(size.Bytes)..];
        return piece;
    }
}
