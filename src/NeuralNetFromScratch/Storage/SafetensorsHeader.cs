using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace NeuralNetFromScratch;

/// <summary>
/// The header of a safetensors file. It is checked completely before anything else is read. The format is eight bytes with the length of the
/// header, little-endian; the header as JSON; the tensors' bytes (github.com/huggingface/safetensors).
/// </summary>
internal static class SafetensorsHeader
{
    public const int MaximumLength = 100_000_000, LengthBytes = 8;
    public const string MetadataKey = "__metadata__";

    /// <summary>Reads the header and positions the stream at the first tensor's first byte.</summary>
    /// <exception cref="InvalidDataException">The file is not in this format or violates one of its rules.</exception>
    public static (IReadOnlyList<SafetensorInfo> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(Stream stream, long fileLength)
    {
        byte[] header = ReadBytes(stream, fileLength);
        return Parse(header, fileLength - LengthBytes - header.Length);
    }

    /// <summary>Returns the number of bytes after the header, according to the header.</summary>
    /// <param name="stream">The known beginning of the file, including its header.</param>
    /// <param name="knownLength">The number of known bytes.</param>
    /// <exception cref="InvalidDataException">The file is not in this format, or its header violates one of its rules.</exception>
    public static long DataLength(Stream stream, long knownLength) =>
        Parse(ReadBytes(stream, knownLength), dataLength: null).Tensors is [.., var last] ? last.Offset + last.ByteLength : 0;

    private static byte[] ReadBytes(Stream stream, long fileLength)
    {
        long start = stream.Position;
        if (fileLength < LengthBytes)
            throw new InvalidDataException($"the file has {fileLength} bytes, too few for the length of a header");
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        stream.ReadExactly(lengthBytes);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > MaximumLength)
            throw Foreign(stream, start) ?? new InvalidDataException($"the header length is {length} bytes, more than the maximum of {MaximumLength}");
        if ((long)length > fileLength - LengthBytes)
            throw Foreign(stream, start) ?? new InvalidDataException($"the header length is {length} bytes, but the file ends after {fileLength - LengthBytes}");
        byte[] header = new byte[length];
        stream.ReadExactly(header);
        if (header.AsSpan().IndexOfAnyExcept(" \t\r\n"u8) is var first && (first < 0 || header[first] != '{'))
            throw Foreign(stream, start) ?? new InvalidDataException("the header does not begin with {");
        return header;
    }

    /// <summary>Returns an exception that names the file's actual format; null if it is not known.</summary>
    private static InvalidDataException? Foreign(Stream stream, long start)
    {
        stream.Position = start;
        Span<byte> bytes = stackalloc byte[ForeignFile.StartLength];
        int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return ForeignFile.Describe(bytes[..count]) is { } what ? new InvalidDataException($"the file is not a safetensors file, but {what}") : null;
    }

    private static (IReadOnlyList<SafetensorInfo> Tensors, IReadOnlyDictionary<string, string> Metadata) Parse(byte[] header, long? dataLength)
    {
        try
        {
            // The JSON reader does not check the encoding of strings that it skips.
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(header);
            var tensors = new List<SafetensorInfo>();
            var metadata = new Dictionary<string, string>();
            var names = new HashSet<string>();
            var reader = new Utf8JsonReader(header);
            Expect(ref reader, JsonTokenType.StartObject, "the header");
            while (NextName(ref reader, out string name))
            {
                if (!names.Add(name))
                    throw new InvalidDataException($"the header names {MessageText.Quote(name)} twice");
                if (name == MetadataKey)
                    ReadMetadata(ref reader, metadata);
                else
                    tensors.Add(ReadTensor(ref reader, name));
            }

            if (reader.Read())
                throw new InvalidDataException("bytes follow the header's last brace");
            return (InOrder(tensors, dataLength), metadata);
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            throw MessageText.Malformed("the header is not valid JSON", exception);
        }
    }

    /// <summary>Checks that the tensors are contiguous, from the first byte to the last.</summary>
    private static List<SafetensorInfo> InOrder(List<SafetensorInfo> tensors, long? dataLength)
    {
        List<SafetensorInfo> ordered = [.. tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.ByteLength)];
        long end = 0;
        foreach (SafetensorInfo tensor in ordered)
        {
            if (tensor.Offset != end)
                throw new InvalidDataException($"tensor {MessageText.Quote(tensor.Name)} begins at byte {tensor.Offset}, but the one before it ends at {end}");
            end = checked(tensor.Offset + tensor.ByteLength);
        }

        return dataLength is null || end == dataLength
            ? ordered
            : throw new InvalidDataException($"the tensors end at byte {end}, but the file has {dataLength} bytes after the header");
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        if (!reader.Read() || reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.Null))
            throw new InvalidDataException($"{MetadataKey}: expected {JsonTokenType.StartObject}, got {reader.TokenType}");
        if (reader.TokenType == JsonTokenType.Null)
            return;
        while (NextName(ref reader, out string key))
        {
            Expect(ref reader, JsonTokenType.String, $"{MetadataKey} {MessageText.Quote(key)}");
            if (!metadata.TryAdd(key, reader.GetString()!))
                throw new InvalidDataException($"{MetadataKey} names {MessageText.Quote(key)} twice");
        }
    }

    private static SafetensorInfo ReadTensor(ref Utf8JsonReader reader, string name)
    {
        string? typeName = null;
        List<long>? dimensions = null, offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, $"tensor {MessageText.Quote(name)}");
        while (NextName(ref reader, out string field))
        {
            string where = $"{MessageText.Of(field)} of tensor {MessageText.Quote(name)}";
            bool isRepeated = false;
            switch (field)
            {
                case "dtype":
                    isRepeated = typeName is not null;
                    Expect(ref reader, JsonTokenType.String, where);
                    typeName = reader.GetString();
                    break;
                case "shape":
                    isRepeated = dimensions is not null;
                    dimensions = ReadNumbers(ref reader, where);
                    break;
                case "data_offsets":
                    isRepeated = offsets is not null;
                    offsets = ReadNumbers(ref reader, where);
                    break;
                default:
                    // A later version of the format may have additional fields.
                    reader.Skip();
                    break;
            }

            if (isRepeated)
                throw new InvalidDataException($"tensor {MessageText.Quote(name)} has {field} twice");
        }

        if (typeName is null || dimensions is null || offsets is null)
            throw new InvalidDataException($"tensor {MessageText.Quote(name)} has no {(typeName is null ? "dtype" : dimensions is null ? "shape" : "data_offsets")}");
        if (!SafetensorTypes.TryParse(typeName, out SafetensorType type))
            throw new InvalidDataException($"tensor {MessageText.Quote(name)} has the unknown dtype {MessageText.Quote(typeName)}");
        if (offsets.Count != 2 || offsets[1] < offsets[0])
            throw new InvalidDataException($"tensor {MessageText.Quote(name)} has data_offsets [{MessageText.List(offsets)}]; expected a begin and an end");

        long length = ByteLength(name, type, dimensions);
        if (offsets[1] - offsets[0] != length)
            throw new InvalidDataException(
                $"tensor {MessageText.Quote(name)} of shape [{MessageText.List(dimensions)}] and dtype {MessageText.Of(typeName)} needs {length} bytes, but has {offsets[1] - offsets[0]}");
        return new SafetensorInfo(name, type, dimensions, offsets[0], length);
    }

    private static long ByteLength(string name, SafetensorType type, List<long> dimensions)
    {
        try
        {
            // In the order of the shape, as the reference implementation multiplies: a zero at the end does not hide an overflow before it.
            ulong elements = 1;
            foreach (long dimension in dimensions)
                elements = checked(elements * (ulong)dimension);
            ulong bits = checked(elements * (ulong)type.Bits());
            if (bits % 8 != 0)
                throw new InvalidDataException($"tensor {MessageText.Quote(name)} has {bits} bits, which are not whole bytes");
            return checked((long)(bits / 8));
        }
        catch (OverflowException exception)
        {
            throw new InvalidDataException($"tensor {MessageText.Quote(name)} of shape [{MessageText.List(dimensions)}] is too large", exception);
        }
    }

    private static List<long> ReadNumbers(ref Utf8JsonReader reader, string where)
    {
        var numbers = new List<long>();
        Expect(ref reader, JsonTokenType.StartArray, where);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // Digits only: no sign, no fraction, no exponent.
            if (reader.TokenType != JsonTokenType.Number || reader.ValueSpan.ContainsAnyExceptInRange((byte)'0', (byte)'9') || !reader.TryGetInt64(out long number))
                throw new InvalidDataException($"the {where} must be a list of non-negative integers");
            numbers.Add(number);
        }

        return numbers;
    }

    private static bool NextName(ref Utf8JsonReader reader, out string name)
    {
        name = "";
        if (!reader.Read())
            throw new InvalidDataException("the header is incomplete");
        if (reader.TokenType == JsonTokenType.EndObject)
            return false;
        name = reader.GetString()!;
        return true;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string where)
    {
        if (!reader.Read() || reader.TokenType != type)
            throw new InvalidDataException($"{where}: expected {type}, got {reader.TokenType}");
    }
}
