using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace NeuralNetFromScratch;

/// <summary>
/// Reads and writes sparse samples in the text format of SVM-light and LIBSVM (T. Joachims; C.-C. Chang and C.-J. Lin). Each line contains one sample: its label,
/// optionally its query, and its nonzero columns.
/// <code>
/// # comment
/// -1 qid:3 1:0.43 3:0.12 9284:0.2
/// </code>
/// </summary>
public static class SvmLightFile
{
    private const int WriteRows = 256;

    /// <summary>Reads a file, compressed with gzip or not.</summary>
    /// <param name="path">The file. It is decompressed if its name ends in .gz or it begins as a gzip file does.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="InvalidDataException">
    /// The file is malformed, or longer than <see cref="SvmLightOptions.MaxDecompressedBytes"/> when it is decompressed. The message names the line and the reason.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SvmLightData Read(string path, SvmLightOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new();
        string name = MessageText.Escape(Path.GetFileName(path));
        using Stream stream = CompressedFile.Open(path, name, options.MaxDecompressedBytes, $"{nameof(SvmLightOptions)}.{nameof(SvmLightOptions.MaxDecompressedBytes)}");
        return Read(stream, name, options);
    }

    /// <summary>Reads an uncompressed stream to its end.</summary>
    /// <param name="stream">The stream. It need not be seekable.</param>
    /// <param name="sourceName">The name of the stream in messages.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="InvalidDataException">The text is malformed. The message names the line and the reason.</exception>
    public static SvmLightData Read(Stream stream, string sourceName, SvmLightOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(sourceName);
        return new SvmLightReader(stream, sourceName, options ?? new()).Read(int.MaxValue)!;
    }

    /// <summary>Reads a file block by block. Only one block is in memory, so that <see cref="SvmLightOptions.MaxDecompressedBytes"/> is ignored.</summary>
    /// <param name="path">The file. It is decompressed if its name ends in .gz or it begins as a gzip file does.</param>
    /// <param name="rows">The number of samples of a block; the last block can have fewer.</param>
    /// <param name="options">The options. <see cref="SvmLightOptions.ColumnCount"/> and <see cref="SvmLightOptions.IsZeroBased"/> are required, since they cannot be inferred from a block.</param>
    /// <exception cref="ArgumentException">One of the required options is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rows"/> is not positive.</exception>
    /// <exception cref="InvalidDataException">The file is malformed. The message names the line and the reason.</exception>
    public static IEnumerable<SvmLightData> ReadBlocks(string path, int rows, SvmLightOptions options)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfEqual(rows, int.MaxValue);
        ArgumentNullException.ThrowIfNull(options);
        if (options.ColumnCount is null || options.IsZeroBased is null)
            throw new ArgumentException($"set {nameof(SvmLightOptions.ColumnCount)} and {nameof(SvmLightOptions.IsZeroBased)}; they cannot be inferred from a block", nameof(options));
        return Blocks();

        IEnumerable<SvmLightData> Blocks()
        {
            string name = MessageText.Escape(Path.GetFileName(path));
            using Stream stream = CompressedFile.Open(path, name);
            var reader = new SvmLightReader(stream, name, options);
            while (reader.Read(rows) is { } block)
                yield return block;
        }
    }

    /// <summary>
    /// Opens files as one data set with class labels. The samples stay in the files and are read when they are needed. One pass finds the position, the label and
    /// the number of values of each sample, which take 16 bytes of memory for each sample.
    /// </summary>
    /// <param name="paths">The uncompressed files, at least one.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="classes">The label of each class; the distinct labels in ascending order if null. Pass the classes of the training files for test files.</param>
    /// <returns>The data set, which keeps the files open until it is disposed of.</returns>
    /// <exception cref="InvalidDataException">
    /// A file is compressed, or a line is malformed. The message names the file and the line. Only the first and the last value of a line are checked here; the
    /// others are checked when they are read.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="ArgumentException">There are no files or samples, the options are for sets of labels, or a label is unknown.</exception>
    public static FileDataset OpenClasses(IReadOnlyList<string> paths, SvmLightOptions? options = null, IReadOnlyList<double>? classes = null) =>
        OpenDataset(paths, options, index => classes ?? [.. index.Labels.Distinct().Order()]);

    /// <summary>Opens files as one data set for regression. The label of each sample is its target. Otherwise like <see cref="OpenClasses"/>.</summary>
    /// <param name="paths">The uncompressed files, at least one.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <returns>The data set, which keeps the files open until it is disposed of.</returns>
    /// <exception cref="InvalidDataException">A file is compressed, or a line is malformed. The message names file and line.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="ArgumentException">There are no files or samples, or the options are for sets of labels.</exception>
    public static FileDataset OpenTargets(IReadOnlyList<string> paths, SvmLightOptions? options = null) => OpenDataset(paths, options, _ => null);

    /// <summary>Writes the nonzero features of a data set with class labels, with one target for each sample, or with sets of labels.</summary>
    /// <param name="path">The file. It is compressed if its name ends in ".gz". It is written atomically.</param>
    /// <param name="dataset">The samples.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentException">The data set has neither labels nor targets, or has several targets and
    /// <see cref="SvmLightOptions.IsMultiLabel"/> is not set, or the options do not match it.</exception>
    public static void Write(string path, Dataset dataset, SvmLightOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        AtomicFile.Write(path, file =>
        {
            if (!path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            {
                Write(file, dataset, options);
                return;
            }

            using var compressed = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
            Write(compressed, dataset, options);
        });
    }

    /// <inheritdoc cref="Write(string, Dataset, SvmLightOptions?)"/>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="dataset">The samples.</param>
    /// <param name="options">The options; null for the defaults.</param>
    public static void Write(Stream stream, Dataset dataset, SvmLightOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(dataset);
        options ??= new();
        ThrowIfUnfit(dataset, options);
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16, leaveOpen: true) { NewLine = "\n" };
        foreach (string line in options.Comment?.ReplaceLineEndings("\n").Split('\n') ?? [])
            writer.WriteLine($"# {line}");
        var buffer = new BatchBuffer();
        var engine = new Engine(1);
        int[] indices = [.. Enumerable.Range(0, Math.Min(WriteRows, dataset.Count))];
        for (int start = 0; start < dataset.Count; start += WriteRows)
        {
            Span<int> block = indices.AsSpan(0, Math.Min(WriteRows, dataset.Count - start));
            for (int i = 0; i < block.Length; i++)
                block[i] = start + i;
            BatchView rows = buffer.LoadFeatures(engine, dataset, block);
            for (int row = 0; row < rows.Rows; row++)
                WriteSample(writer, dataset, start + row, rows.SliceRows(row, 1), options);
        }
    }

    private static void WriteSample(StreamWriter writer, Dataset dataset, int index, BatchView row, SvmLightOptions options)
    {
        writer.Write(Label(dataset, index, options));
        if (options.QueryIds.Count > 0)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $" qid:{options.QueryIds[index]}"));
        int first = options.IsZeroBased == true ? 0 : 1, dense = row.Dense.Columns;
        for (int column = 0; column < dense; column++)
            WriteElement(column, row.Dense.Row(0)[column]);
        for (int i = 0; i < row.Sparse.StoredCount; i++)
            WriteElement(dense + row.Sparse.GetColumns(0)[i], row.Sparse.GetValues(0)[i]);
        writer.WriteLine();

        void WriteElement(int column, float value)
        {
            if (value == 0)
                return;
            if (!float.IsFinite(value))
                throw new ArgumentException($"sample {index}: feature {column} is {value.ToString(CultureInfo.InvariantCulture)}, but the format requires finite values", nameof(dataset));
            writer.Write(string.Create(CultureInfo.InvariantCulture, $" {first + (long)column}:{value}"));
        }
    }

    private static string Label(Dataset dataset, int index, SvmLightOptions options)
    {
        if (dataset.TargetLength == 0)
        {
            int label = dataset.GetLabel(index);
            return options.Classes.Count > 0 ? options.Classes[label].ToString(CultureInfo.InvariantCulture) : label.ToString(CultureInfo.InvariantCulture);
        }

        var target = new float[dataset.TargetLength];
        dataset.CopyTarget(index, target);
        return options.IsMultiLabel
            ? string.Join(',', Enumerable.Range(0, target.Length).Where(label => target[label] != 0).Select(label => label.ToString(CultureInfo.InvariantCulture)))
            : target[0].ToString(CultureInfo.InvariantCulture);
    }

    private static void ThrowIfUnfit(Dataset dataset, SvmLightOptions options)
    {
        if (dataset is { TargetLength: 0, ClassCount: 0 })
            throw new ArgumentException("the samples have neither class labels nor targets", nameof(dataset));
        if (dataset.TargetLength > 1 && !options.IsMultiLabel)
            throw new ArgumentException($"a sample has {dataset.TargetLength} targets, which are written as sets of labels; set {nameof(SvmLightOptions.IsMultiLabel)}", nameof(options));
        if (options.Classes.Count > 0 && options.Classes.Count < dataset.ClassCount)
            throw new ArgumentException($"expected the labels of {dataset.ClassCount} classes, got {options.Classes.Count}", nameof(options));
        if (options.QueryIds.Count > 0 && options.QueryIds.Count != dataset.Count)
            throw new ArgumentException($"expected the queries of {dataset.Count} samples, got {options.QueryIds.Count}", nameof(options));
    }

    private static SvmLightDataset OpenDataset(IReadOnlyList<string> paths, SvmLightOptions? options, Func<SvmLightIndex, IReadOnlyList<double>?> classes)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (paths.Count == 0)
            throw new ArgumentException("there must be at least one file", nameof(paths));
        options ??= new();
        if (options.IsMultiLabel)
            throw new ArgumentException($"sets of labels cannot stay on the disk; use {nameof(ReadBlocks)}, or one label a sample", nameof(options));
        var index = new SvmLightIndex(options);
        try
        {
            foreach (string path in paths)
                index.Add(path);
            return index.Parts.Count > 0 ? new SvmLightDataset(index, classes(index)) : throw new ArgumentException("the files have no samples", nameof(paths));
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }
}
