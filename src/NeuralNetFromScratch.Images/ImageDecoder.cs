using System.Runtime.InteropServices;
using SkiaSharp;

namespace NeuralNetFromScratch.Images;

/// <summary>
/// Decodes images with SkiaSharp. Only files with the signature of one of the five formats reach it, and only after width and height were compared with the
/// limit.
/// </summary>
internal static class ImageDecoder
{
    private const int BytesPerPixel = 4, SmallestReduction = 8;

    /// <summary>The maximum size of a file; an uncompressed image of the default limit is smaller.</summary>
    private const long MaxFileBytes = 1L << 30;

    public static byte[] ReadFile(string path)
    {
        using FileStream file = File.OpenRead(path);
        // A pipe or a device has no length to check.
        if (file.CanSeek && file.Length > MaxFileBytes)
            throw new InvalidDataException($"{MessageText.Escape(path)}: the file has {file.Length} bytes; an image file must have at most {MaxFileBytes}");
        if (file.CanSeek)
        {
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }

        throw new InvalidDataException($"{MessageText.Escape(path)}: expected a file, got a pipe or a device");
    }

    public static RgbaImage Decode(ReadOnlySpan<byte> encoded, string name, ImageLoadOptions options)
    {
        if (!IsImage(encoded))
            throw new InvalidDataException($"{MessageText.Escape(name)}: not an image; expected PNG, JPEG, BMP, GIF or WebP");
        using SKData data = SKData.CreateCopy(encoded);
        using SKCodec codec = SKCodec.Create(data) ?? throw new InvalidDataException($"{MessageText.Escape(name)}: the header of the image is damaged or truncated");
        SKSizeI whole = codec.Info.Size;
        if (whole.Width <= 0 || whole.Height <= 0)
            throw new InvalidDataException($"{MessageText.Escape(name)}: an image of {whole.Width} × {whole.Height} pixels has no content");
        if ((long)whole.Width * whole.Height > options.MaxPixels)
            throw new InvalidDataException(
                $"{MessageText.Escape(name)}: {whole.Width} × {whole.Height} pixels exceed the limit of {options.MaxPixels}; set {nameof(ImageLoadOptions.MaxPixels)} to allow them");
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
            throw new InvalidDataException($"{MessageText.Escape(name)}: the image is damaged or truncated ({result})");
    }

    /// <summary>Returns the smallest of the whole, half, quarter and eighth size of libjpeg at which both sides have enough pixels.</summary>
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

    /// <summary>Returns the EXIF orientation. SkiaSharp reads that of JPEG and WebP files, but not of PNG files.</summary>
    private static int Orientation(ReadOnlySpan<byte> encoded, SKCodec codec) =>
        codec.EncodedFormat == SKEncodedImageFormat.Png ? ExifOrientation.OfPng(encoded) : (int)codec.EncodedOrigin;

    private static bool IsImage(ReadOnlySpan<byte> encoded) =>
        encoded.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10])
        || encoded.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || encoded.StartsWith("GIF87a"u8)
        || encoded.StartsWith("GIF89a"u8)
        || encoded.StartsWith("BM"u8)
        || (encoded.StartsWith("RIFF"u8) && encoded.Length >= 12 && encoded[8..].StartsWith("WEBP"u8));
}
