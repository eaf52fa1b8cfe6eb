using System.Buffers.Binary;
using System.IO.Compression;
using SkiaSharp;

namespace NeuralNetFromScratch.Tests.Images;

/// <summary>Pictures for the tests.</summary>
internal static class PictureDrawing
{
    /// <summary>A seven, 140 pixels wide and 190 high, in the middle of a picture unless it is moved and scaled.</summary>
    public static SKBitmap Seven(
        int width = 300, int height = 300, float stroke = 24, SKColor? ink = null, SKColor? ground = null, float scale = 1, float right = 0, float down = 0)
    {
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(ground ?? SKColors.White);
        canvas.Translate(width / 2f + right, height / 2f + down);
        canvas.Scale(scale);
        using var paint = new SKPaint { Color = ink ?? SKColors.Black, Style = SKPaintStyle.Stroke, StrokeWidth = stroke, IsAntialias = true, StrokeCap = SKStrokeCap.Round, StrokeJoin = SKStrokeJoin.Round };
        canvas.DrawLine(-70, -95, 70, -95, paint);
        canvas.DrawLine(70, -95, -20, 95, paint);
        return bitmap;
    }

    public static byte[] Encoded(this SKBitmap bitmap, SKEncodedImageFormat format = SKEncodedImageFormat.Png, int quality = 95)
    {
        using SKData data = bitmap.Encode(format, quality);
        return data.ToArray();
    }

    /// <summary>A picture as a file holds it so that an orientation of EXIF, 1 to 8, puts it right.</summary>
    public static byte[] Oriented(SKBitmap upright, SKEncodedImageFormat format, int orientation)
    {
        bool isLying = orientation > 4;
        using var stored = new SKBitmap(isLying ? upright.Height : upright.Width, isLying ? upright.Width : upright.Height);
        for (int y = 0; y < upright.Height; y++)
        {
            for (int x = 0; x < upright.Width; x++)
            {
                (int right, int below) = (upright.Width - 1 - x, upright.Height - 1 - y);
                (int column, int row) = orientation switch
                {
                    1 => (x, y), 2 => (right, y), 3 => (right, below), 4 => (x, below),
                    5 => (y, x), 6 => (y, right), 7 => (below, right), _ => (below, x),
                };
                stored.SetPixel(column, row, upright.GetPixel(x, y));
            }
        }

        byte[] file = stored.Encoded(format);
        byte[] tiff = [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0];
        return format switch
        {
            SKEncodedImageFormat.Jpeg => [.. file[..2], 0xFF, 0xE1, 0, (byte)(tiff.Length + 8), .. "Exif\0\0"u8, .. tiff, .. file[2..]],
            SKEncodedImageFormat.Png => [.. file[..33], .. Chunk("eXIf"u8, tiff), .. file[33..]],
            _ => WebP(file, tiff, stored.Width, stored.Height),
        };
    }

    /// <summary>A blank PNG of one bit a pixel, however large.</summary>
    public static byte[] BlankPng(int width, int height)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            byte[] row = new byte[1 + (width + 7) / 8];
            for (int y = 0; y < height; y++)
                deflate.Write(row);
        }

        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 1;
        return [0x89, .. "PNG\r\n"u8, 0x1A, 10, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, compressed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] typed = [.. type, .. data], chunk = [0, 0, 0, 0, .. typed, 0, 0, 0, 0];
        uint crc = uint.MaxValue;
        foreach (byte value in typed)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB88320;
        }

        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), ~crc);
        return chunk;
    }

    private static byte[] WebP(byte[] file, byte[] tiff, int width, int height)
    {
        byte[] extended = [.. "VP8X"u8, 10, 0, 0, 0, 8, 0, 0, 0, (byte)(width - 1), (byte)(width - 1 >> 8), 0, (byte)(height - 1), (byte)(height - 1 >> 8), 0];
        byte[] content = [.. "WEBP"u8, .. extended, .. file[12..], .. "EXIF"u8, (byte)tiff.Length, 0, 0, 0, .. tiff], riff = [.. "RIFF"u8, 0, 0, 0, 0, .. content];
        BinaryPrimitives.WriteInt32LittleEndian(riff.AsSpan(4), content.Length);
        return riff;
    }
}
