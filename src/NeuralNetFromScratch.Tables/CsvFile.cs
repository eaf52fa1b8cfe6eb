using System.Text;

namespace NeuralNetFromScratch.Tables;

/// <summary>
/// Reads tables from files with comma-, semicolon- or tab-separated values (RFC 4180). Quoted cells can contain separators, line breaks and doubled quotation
/// marks. White space around unquoted cells is removed. Empty lines and Excel's line <c>sep=</c> are skipped. A file is read twice; the first pass infers the types
/// of the columns.
/// </summary>
public static class CsvFile
{
    private const int Utf8CodePage = 65001;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file. It is decompressed, in each pass, if its name ends in .gz or it begins as a gzip file does.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="InvalidDataException">
    /// The file is malformed, or longer than <see cref="CsvOptions.MaxDecompressedBytes"/> when it is decompressed. The message names the file, the line and the column.
    /// </exception>
    /// <exception cref="ArgumentException">The options name a column that the file does not have.</exception>
    public static TabularData Read(string path, CsvOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new();
        options.Validate();
        using Stream file = Open();
        return file is CompressedFile ? Read(Open, path, options) : Read(file, path, options);

        Stream Open() => CompressedFile.Open(path, MessageText.Escape(path), options.MaxDecompressedBytes, $"{nameof(CsvOptions)}.{nameof(CsvOptions.MaxDecompressedBytes)}");
    }

    /// <summary>
    /// Opens files with the same columns as one table. The rows stay in the files. One pass finds the positions of the rows, which take 12 bytes of memory for each
    /// row. The types of the columns are inferred from at most 10,000 rows that are distributed over all files.
    /// </summary>
    /// <param name="paths">The files, at least one. They must not be compressed, and must not change while they are open.</param>
    /// <param name="options">The options; null for the defaults. The encoding must be UTF-8 or a single-byte encoding.</param>
    /// <returns>The table, which keeps the files open until it is disposed of.</returns>
    /// <exception cref="InvalidDataException">
    /// A file is malformed or compressed, or its columns differ from those of the first file. The message names the file.
    /// </exception>
    /// <exception cref="ArgumentException">There is no file, the options name a column that the files do not have, or the encoding is not supported.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static CsvTable Open(IReadOnlyList<string> paths, CsvOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (paths.Count == 0)
            throw new ArgumentException("there must be at least one file", nameof(paths));
        options ??= new();
        options.Validate();
        if (options.Encoding is { IsSingleByte: false, CodePage: not Utf8CodePage } unfit)
            throw new ArgumentException($"the ends of lines cannot be found in {unfit.WebName}; convert the files to UTF-8", nameof(options));
        return CsvTable.Open(paths, options);
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
        return Read(
            () =>
            {
                seekable.Position = start;
                return seekable;
            },
            name,
            options);
    }

    private static TabularData Read(Func<Stream> open, string name, CsvOptions? options)
    {
        Encoding encoding = EncodingOf(options);
        try
        {
            return Read(() => OpenText(open(), encoding), name, options);
        }
        catch (DecoderFallbackException exception)
        {
            throw CsvText.WrongEncoding($"{MessageText.Escape(name)}, line {CsvText.FirstInvalidLine(open(), MessageText.Escape(name))}", encoding, exception);
        }
    }

    internal static Encoding EncodingOf(CsvOptions? options) => options?.Encoding ?? new UTF8Encoding(false, throwOnInvalidBytes: true);

    /// <summary>Reads a stream as text. A compressed file, which is opened anew for each pass, is closed with the reader.</summary>
    internal static StreamReader OpenText(Stream stream, Encoding encoding, bool detectsEncoding = true) =>
        new(stream, encoding, detectsEncoding, leaveOpen: stream is not CompressedFile);

    private static TabularData Read(Func<TextReader> open, string name, CsvOptions? options)
    {
        options ??= new();
        options.Validate();
        var layout = CsvLayout.Of(open, name, options);
        return new CsvReading(open, name, options, layout).Run();
    }
}
