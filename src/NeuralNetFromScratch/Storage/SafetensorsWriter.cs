using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace NeuralNetFromScratch;

/// <summary>Writes safetensors files.</summary>
public static class SafetensorsWriter
{
    /// <summary>The alignment of the header's length. The header is padded with spaces, so that tensors begin aligned.</summary>
    private const int HeaderAlignment = 8;

    /// <summary>Writes a file atomically: to a temporary file in the same folder, which is flushed to disk and renamed.</summary>
    /// <param name="path">The path of the file. An existing file is replaced.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="metadata">The texts of the metadata by key; null, the default, for none.</param>
    /// <exception cref="ArgumentException">
    /// A name occurs twice, a text cannot be encoded as UTF-8, or the number of a tensor's bytes differs from that of its shape.
    /// </exception>
    public static void Write(string path, IReadOnlyList<SafetensorEntry> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        AtomicFile.Write(path, stream => Write(stream, tensors, metadata));

    /// <summary>Writes a file to a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="metadata">The texts of the metadata by key; null, the default, for none.</param>
    /// <exception cref="ArgumentException">
    /// A name occurs twice, a text cannot be encoded as UTF-8, or the number of a tensor's bytes differs from that of its shape.
    /// </exception>
    public static void Write(Stream stream, IReadOnlyList<SafetensorEntry> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Check(tensors, metadata);
        // As in the reference implementation, the widest elements come first, so that each tensor begins aligned; then the order is by name.
        SafetensorEntry[] ordered = [.. tensors.OrderByDescending(tensor => tensor.Type.Bits()).ThenBy(tensor => tensor.Name, StringComparer.Ordinal)];
        byte[] header = Header(ordered, metadata);
        Span<byte> length = stackalloc byte[SafetensorsHeader.LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (SafetensorEntry tensor in ordered)
            stream.Write(tensor.Bytes.Span);
    }

    private static byte[] Header(SafetensorEntry[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach ((string key, string value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }

            long offset = 0;
            foreach (SafetensorEntry tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type.Name());
                json.WriteStartArray("shape");
                foreach (int size in tensor.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Bytes.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (buffer.Length % HeaderAlignment != 0)
            buffer.WriteByte((byte)' ');
        return buffer.Length <= SafetensorsHeader.MaximumLength
            ? buffer.ToArray()
            : throw new ArgumentException($"the header has {buffer.Length} bytes, more than the maximum of {SafetensorsHeader.MaximumLength}");
    }

    private static void Check(IReadOnlyList<SafetensorEntry> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.Contains(null!))
            throw new ArgumentException("a tensor is null", nameof(tensors));
        foreach (string text in tensors.Select(tensor => tensor.Name).Concat(metadata?.Keys ?? []).Concat(metadata?.Values ?? []))
            ThrowIfMalformed(text);
        var names = new HashSet<string> { SafetensorsHeader.MetadataKey };
        foreach (SafetensorEntry tensor in tensors)
        {
            if (!names.Add(tensor.Name))
                throw new ArgumentException($"two tensors have the name \"{tensor.Name}\"", nameof(tensors));
            if ((long)tensor.Shape.ElementCount * tensor.Type.Bits() != tensor.Bytes.Length * 8L)
                throw new ArgumentException(
                    $"tensor \"{tensor.Name}\" of shape {tensor.Shape} and type {tensor.Type.Name()} does not have {tensor.Bytes.Length} bytes", nameof(tensors));
        }
    }

    /// <summary>Checks a text, because an unpaired surrogate would be written as another character, so that two names could become equal.</summary>
    internal static void ThrowIfMalformed(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(text);
        }
        catch (EncoderFallbackException exception)
        {
            throw new ArgumentException($"the text {MessageText.Quote(text)} cannot be encoded as UTF-8: {exception.Message}", exception);
        }
    }
}
