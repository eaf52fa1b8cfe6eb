using SkiaSharp;

namespace NeuralNetFromScratch.Published.Pictures;

/// <summary>A colour of 0 to 255.</summary>
internal readonly record struct Colour(float Red, float Green, float Blue)
{
    public static Colour White { get; } = Grey(255);

    public static Colour Black { get; } = Grey(0);

    public static Colour Grey(float value) => new(value, value, value);
}

/// <summary>A picture being drawn: red, green, blue and alpha, 0 to 255.</summary>
internal sealed class Canvas
{
    private readonly float[] _values;

    public Canvas(int width, int height, Colour ground, float alpha = 255)
    {
        (Width, Height, _values) = (width, height, new float[width * height * 4]);
        for (int i = 0; i < _values.Length; i += 4)
            (_values[i], _values[i + 1], _values[i + 2], _values[i + 3]) = (ground.Red, ground.Green, ground.Blue, alpha);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Draws ink around a middle, turned clockwise by degrees.</summary>
    public Canvas Ink(InkPatch patch, float x, float y, Colour colour, float opacity = 1, float degrees = 0)
    {
        (float sine, float cosine) = MathF.SinCos(degrees * MathF.PI / 180);
        int reach = (int)(patch.Side * 0.71f) + 1;
        return Paint(x - reach, y - reach, x + reach, y + reach, colour, (column, row) =>
            opacity * patch.At(cosine * (column - x) + sine * (row - y), cosine * (row - y) - sine * (column - x)));
    }

    /// <summary>Draws a filled rectangle.</summary>
    public Canvas Rectangle(float left, float top, float right, float bottom, Colour colour, float opacity = 1) =>
        Paint(left, top, right, bottom, colour, (column, row) => column >= left && column < right && row >= top && row < bottom ? opacity : 0);

    /// <summary>Draws the outline of a rectangle.</summary>
    public Canvas Frame(float left, float top, float right, float bottom, float thickness, Colour colour) =>
        Paint(left - thickness, top - thickness, right + thickness, bottom + thickness, colour, (column, row) =>
            Math.Abs(Math.Max(Math.Max(left - column, column - right), Math.Max(top - row, row - bottom))) <= thickness / 2 ? 1 : 0);

    /// <summary>Draws parallel lines over the whole picture: level ones turned by degrees, or upright ones.</summary>
    public Canvas Lines(float spacing, float phase, float thickness, Colour colour, float degrees = 0, bool upright = false, float opacity = 1)
    {
        (float sine, float cosine) = MathF.SinCos(degrees * MathF.PI / 180);
        return Paint(0, 0, Width, Height, colour, (column, row) =>
        {
            float across = upright ? cosine * column + sine * row : cosine * row - sine * column;
            float from = MathF.Abs(across - phase - spacing * MathF.Round((across - phase) / spacing));
            return opacity * Math.Clamp(thickness / 2 + 0.5f - from, 0, 1);
        });
    }

    /// <summary>Multiplies every colour by a factor that depends on the place, 0 to 1 in both directions.</summary>
    public Canvas Lit(Func<float, float, float> light)
    {
        for (int i = 0; i < _values.Length; i += 4)
        {
            float factor = light(i / 4 % Width / (float)Width, i / 4 / Width / (float)Height);
            for (int channel = 0; channel < 3; channel++)
                _values[i + channel] *= factor;
        }

        return this;
    }

    /// <summary>Adds normally distributed noise, the same to all three colours or to each its own.</summary>
    public Canvas Noise(RandomSource random, float deviation, bool isColoured = false)
    {
        for (int i = 0; i < _values.Length; i += 4)
        {
            for (int channel = 0; channel < 3; channel++)
                _values[i + channel] = Math.Clamp(_values[i + channel] + deviation * (float)random.Normal((ulong)(isColoured ? i + channel : i)), 0, 255);
        }

        return this;
    }

    /// <summary>Turns a share of the pixels black or white.</summary>
    public Canvas SaltAndPepper(RandomSource random, double share)
    {
        for (int i = 0; i < _values.Length; i += 4)
        {
            double value = random.Uniform((ulong)i);
            if (value < share)
                (_values[i], _values[i + 1], _values[i + 2]) = value < share / 2 ? (0f, 0f, 0f) : (255f, 255f, 255f);
        }

        return this;
    }

    /// <summary>A box blur of an odd width.</summary>
    public Canvas Blurred(int width)
    {
        float[] source = (float[])_values.Clone(), across = new float[source.Length];
        int reach = width / 2;
        for (int i = 0; i < source.Length; i++)
        {
            int x = i / 4 % Width, first = Math.Max(-x, -reach), last = Math.Min(Width - 1 - x, reach);
            for (int k = first; k <= last; k++)
                across[i] += source[i + 4 * k] / (last - first + 1);
        }

        for (int i = 0; i < source.Length; i++)
        {
            int y = i / 4 / Width, first = Math.Max(-y, -reach), last = Math.Min(Height - 1 - y, reach);
            _values[i] = 0;
            for (int k = first; k <= last; k++)
                _values[i] += across[i + 4 * k * Width] / (last - first + 1);
        }

        return this;
    }

    /// <summary>Only black and white.</summary>
    public Canvas TwoLevels(float threshold = 128)
    {
        for (int i = 0; i < _values.Length; i++)
            _values[i] = i % 4 == 3 ? _values[i] : _values[i] < threshold ? 0 : 255;
        return this;
    }

    /// <summary>Another picture: turned clockwise by quarters.</summary>
    public Canvas Turned(int quarters)
    {
        Canvas result = this;
        for (int k = 0; k < quarters % 4; k++)
        {
            var next = new Canvas(result.Height, result.Width, Colour.Black);
            for (int y = 0; y < result.Height; y++)
            {
                for (int x = 0; x < result.Width; x++)
                    result._values.AsSpan((y * result.Width + x) * 4, 4).CopyTo(next._values.AsSpan((x * next.Width + next.Width - 1 - y) * 4));
            }

            result = next;
        }

        return result;
    }

    public byte[] Bytes() => [.. _values.Select(value => (byte)(Math.Clamp(value, 0, 255) + 0.5f))];

    public byte[] Encode(SKEncodedImageFormat format = SKEncodedImageFormat.Png, int quality = 90)
    {
        byte[] bytes = Bytes();
        using SKImage image = SKImage.FromPixelCopy(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Unpremul), bytes);
        using SKData data = image.Encode(format, quality);
        return data.ToArray();
    }

    private Canvas Paint(float left, float top, float right, float bottom, Colour colour, Func<float, float, float> opacity)
    {
        for (int y = Math.Max(0, (int)top); y < Math.Min(Height, bottom + 1); y++)
        {
            for (int x = Math.Max(0, (int)left); x < Math.Min(Width, right + 1); x++)
            {
                float share = opacity(x + 0.5f, y + 0.5f);
                if (share <= 0)
                    continue;
                int i = (y * Width + x) * 4;
                _values[i] += (colour.Red - _values[i]) * share;
                _values[i + 1] += (colour.Green - _values[i + 1]) * share;
                _values[i + 2] += (colour.Blue - _values[i + 2]) * share;
                _values[i + 3] += (255 - _values[i + 3]) * share;
            }
        }

        return this;
    }
}
