using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace NeuralNetFromScratch;

/// <summary>
/// Texts that tell whether data are the same as before, for <see cref="Dataset.GetFingerprint"/>: of values in memory by their contents, of files by name,
/// size and time, so that no large file is read.
/// </summary>
public static class DatasetFingerprint
{
    /// <summary>Returns the fingerprint of values in memory: SHA-256 of their bytes.</summary>
    /// <typeparam name="T">The type of a value: a number, or a struct of numbers without padding.</typeparam>
    /// <param name="values">The values.</param>
    public static string OfValues<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        // A span of bytes is at most 2 GiB long.
        const int PartLength = 1 << 20;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int start = 0; start < values.Length; start += PartLength)
            hash.AppendData(MemoryMarshal.AsBytes(values.Slice(start, Math.Min(PartLength, values.Length - start))));
        return Text(hash);
    }

    /// <summary>
    /// Returns the fingerprint of files: SHA-256 of their names without folders, sizes and times of the last change, in the order in which they are given.
    /// The contents are not read.
    /// </summary>
    /// <param name="paths">The files.</param>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    public static string OfFiles(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Combine([.. paths.Select(OfFile)]);

        static string OfFile(string path)
        {
            var file = new FileInfo(path);
            return string.Create(CultureInfo.InvariantCulture, $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}");
        }
    }

    /// <summary>Returns one fingerprint of several texts: fingerprints, or settings that change what the samples are.</summary>
    /// <param name="parts">The texts.</param>
    public static string Combine(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string part in parts)
        {
            ArgumentNullException.ThrowIfNull(part, nameof(parts));
            // With its length, so that no two lists look the same.
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{part.Length}:{part}")));
        }

        return Text(hash);
    }

    private static string Text(IncrementalHash hash) => "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
}
