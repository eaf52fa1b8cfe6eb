using System.IO.Compression;
using System.Text;

namespace NeuralNetFromScratch.Tables;

/// <summary>
/// Reads tables of comma-, semicolon- or tab-separated values (RFC 4180). Cells may be quoted, and then have separators, ends of lines and doubled quotation marks in
/// them; white space around cells that are not is left out, and so are empty lines and Excel's line <c>sep=</c>. A file is read twice: to find the types of the
/// columns, and to fill them.
/// </summary>
public static class CsvFile
{
    private const string Compressed = ".gz";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; one whose name ends in .gz is unpacked.</param>
    /// <param name="options">How it is read; null for the defaults.</param>
    /// <exception cref="InvalidDataException">The file is no table; the message names file, line and column.</exception>
    /// <exception cref="ArgumentException">An option contradicts the file's columns.</exception>
    public static TabularData Read(string path, CsvOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream file = File.OpenRead(path);
        if (!path.EndsWith(Compressed, StringComparison.OrdinalIgnoreCase))
            return Read(file, path, options);
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        return Read(unpacked, path, options);
    }

    /// <summary>Reads a stream.</summary>
    /// <param name="stream">The stream, which is read from its position to its end, and stays open. If it cannot seek, its bytes are kept in memory meanwhile.</param>
    /// <param name="options">How it is read; null for the defaults.</param>
    /// <exception cref="InvalidDataException">The stream holds no table; the message names line and column.</exception>
    /// <exception cref="ArgumentException">The stream cannot be read, or an option contradicts its columns.</exception>
    public static TabularData Read(Stream stream, CsvOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Read(stream, stream is FileStream file ? file.Name : "stream", options);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The lines.</param>
    /// <param name="options">How they are read; null for the defaults. The encoding does not matter.</param>
    /// <exception cref="InvalidDataException">The text is no table; the message names line and column.</exception>
    /// <exception cref="ArgumentException">An option contradicts the columns.</exception>
    public static TabularData Parse(string text, CsvOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Read(() => new StringReader(text), "text", options);
    }

    private static TabularData Read(Stream stream, string name, CsvOptions? options)
    {
        if (!stream.CanRead)
            throw new ArgumentException("the stream cannot be read; open it for reading", nameof(stream));
        Stream seekable = stream;
        if (!stream.CanSeek)
        {
            seekable = new MemoryStream();
            stream.CopyTo(seekable);
            seekable.Position = 0;
        }

        long start = seekable.Position;
        Encoding encoding = options?.Encoding ?? new UTF8Encoding(false, throwOnInvalidBytes: true);
        try
        {
            return Read(() => Open(seekable, start, encoding), name, options);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException(
                $"{name}, line {CsvText.FirstInvalidLine(seekable, start)}: the bytes are not {encoding.WebName}; name the encoding, as {nameof(CsvOptions)}.{nameof(CsvOptions.Encoding)} = Encoding.Latin1", exception);
        }
    }

    private static StreamReader Open(Stream stream, long start, Encoding encoding)
    {
        stream.Position = start;
        return new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: true, leaveOpen: true);
    }

    private static TabularData Read(Func<TextReader> open, string name, CsvOptions? options)
    {
        options ??= new();
        options.Validate();
        var layout = CsvLayout.Of(open, name, options);
        return new CsvReading(open, name, options, layout).Run();
    }
}
