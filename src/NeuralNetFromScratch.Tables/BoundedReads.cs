namespace NeuralNetFromScratch.Tables;

/// <summary>
/// A wrapper of a stream that throws at the end of the data, where another stream would return no bytes. Therefore a reader that repeats reads until it has all
/// requested bytes does not loop forever. The wrapper has the position of the underlying stream, and does not close it.
/// </summary>
internal sealed class BoundedReads(Stream source) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => source.Length;

    public override long Position
    {
        get => source.Position;
        set => source.Position = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Checked(source.Read(buffer, offset, count), count);

    public override int Read(Span<byte> buffer) => Checked(source.Read(buffer), buffer.Length);

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Checked(await source.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).ConfigureAwait(false), count);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Checked(await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false), buffer.Length);

    public override long Seek(long offset, SeekOrigin origin) => source.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Checked(int read, int wanted) =>
        read > 0 || wanted == 0 ? read : throw new EndOfStreamException($"the file ends at byte {source.Position}, where more is expected");
}
