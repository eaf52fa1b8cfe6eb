using System.Buffers.Binary;
using SkiaSharp;

namespace NeuralNetFromScratch.Published.Pictures;

/// <summary>What SkiaSharp does not write: GIF, BMP, and the orientation of EXIF.</summary>
internal static class Formats
{
    private const int IhdrEnd = 33;

    /// <summary>A GIF of two colours, its codes 8 bits wide throughout.</summary>
    public static byte[] Gif(Canvas canvas)
    {
        const byte Clear = 128, End = 129;
        var codes = new List<byte>();
        byte[] pixels = canvas.Bytes();
        for (int i = 0; i < pixels.Length / 4; i++)
        {
            if (i % 100 == 0)
                codes.Add(Clear);
            codes.Add((byte)(pixels[4 * i] < 128 ? 0 : 1));
        }

        codes.Add(End);
        var file = new List<byte>([.. "GIF89a"u8, .. Little16(canvas.Width), .. Little16(canvas.Height), 0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
        file.AddRange([0x2C, 0, 0, 0, 0, .. Little16(canvas.Width), .. Little16(canvas.Height), 0, 7]);
        foreach (byte[] block in codes.Chunk(255))
            file.AddRange([(byte)block.Length, .. block]);
        return [.. file, 0, 0x3B];
    }

    /// <summary>A BMP of 24 bits a pixel, from the bottom up.</summary>
    public static byte[] Bmp(Canvas canvas)
    {
        const int Header = 54;
        int stride = (canvas.Width * 3 + 3) / 4 * 4;
        byte[] pixels = canvas.Bytes(), file = new byte[Header + stride * canvas.Height];
        "BM"u8.CopyTo(file);
        foreach ((int place, int value) in ((int, int)[])[(2, file.Length), (10, Header), (14, 40), (18, canvas.Width), (22, canvas.Height), (26, 1 | 24 << 16)])
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(place), value);
        for (int y = 0; y < canvas.Height; y++)
        {
            for (int x = 0; x < canvas.Width * 3; x++)
                file[Header + (canvas.Height - 1 - y) * stride + x] = pixels[(y * canvas.Width + x / 3) * 4 + 2 - x % 3];
        }

        return file;
    }

    /// <summary>A picture stored lying or upside down, with the orientation that puts it right.</summary>
    public static byte[] Turned(Canvas canvas, SKEncodedImageFormat format, Subject subject)
    {
        (int quarters, byte orientation) = ((int, byte)[])[(2, 3), (3, 6), (1, 8)] is var ways ? ways[subject.Random.Below(50, 3)] : default;
        byte[] file = canvas.Turned(quarters).Encode(format);
        byte[] tiff = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
        return format switch
        {
            SKEncodedImageFormat.Jpeg => [.. file[..2], 0xFF, 0xE1, 0, (byte)(tiff.Length + 8), .. "Exif\0\0"u8, .. tiff, .. file[2..]],
            SKEncodedImageFormat.Png => [.. file[..IhdrEnd], .. PngChunk([.. "eXIf"u8, .. tiff]), .. file[IhdrEnd..]],
            _ => Riff(file, tiff, canvas, quarters % 2 == 1),
        };
    }

    private static byte[] PngChunk(byte[] typeAndData)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in typeAndData)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB88320;
        }

        byte[] chunk = [0, 0, 0, 0, .. typeAndData, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, typeAndData.Length - 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), ~crc);
        return chunk;
    }

    /// <summary>WebP's extended form: a header, the picture's chunk as it is, and EXIF.</summary>
    private static byte[] Riff(byte[] file, byte[] tiff, Canvas canvas, bool isLying)
    {
        (int width, int height) = isLying ? (canvas.Height - 1, canvas.Width - 1) : (canvas.Width - 1, canvas.Height - 1);
        byte[] header = [.. "VP8X"u8, 10, 0, 0, 0, 8, 0, 0, 0, .. Little16(width), 0, .. Little16(height), 0];
        byte[] content = [.. "WEBP"u8, .. header, .. file[12..], .. "EXIF"u8, .. Little16(tiff.Length), 0, 0, .. tiff];
        byte[] riff = [.. "RIFF"u8, 0, 0, 0, 0, .. content];
        BinaryPrimitives.WriteInt32LittleEndian(riff.AsSpan(4), content.Length);
        return riff;
    }

    private static byte[] Little16(int value) => [(byte)value, (byte)(value >> 8)];
}
