using System.Buffers.Binary;

namespace NeuralNetFromScratch;

/// <summary>
/// Copies a safetensors file from a stream that cannot seek into memory. The header determines the length of the file. Nothing is allocated for
/// bytes that the stream does not deliver, and a stream that continues after the file throws without being read to its end.
/// </summary>
internal static class SafetensorsBuffer
{
    private const int ChunkBytes = 1 << 16;

    /// <summary>
    /// Returns the file, positioned at its first byte. A file that ends too early, or has an invalid header length, is returned as far as it was
    /// read.
    /// </summary>
    /// <exception cref="InvalidDataException">The header violates the format, or bytes follow the last tensor.</exception>
    /// <exception cref="NotSupportedException">The file exceeds the maximum array length.</exception>
    public static MemoryStream Of(Stream stream)
    {
        var file = new MemoryStream();
        if (Append(stream, file, SafetensorsHeader.LengthBytes))
            AppendRest(stream, file);
        file.Position = 0;
        return file;
    }

    private static void AppendRest(Stream stream, MemoryStream file)
    {
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(file.GetBuffer());
        if (headerLength > SafetensorsHeader.MaximumLength)
        {
            // The first bytes identify other file formats.
            Append(stream, file, ForeignFile.StartLength);
            return;
        }

        if (!Append(stream, file, (long)headerLength))
            return;
        file.Position = 0;
        long dataLength = SafetensorsHeader.DataLength(file, file.Length);
        if (dataLength > Array.MaxLength - file.Length)
            throw new NotSupportedException(FormattableString.Invariant(
                $"the stream cannot seek, and its file of {file.Length + dataLength} bytes exceeds the maximum array length ({Array.MaxLength} bytes); copy it to a file and read the file"));
        if (Append(stream, file, dataLength) && stream.ReadByte() >= 0)
            throw new InvalidDataException($"the tensors end at byte {dataLength} after the header, but the stream continues");
    }

    /// <summary>Appends bytes of a stream; returns false if the stream ends before.</summary>
    private static bool Append(Stream stream, MemoryStream file, long count)
    {
        file.Position = file.Length;
        byte[] chunk = new byte[Math.Min(ChunkBytes, count)];
        while (count > 0)
        {
            int read = stream.Read(chunk, 0, (int)Math.Min(chunk.Length, count));
            if (read == 0)
                return false;
            file.Write(chunk, 0, read);
            count -= read;
        }

        return true;
    }
}
