using SkiaSharp;

namespace NeuralNetFromScratch.Tool;

/// <summary>
/// A picture of a digit as MNIST has them (LeCun et al.): light on dark, fitted into 20 × 20 pixels, its centre of mass in the middle of
/// 28 × 28. A picture of 28 × 28 pixels is taken to be so already, but for its colours. Others may be photographs: paper need not be white, nor
/// evenly lit.
/// </summary>
internal static class DigitImage
{
    public const int Side = 28;
    private const int Box = 20, InkThreshold = 32, MaximumSide = 16_384, WorkingSide = 240;

    /// <exception cref="InvalidDataException">The file is no picture, or shows nothing.</exception>
    public static byte[] Load(string path)
    {
        UserFile.CheckReadable(path);
        using FileStream file = File.OpenRead(path);
        using SKCodec codec = SKCodec.Create(file) ?? throw new InvalidDataException($"{path}: no picture that can be read");
        if (codec.Info.Width > MaximumSide || codec.Info.Height > MaximumSide)
            throw new InvalidDataException($"{path}: {codec.Info.Width} × {codec.Info.Height} pixels are too many");
        using var decoded = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        SKCodecResult result = codec.GetPixels(decoded.Info, decoded.GetPixels());
        if (result != SKCodecResult.Success)
            throw new InvalidDataException($"{path}: the picture is damaged or cut off ({result})");
        using SKBitmap grey = LightOnDark(decoded);
        if (grey.Width == Side && grey.Height == Side)
            return Bytes(grey);
        using SKBitmap ink = Ink(grey);
        SKRectI bounds = InkBounds(ink) ?? throw new InvalidDataException($"{path}: the picture shows nothing");
        return Centre(Fit(ink, bounds));
    }

    /// <summary>Grey, on black where it is transparent, and turned round if most of its edge is light.</summary>
    private static SKBitmap LightOnDark(SKBitmap picture)
    {
        var grey = new SKBitmap(picture.Width, picture.Height, SKColorType.Gray8, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(grey))
        {
            canvas.Clear(IsTransparent(picture) && IsDark(picture) ? SKColors.White : SKColors.Black);
            canvas.DrawBitmap(picture, 0, 0, SKSamplingOptions.Default);
        }

        if (IsDarkOnLight(grey))
        {
            foreach (ref byte pixel in grey.GetPixelSpan())
                pixel = (byte)(byte.MaxValue - pixel);
        }

        return grey;
    }

    /// <summary>Whether the darkest pixels are further from the edge's than the lightest.</summary>
    private static bool IsDarkOnLight(SKBitmap grey)
    {
        byte[] pixels = Bytes(grey);
        byte[] edge = [.. pixels.Where((_, i) => i / grey.Width == 0 || i / grey.Width == grey.Height - 1 || i % grey.Width == 0 || i % grey.Width == grey.Width - 1).Order()];
        Array.Sort(pixels);
        int ground = edge[edge.Length / 2], few = pixels.Length / 200;
        return ground - pixels[few] > pixels[^(few + 1)] - ground;
    }

    /// <summary>The ink alone, of a picture made small enough to be quick with.</summary>
    private static SKBitmap Ink(SKBitmap grey)
    {
        float scale = Math.Min(1, (float)WorkingSide / Math.Max(grey.Width, grey.Height));
        int width = Math.Max(1, (int)(grey.Width * scale)), height = Math.Max(1, (int)(grey.Height * scale));
        var small = new SKBitmap(width, height, SKColorType.Gray8, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(small))
        using (SKImage image = SKImage.FromBitmap(grey))
            canvas.DrawImage(image, SKRect.Create(width, height), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        byte[] ink = InkFilter.Extract(Bytes(small), width, height);
        for (int row = 0; row < height; row++)
            ink.AsSpan(row * width, width).CopyTo(small.GetPixelSpan()[(row * small.RowBytes)..]);
        return small;
    }

    private static bool IsTransparent(SKBitmap picture) => picture.GetPixel(0, 0).Alpha < 128;

    /// <summary>Whether what can be seen of a transparent picture is dark.</summary>
    private static bool IsDark(SKBitmap picture)
    {
        long sum = 0, count = 0;
        foreach (SKColor colour in picture.Pixels)
        {
            if (colour.Alpha < 128)
                continue;
            sum += colour.Red + colour.Green + colour.Blue;
            count++;
        }

        return sum < count * 3 * 128;
    }

    private static SKRectI? InkBounds(SKBitmap ink)
    {
        ReadOnlySpan<byte> pixels = ink.GetPixelSpan();
        int left = ink.Width, top = ink.Height, right = -1, bottom = -1;
        for (int row = 0; row < ink.Height; row++)
        {
            for (int column = 0; column < ink.Width; column++)
            {
                if (pixels[row * ink.RowBytes + column] < InkThreshold)
                    continue;
                (left, right) = (Math.Min(left, column), Math.Max(right, column));
                (top, bottom) = (Math.Min(top, row), Math.Max(bottom, row));
            }
        }

        return right < 0 ? null : new SKRectI(left, top, right + 1, bottom + 1);
    }

    /// <summary>The digit so that its longer side has 20 pixels, in the middle of 28 × 28.</summary>
    private static byte[] Fit(SKBitmap ink, SKRectI bounds)
    {
        float scale = (float)Box / Math.Max(bounds.Width, bounds.Height);
        var destination = SKRect.Create((Side - bounds.Width * scale) / 2, (Side - bounds.Height * scale) / 2, bounds.Width * scale, bounds.Height * scale);
        using var result = new SKBitmap(Side, Side, SKColorType.Gray8, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(result))
        using (SKImage image = SKImage.FromBitmap(ink))
        {
            canvas.Clear(SKColors.Black);
            canvas.DrawImage(image, bounds, destination, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        }

        return Bytes(result);
    }

    /// <summary>Moves the digit by whole pixels so that its centre of mass comes to the middle.</summary>
    private static byte[] Centre(byte[] pixels)
    {
        double mass = 0, x = 0, y = 0;
        for (int i = 0; i < pixels.Length; i++)
        {
            mass += pixels[i];
            x += (double)pixels[i] * (i % Side);
            y += (double)pixels[i] * (i / Side);
        }

        if (mass == 0)
            return pixels;
        int right = (int)Math.Round((Side - 1) / 2.0 - x / mass), down = (int)Math.Round((Side - 1) / 2.0 - y / mass);
        var moved = new byte[pixels.Length];
        for (int row = 0; row < Side; row++)
        {
            for (int column = 0; column < Side; column++)
            {
                (int sourceRow, int sourceColumn) = (row - down, column - right);
                if ((uint)sourceRow < Side && (uint)sourceColumn < Side)
                    moved[row * Side + column] = pixels[sourceRow * Side + sourceColumn];
            }
        }

        return moved;
    }

    private static byte[] Bytes(SKBitmap picture)
    {
        var bytes = new byte[picture.Width * picture.Height];
        for (int row = 0; row < picture.Height; row++)
            picture.GetPixelSpan().Slice(row * picture.RowBytes, picture.Width).CopyTo(bytes.AsSpan(row * picture.Width));
        return bytes;
    }
}
