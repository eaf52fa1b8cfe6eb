using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Opens pairs of IDX files as one data set. Checks headers and sizes, and reads the labels.</summary>
internal static class IdxOpening
{
    private const int LongestHeader = 64;

    public static FileDataset Open(IReadOnlyList<(string Images, string Labels)> files, int classCount, float scale, int? ignoreLabel)
    {
        var parts = new FileParts();
        try
        {
            int[] shape = [];
            string firstName = "";
            List<byte[]> labels = [];
            foreach ((string imagesPath, string labelsPath) in files)
            {
                DataFile file = parts.Open(imagesPath);
                int[] dimensions = Dimensions(file);
                parts.Add(file, dimensions[0]);
                if (labels.Count == 0)
                    (shape, firstName) = (dimensions[1..], file.Name);
                if (!shape.AsSpan().SequenceEqual(dimensions.AsSpan(1)))
                    throw new InvalidDataException($"{firstName} has samples [{string.Join(", ", shape)}], but {file.Name} [{string.Join(", ", dimensions[1..])}]");
                labels.Add(Labels(labelsPath, file.Name, dimensions[0], classCount, ignoreLabel));
            }

            var all = new byte[parts.Count];
            int filled = 0;
            foreach (byte[] some in labels)
            {
                some.CopyTo(all, filled);
                filled += some.Length;
            }

            return new IdxDataset(parts, Shape.Create(shape), all, DatasetFingerprint.OfFiles(files.Select(pair => pair.Labels)), classCount, scale, ignoreLabel);
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    /// <summary>Reads the number of samples and their shape from the header, and checks that the size of the file matches them.</summary>
    private static int[] Dimensions(DataFile file)
    {
        var header = new byte[LongestHeader];
        using var start = new MemoryStream(header, 0, file.ReadUpTo(header, 0));
        int[] dimensions = IdxFile.ReadDimensions(start, file.Name);
        string shape = $"[{string.Join(", ", dimensions)}]";
        long length = 1;
        foreach (int dimension in dimensions.AsSpan(1))
        {
            length *= dimension;
            if (length is 0 or > int.MaxValue)
                throw new InvalidDataException($"{file.Name}: shape {shape} has samples of {(length == 0 ? "no bytes" : "more bytes than an array can hold")}");
        }

        if (dimensions.Length < 2)
            throw new InvalidDataException($"{file.Name}: expected samples [count, …], got {shape}");
        Int128 expected = IdxFile.HeaderLength(dimensions.Length) + (Int128)dimensions[0] * length;
        return file.Length == expected
            ? dimensions
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: a file of shape {shape} has {expected} bytes, got {file.Length}"));
    }

    private static byte[] Labels(string path, string samplesName, int count, int classCount, int? ignoreLabel)
    {
        string name = MessageText.Escape(Path.GetFileName(path));
        IdxData labels = IdxFile.Read(path);
        if (labels.Shape.Rank != 1)
            throw new InvalidDataException($"{name}: expected labels [count], got {labels.Shape}");
        if (labels.Values.Length != count)
            throw new InvalidDataException($"{samplesName} has {count} samples, but {name} {labels.Values.Length} labels");
        for (int i = 0; i < count; i++)
        {
            if (labels.Values[i] >= classCount && labels.Values[i] != ignoreLabel)
                throw new InvalidDataException(FormattableString.Invariant($"{name}: the label of sample {i} must be 0 to {classCount - 1}, got {labels.Values[i]}"));
        }

        return labels.Values;
    }
}
