using System.Text;

namespace NeuralNetFromScratch;

/// <summary>Reads the lines of a UTF-8 text with a buffer that grows to the length of the longest line.</summary>
/// <param name="stream">The text; it is read once.</param>
/// <param name="source">The name of the text in messages.</param>
internal sealed class LineReader(Stream stream, string source)
{
    private const int MostLineBytes = 1 << 28;

    private byte[] _buffer = new byte[1 << 16];
    private int _start, _end;
    private bool _isAtEnd;
    private long _bufferPlace;

    /// <summary>The name of the text in messages.</summary>
    public string Source => source;

    /// <summary>The offset of the last line that was read, in bytes from the beginning of the text.</summary>
    public long Place { get; private set; }

    /// <summary>The number of the last line that was read, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Reads a line.</summary>
    /// <param name="line">Receives the line without its line break. It is valid until the next call.</param>
    /// <returns>False at the end of the text.</returns>
    /// <exception cref="InvalidDataException">The line is longer than 256 MB, or the compressed data around the text are damaged.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int searched = 0;
        while (true)
        {
            int end = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (end < 0 && !_isAtEnd)
            {
                searched = _end - _start;
                Fill();
                continue;
            }

            int length = end < 0 ? _end - _start : searched + end;
            line = _buffer.AsSpan(_start, length);
            bool found = end >= 0 || length > 0;
            Place = _bufferPlace + _start;
            _start += end < 0 ? length : length + 1;
            if (Number == 0 && line.StartsWith(Encoding.UTF8.Preamble))
                line = line[Encoding.UTF8.Preamble.Length..];
            if (line.EndsWith("\r"u8))
                line = line[..^1];
            Number += found ? 1 : 0;
            return found;
        }
    }

    /// <summary>Creates an exception that names the text and the last line.</summary>
    public InvalidDataException Malformed(string message) => new(FormattableString.Invariant($"{source}, line {Number}: {message}"));

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _bufferPlace += _start;
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= MostLineBytes)
                throw new InvalidDataException(FormattableString.Invariant($"{source}, line {Number + 1}: longer than {MostLineBytes} bytes"));
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        try
        {
            int read = stream.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            _isAtEnd = read == 0;
        }
        catch (InvalidDataException exception) when (stream is not CompressedFile)
        {
            throw new InvalidDataException(FormattableString.Invariant($"{source}: the compressed data are damaged after line {Number}: {exception.Message}"), exception);
        }
    }
}
