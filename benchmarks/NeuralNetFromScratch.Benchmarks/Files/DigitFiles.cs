using System.Buffers.Binary;

namespace NeuralNetFromScratch.Benchmarks.Files;

/// <summary>Pairs of IDX files with pictures of digits, as many as are asked for: those of a data set again and again, each time in other places.</summary>
internal static class DigitFiles
{
    private const int FileBytes = 1 << 30, BlockRows = 4096;

    public static IReadOnlyList<(string Images, string Labels)> Write(string folder, Dataset digits, double gigabytes)
    {
        int length = digits.SampleShape.ElementCount, filled = FileBytes / length;
        byte[] pixels = Pixels(digits);
        long rows = Math.Max(1, (long)(gigabytes * 1e9 / length));
        List<(string, string)> files = [];
        for (long written = 0; written < rows; written += filled)
        {
            var source = new RandomSource((ulong)files.Count);
            int count = (int)Math.Min(filled, rows - written);
            (string images, string labels) = (Path.Combine(folder, $"images-{files.Count}"), Path.Combine(folder, $"labels-{files.Count}"));
            WriteImages(images, pixels, length, count, row => source.Below((ulong)row, digits.Count), digits.SampleShape);
            IdxFile.Write(labels, [count], [.. Enumerable.Range(0, count).Select(row => (byte)digits.GetLabel(source.Below((ulong)row, digits.Count)))]);
            files.Add((images, labels));
        }

        return files;
    }

    private static void WriteImages(string path, byte[] pixels, int length, int count, Func<int, int> digit, Shape shape)
    {
        using var file = new FileStream(path, FileMode.Create);
        Span<byte> header = stackalloc byte[4 + 4 * (1 + shape.Rank)];
        (header[2], header[3]) = (8, (byte)(1 + shape.Rank));
        BinaryPrimitives.WriteInt32BigEndian(header[4..], count);
        for (int i = 0; i < shape.Rank; i++)
            BinaryPrimitives.WriteInt32BigEndian(header[(8 + 4 * i)..], shape[i]);
        file.Write(header);
        var block = new byte[BlockRows * length];
        for (int start = 0; start < count; start += BlockRows)
        {
            int rows = Math.Min(BlockRows, count - start);
            for (int row = 0; row < rows; row++)
                pixels.AsSpan(digit(start + row) * length, length).CopyTo(block.AsSpan(row * length));
            file.Write(block, 0, rows * length);
        }

        file.Flush(flushToDisk: true);
    }

    private static byte[] Pixels(Dataset digits)
    {
        int length = digits.SampleShape.ElementCount;
        var pixels = new byte[digits.Count * length];
        var features = new float[length];
        for (int sample = 0; sample < digits.Count; sample++)
        {
            digits.CopyFeatures(sample, features);
            for (int i = 0; i < length; i++)
                pixels[sample * length + i] = (byte)(features[i] * byte.MaxValue + 0.5f);
        }

        return pixels;
    }
}
