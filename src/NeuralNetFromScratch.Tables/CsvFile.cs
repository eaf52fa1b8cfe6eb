using System.IO.Compression;
using System.Text;

namespace NeuralNetFromScratch.Tables;

/// <summary>
/// Reads tables from files with comma-, semicolon- or tab-separated values (RFC 4180). Quoted cells can contain separators, line breaks and doubled quotation
/// marks. White space around unquoted cells is removed. Empty lines and Excel's line <c>sep=</c> are skipped. A file is read twice, first to infer the types of the
/// columns.
/// </summary>
public static class CsvFile
{
    private const string Compressed = ".gz";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file. A file whose name ends in .gz is decompressed.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="InvalidDataException">The file is malformed. The message names the file, the line and the column.</exception>
    /// <exception cref="ArgumentException">The options name a column that the file does not have.</exception>
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
    /// <param name="stream">The stream. It is read from its position to its end and stays open. A stream that is not seekable is copied to memory.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="InvalidDataException">The content is malformed. The message names the line and the column.</exception>
    /// <exception cref="ArgumentException">The stream is not readable, or the options name a column that it does not have.</exception>
    public static TabularData Read(Stream stream, CsvOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Read(stream, stream is FileStream file ? file.Name : "stream", options);
    }

    /// <summary>Reads a string.</summary>
    /// <param name="text">The content of a CSV file.</param>
    /// <param name="options">The options, without the encoding; null for the defaults.</param>
    /// <exception cref="InvalidDataException">The text is malformed. The message names the line and the column.</exception>
    /// <exception cref="ArgumentException">The options name a column that the text does not have.</exception>
    public static TabularData Parse(string text, CsvOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Read(() => new StringReader(text), "text", options);
    }

    private static TabularData Read(Stream stream, string name, CsvOptions? options)
    {
        if (!stream.CanRead)
            throw new ArgumentException("the stream is not readable; open it for reading", nameof(stream));
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
                $"{MessageText.Escape(name)}, line {CsvText.FirstInvalidLine(seekable, start)}: the bytes are not {encoding.WebName}; set {nameof(CsvOptions)}.{nameof(CsvOptions.Encoding)}, for example to Encoding.Latin1", exception);
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
