using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace NeuralNetFromScratch;

/// <summary>
/// Computes texts that identify data for <see cref="Dataset.GetFingerprint"/>: values in memory by their contents, files by name, size and time,
/// so that no large file is read.
/// </summary>
public static class DatasetFingerprint
{
    /// <summary>Computes the fingerprint of values in memory: the SHA-256 of their bytes.</summary>
    /// <typeparam name="T">The type of a value: a number or a struct of numbers without padding.</typeparam>
    /// <param name="values">The values.</param>
    /// <returns>The fingerprint.</returns>
    public static string OfValues<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        // A span of bytes has at most 2 GiB.
        const int PartLength = 1 << 20;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int start = 0; start < values.Length; start += PartLength)
            hash.AppendData(MemoryMarshal.AsBytes(values.Slice(start, Math.Min(PartLength, values.Length - start))));
        return Text(hash);
    }

    /// <summary>
    /// Computes the fingerprint of files: the SHA-256 of their names without folders, sizes and times of the last change, in the given order. The
    /// contents are not read.
    /// </summary>
    /// <param name="paths">The paths of the files.</param>
    /// <returns>The fingerprint.</returns>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    public static string OfFiles(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Combine([.. paths.Select(OfFile)]);

        static string OfFile(string path)
        {
            var file = new FileInfo(path);
            return DatasetFingerprint.OfFile(file.Name, file.Length, file.LastWriteTimeUtc);
        }
    }

    /// <summary>Returns what identifies one file.</summary>
    internal static string OfFile(string name, long length, DateTime time) => string.Create(CultureInfo.InvariantCulture, $"{name} {length} {time.Ticks}");

    /// <summary>Combines several texts into one fingerprint: fingerprints, or settings that affect the samples.</summary>
    /// <param name="parts">The texts.</param>
    /// <returns>The fingerprint.</returns>
    public static string Combine(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string part in parts)
        {
            ArgumentNullException.ThrowIfNull(part, nameof(parts));
            // The length is included so that no two lists give the same bytes.
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{part.Length}:{part}")));
        }

        return Text(hash);
    }

    private static string Text(IncrementalHash hash) => "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
}
