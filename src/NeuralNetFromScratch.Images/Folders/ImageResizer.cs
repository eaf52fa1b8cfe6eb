namespace NeuralNetFromScratch.Images;

/// <summary>Resizing with arithmetic of the library's own, in fixed order, in double precision.</summary>
internal static class ImageResizer
{
    private const int Colours = 3;

    public static void Resize(RgbaImage image, ImagePreparation to, Span<byte> result)
    {
        // The piece of the image, and the piece of the result that it fills.
        (double left, double top, double width, double height) = (0, 0, image.Width, image.Height);
        (int x, int y, int columns, int rows) = (0, 0, to.Width, to.Height);
        double horizontal = (double)to.Width / image.Width, vertical = (double)to.Height / image.Height;
        if (to.ResizeMode == ImageResizeMode.Crop)
        {
            double scale = Math.Max(horizontal, vertical);
            (width, height) = (Math.Min(width, to.Width / scale), Math.Min(height, to.Height / scale));
            (left, top) = ((image.Width - width) / 2, (image.Height - height) / 2);
        }
        else if (to.ResizeMode == ImageResizeMode.Pad)
        {
            double scale = Math.Min(horizontal, vertical);
            (columns, rows) = (Math.Clamp((int)Math.Round(image.Width * scale), 1, to.Width), Math.Clamp((int)Math.Round(image.Height * scale), 1, to.Height));
            (x, y) = ((to.Width - columns) / 2, (to.Height - rows) / 2);
        }

        Fill(to, result);
        bool isArea = to.Resampling == ImageResampling.Area;
        Tap[][] across = Taps(left, width, columns, image.Width, isArea), down = Taps(top, height, rows, image.Height, isArea);
        var sums = new double[columns * Colours];
        for (int row = 0; row < rows; row++)
        {
            Array.Clear(sums);
            foreach (Tap tap in down[row])
                AddRow(image, tap.Place, tap.Weight, across, to.Background, sums);
            Span<byte> line = result.Slice(((y + row) * to.Width + x) * to.Channels, columns * to.Channels);
            for (int column = 0; column < columns; column++)
                Write(sums[column * Colours], sums[column * Colours + 1], sums[column * Colours + 2], line.Slice(column * to.Channels, to.Channels));
        }
    }

    private static void AddRow(RgbaImage image, int row, double weight, Tap[][] across, (byte Red, byte Green, byte Blue) ground, double[] sums)
    {
        ReadOnlySpan<byte> pixels = image.Pixels.Slice(row * image.Width * 4, image.Width * 4);
        for (int column = 0; column < across.Length; column++)
        {
            double red = 0, green = 0, blue = 0;
            foreach (Tap tap in across[column])
            {
                ReadOnlySpan<byte> pixel = pixels.Slice(tap.Place * 4, 4);
                int alpha = pixel[3], rest = byte.MaxValue - alpha;
                red += tap.Weight * (pixel[0] * alpha + ground.Red * rest);
                green += tap.Weight * (pixel[1] * alpha + ground.Green * rest);
                blue += tap.Weight * (pixel[2] * alpha + ground.Blue * rest);
            }

            sums[column * Colours] += weight * red / byte.MaxValue;
            sums[column * Colours + 1] += weight * green / byte.MaxValue;
            sums[column * Colours + 2] += weight * blue / byte.MaxValue;
        }
    }

    private static void Fill(ImagePreparation to, Span<byte> result)
    {
        for (int i = 0; i < result.Length; i += to.Channels)
            Write(to.Background.Red, to.Background.Green, to.Background.Blue, result.Slice(i, to.Channels));
    }

    private static void Write(double red, double green, double blue, Span<byte> pixel)
    {
        if (pixel.Length == 1)
        {
            pixel[0] = Byte(0.299 * red + 0.587 * green + 0.114 * blue);
            return;
        }

        (pixel[0], pixel[1], pixel[2]) = (Byte(red), Byte(green), Byte(blue));
    }

    private static byte Byte(double value) => (byte)Math.Clamp(value + 0.5, 0, byte.MaxValue);

    /// <summary>Which pixels a pixel of the result is made of, and how much of each.</summary>
    private static Tap[][] Taps(double start, double length, int count, int limit, bool isArea)
    {
        var taps = new Tap[count][];
        double step = length / count;
        for (int i = 0; i < count; i++)
            taps[i] = isArea ? Area(start + i * step, start + (i + 1) * step, limit) : Linear(start + (i + 0.5) * step - 0.5, limit);
        return taps;
    }

    private static Tap[] Area(double from, double to, int limit)
    {
        int first = Math.Clamp((int)Math.Floor(from), 0, limit - 1), last = Math.Clamp((int)Math.Ceiling(to) - 1, first, limit - 1);
        var taps = new Tap[last - first + 1];
        double whole = 0;
        for (int place = first; place <= last; place++)
        {
            double covered = Math.Max(Math.Min(place + 1, to) - Math.Max(place, from), 0);
            taps[place - first] = new(place, covered);
            whole += covered;
        }

        return whole > 0 ? [.. taps.Select(tap => new Tap(tap.Place, tap.Weight / whole))] : [new(first, 1)];
    }

    private static Tap[] Linear(double centre, int limit)
    {
        double place = Math.Clamp(centre, 0, limit - 1);
        int before = (int)place;
        return before + 1 < limit ? [new(before, 1 - (place - before)), new(before + 1, place - before)] : [new(before, 1)];
    }

    private readonly record struct Tap(int Place, double Weight);
}
