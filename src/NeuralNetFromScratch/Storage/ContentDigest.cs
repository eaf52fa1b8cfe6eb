using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace NeuralNetFromScratch;

/// <summary>
/// The SHA-256 of the contents of a file: texts by key, and tensors by name with their types, shapes and bytes. It is stored in the metadata,
/// which other readers of safetensors ignore, and compared when the file is read, so that a damaged file is not loaded.
/// </summary>
internal static class ContentDigest
{
    public const string Key = "content_sha256";

    /// <summary>Adds the digest to the metadata of a file that is going to be written.</summary>
    public static void Add(IReadOnlyList<SafetensorEntry> tensors, IDictionary<string, string> metadata)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendTexts(hash, metadata);
        foreach (SafetensorEntry tensor in tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            AppendHeader(hash, tensor.Name, tensor.Type, [.. tensor.Shape.Select(size => (long)size)]);
            hash.AppendData(tensor.Bytes.Span);
        }

        metadata[Key] = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Compares a file's contents with its digest, if it has one.</summary>
    /// <exception cref="InvalidDataException">The contents do not match the digest.</exception>
    public static void Check(SafetensorsReader file)
    {
        if (!file.Metadata.TryGetValue(Key, out string? expected))
            return;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendTexts(hash, file.Metadata);
        foreach (SafetensorInfo tensor in file.Tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            AppendHeader(hash, tensor.Name, tensor.Type, tensor.Dimensions);
            file.AppendTo(hash, tensor);
        }

        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != expected)
            throw new InvalidDataException(
                $"the contents do not match the digest ({Key}): the file is damaged, or a program changed it without updating the digest; use another copy, or remove the digest from the metadata if the change was intended");
    }

    private static void AppendTexts(IncrementalHash hash, IEnumerable<KeyValuePair<string, string>> texts)
    {
        foreach ((string key, string text) in texts.Where(entry => entry.Key != Key).OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            Append(hash, key);
            Append(hash, text);
        }
    }

    private static void AppendHeader(IncrementalHash hash, string name, SafetensorType type, IReadOnlyList<long> dimensions)
    {
        Append(hash, name);
        Append(hash, type.Name());
        Append(hash, dimensions.Count);
        foreach (long size in dimensions)
            Append(hash, size);
    }

    private static void Append(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Append(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Append(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
