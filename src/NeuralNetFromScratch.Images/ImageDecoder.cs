using System.Runtime.InteropServices;
using SkiaSharp;

namespace NeuralNetFromScratch.Images;

/// <summary>
/// Decoding, the one thing that is left to SkiaSharp. Only the five formats whose signature is known here reach it, and only after width and height
/// were compared with the limit.
/// </summary>
internal static class ImageDecoder
{
    private const int BytesPerPixel = 4, SmallestReduction = 8;

    /// <summary>The largest file that is read; an uncompressed picture of the default limit is smaller.</summary>
    private const long MaxFileBytes = 1L << 30;

    public static byte[] ReadFile(string path)
    {
        using FileStream file = File.OpenRead(path);
        // A pipe or a device has no length to check.
        if (file.CanSeek && file.Length > MaxFileBytes)
            throw new InvalidDataException($"{path}: {file.Length} bytes are too many for a picture; at most {MaxFileBytes} are read");
        if (file.CanSeek)
        {
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }

        throw new InvalidDataException($"{path}: a picture is read from a file, not from a pipe or a device");
    }

    public static RgbaImage Decode(ReadOnlySpan<byte> encoded, string name, ImageLoadOptions options)
    {
        if (!IsPicture(encoded))
            throw new InvalidDataException($"{name}: no picture that can be read; expected PNG, JPEG, BMP, GIF or WebP");
        using SKData data = SKData.CreateCopy(encoded);
        using SKCodec codec = SKCodec.Create(data) ?? throw new InvalidDataException($"{name}: no picture that can be read; its header is damaged or cut off");
        SKSizeI whole = codec.Info.Size;
        if (whole.Width <= 0 || whole.Height <= 0)
            throw new InvalidDataException($"{name}: a picture of {whole.Width} × {whole.Height} pixels shows nothing");
        if ((long)whole.Width * whole.Height > options.MaxPixels)
            throw new InvalidDataException(
                $"{name}: {whole.Width} × {whole.Height} pixels are too many; {nameof(ImageLoadOptions.MaxPixels)} is {options.MaxPixels}");
        var info = new SKImageInfo(whole.Width, whole.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        if (options.ReduceTo is { } side && codec.EncodedFormat == SKEncodedImageFormat.Jpeg)
            info = info.WithSize(Reduced(codec, side));
        var pixels = new byte[checked(info.Width * info.Height * BytesPerPixel)];
        Read(codec, info, pixels, name);
        int orientation = options.AppliesOrientation ? Orientation(encoded, codec) : 1;
        bool isTurned = orientation > 4;
        return new RgbaImage(
            isTurned ? info.Height : info.Width,
            isTurned ? info.Width : info.Height,
            ExifOrientation.Apply(pixels, info.Width, info.Height, orientation),
            isTurned ? whole.Height : whole.Width,
            isTurned ? whole.Width : whole.Height);
    }

    private static void Read(SKCodec codec, SKImageInfo info, byte[] pixels, string name)
    {
        SKCodecResult result;
        var handle = GCHandle.Alloc(pixels, GCHandleType.Pinned);
        try
        {
            result = codec.GetPixels(info, handle.AddrOfPinnedObject());
        }
        finally
        {
            handle.Free();
        }

        if (result != SKCodecResult.Success)
            throw new InvalidDataException($"{name}: the picture is damaged or cut off ({result})");
    }

    /// <summary>The smallest of 1, ½, ¼ and ⅛ of the size, as libjpeg has them, of which both sides have enough pixels.</summary>
    private static SKSizeI Reduced(SKCodec codec, int side)
    {
        for (int divisor = SmallestReduction; divisor > 1; divisor /= 2)
        {
            SKSizeI size = codec.GetScaledDimensions(1f / divisor);
            if (Math.Min(size.Width, size.Height) >= side)
                return size;
        }

        return codec.Info.Size;
    }

    /// <summary>EXIF's number of the orientation: SkiaSharp reads that of JPEG and WebP, not that of PNG.</summary>
    private static int Orientation(ReadOnlySpan<byte> encoded, SKCodec codec) =>
        codec.EncodedFormat == SKEncodedImageFormat.Png ? ExifOrientation.OfPng(encoded) : (int)codec.EncodedOrigin;

    private static bool IsPicture(ReadOnlySpan<byte> encoded) =>
        encoded.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10])
        || encoded.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || encoded.StartsWith("GIF87a"u8)
        || encoded.StartsWith("GIF89a"u8)
        || encoded.StartsWith("BM"u8)
        || (encoded.StartsWith("RIFF"u8) && encoded.Length >= 12 && encoded[8..].StartsWith("WEBP"u8));
}
