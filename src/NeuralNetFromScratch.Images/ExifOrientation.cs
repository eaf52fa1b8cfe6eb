using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace NeuralNetFromScratch.Images;

/// <summary>The orientation of EXIF (CIPA DC-008, tag 0x0112): 1 for an image as stored, 2 to 8 for a mirrored or rotated one.</summary>
internal static class ExifOrientation
{
    private const int Tag = 0x0112, ShortType = 3, EntryLength = 12, ChunkFrame = 12, SignatureLength = 8;

    /// <summary>Returns the orientation in the eXIf chunk of a PNG file; 1 if there is no valid one.</summary>
    public static int OfPng(ReadOnlySpan<byte> file)
    {
        for (ReadOnlySpan<byte> rest = file[SignatureLength..]; rest.Length >= ChunkFrame;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - ChunkFrame)
                break;
            if (rest.Slice(4, 4).SequenceEqual("eXIf"u8))
                return OfTiff(rest.Slice(8, (int)length));
            rest = rest[(ChunkFrame + (int)length)..];
        }

        return 1;
    }

    /// <summary>Rotates and mirrors an image by its orientation.</summary>
    /// <param name="pixels">The stored pixels: [height, width, 4]. The same array is returned for orientation 1.</param>
    /// <param name="width">The stored width.</param>
    /// <param name="height">The stored height.</param>
    /// <param name="orientation">The orientation, 1 to 8. From 5 on, width and height are exchanged.</param>
    public static byte[] Apply(byte[] pixels, int width, int height, int orientation)
    {
        if (orientation is <= 1 or > 8)
            return pixels;
        var turned = new byte[pixels.Length];
        Span<uint> source = MemoryMarshal.Cast<byte, uint>(pixels.AsSpan());
        Span<uint> destination = MemoryMarshal.Cast<byte, uint>(turned.AsSpan());
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int place = orientation switch
                {
                    2 => y * width + (width - 1 - x),
                    3 => (height - 1 - y) * width + (width - 1 - x),
                    4 => (height - 1 - y) * width + x,
                    5 => x * height + y,
                    6 => x * height + (height - 1 - y),
                    7 => (width - 1 - x) * height + (height - 1 - y),
                    _ => (width - 1 - x) * height + y,
                };
                destination[place] = source[y * width + x];
            }
        }

        return turned;
    }

    private static int OfTiff(ReadOnlySpan<byte> tiff)
    {
        bool isBigEndian = tiff.StartsWith("MM\0*"u8);
        if (tiff.Length < 8 || !(isBigEndian || tiff.StartsWith("II*\0"u8)))
            return 1;
        uint directory = Read32(tiff[4..], isBigEndian);
        if (directory > tiff.Length - 2)
            return 1;
        ReadOnlySpan<byte> entries = tiff[(int)directory..];
        int count = Read16(entries, isBigEndian);
        entries = entries[2..];
        for (int i = 0; i < count && entries.Length >= EntryLength; i++, entries = entries[EntryLength..])
        {
            if (Read16(entries, isBigEndian) == Tag && Read16(entries[2..], isBigEndian) == ShortType)
                return Read16(entries[8..], isBigEndian) is >= 1 and <= 8 and var orientation ? orientation : 1;
        }

        return 1;
    }

    private static int Read16(ReadOnlySpan<byte> bytes, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint Read32(ReadOnlySpan<byte> bytes, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
