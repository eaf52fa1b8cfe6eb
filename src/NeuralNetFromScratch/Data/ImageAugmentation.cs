using System.Numerics.Tensors;

namespace NeuralNetFromScratch;

/// <summary>
/// Shifts, rotates, scales, shears and warps images [height, width] or [height, width, channels] by random amounts. All changes are applied at
/// once: the output's pixel at q takes its value from the input at <c>p = A⁻¹·(q + d(q) − s − center) + center</c> by bilinear interpolation, and
/// 0 outside. A is the scaling, shearing and rotation, s the shift, d the elastic displacement. A rotation is clockwise, because rows are counted
/// downwards.
/// </summary>
/// <remarks>
/// The elastic displacement is that of Simard, Steinkraus and Platt (2003): for each pixel and direction a number is drawn from (−1, 1), smoothed
/// by a Gaussian filter of standard deviation σ (truncated at 4σ, 0 outside the image) and multiplied by α.
/// </remarks>
public sealed class ImageAugmentation : Augmentation, IPart<ImageAugmentation>
{
    private const ulong FieldStream = 1;
    private const int ShiftX = 0, ShiftY = 1, Angle = 2, Size = 3, Slant = 4;

    private readonly float[] _filter = [];

    /// <summary>Creates an augmentation that changes nothing until a property is set.</summary>
    public ImageAugmentation()
        : this(new Settings(Kind))
    {
    }

    private ImageAugmentation(Settings settings)
        : base(settings)
    {
        MaxShift = settings.Get("maxShift", 0f);
        MaxRotation = settings.Get("maxRotation", 0f);
        MaxShear = settings.Get("maxShear", 0f);
        Scale = Pair(settings, "scale", (1, 1));
        Elastic = Pair(settings, "elastic", (0, 0));
    }

    /// <inheritdoc/>
    public static string Kind => "image-augmentation";

    /// <summary>
    /// The maximum shift in each direction, in pixels; shifts are uniform between plus and minus this value. Default: 0; not negative.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float MaxShift
    {
        get;
        init => Settings = Settings.With("maxShift", field = Guard.NonNegative(value, nameof(MaxShift)), defaultValue: 0f);
    }

    /// <summary>The maximum rotation, in degrees; angles are uniform between plus and minus this value. Default: 0; not negative.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float MaxRotation
    {
        get;
        init => Settings = Settings.With("maxRotation", field = Guard.NonNegative(value, nameof(MaxRotation)), defaultValue: 0f);
    }

    /// <summary>The range of the scale, one factor for both directions; above 1 the image grows. Default: (1, 1); positive.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty or not positive.</exception>
    public (float Low, float High) Scale
    {
        get;
        init
        {
            if (!(value.Low > 0 && float.IsFinite(value.High) && value.Low <= value.High))
                throw Guard.OutOfRange(nameof(Scale), FormattableString.Invariant($"{value.Low} to {value.High}"), "must be a range of positive factors");
            field = value;
            Settings = Settings.WithList("scale", value == (1, 1) ? (float[])[] : [value.Low, value.High]);
        }
    }

    /// <summary>
    /// The maximum shear: rows are shifted by up to this factor times their distance from the center; uniform between plus and minus this value.
    /// Default: 0; not negative.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float MaxShear
    {
        get;
        init => Settings = Settings.With("maxShear", field = Guard.NonNegative(value, nameof(MaxShear)), defaultValue: 0f);
    }

    /// <summary>
    /// The elastic displacement: the standard deviation σ of the smoothing and the strength α, both in pixels. Default: (0, 0), which is none;
    /// not negative, and σ is positive if α is positive.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is negative or not finite, or σ is 0 and α is not.</exception>
    public (float Sigma, float Alpha) Elastic
    {
        get;
        init
        {
            Guard.NonNegative(value.Sigma, nameof(Elastic));
            Guard.NonNegative(value.Alpha, nameof(Elastic));
            if (value is { Alpha: > 0, Sigma: 0 })
                throw Guard.OutOfRange(nameof(Elastic), value.Sigma, "must have a positive sigma if alpha is positive");
            field = value;
            _filter = value.Alpha > 0 ? GaussianFilter(value.Sigma) : [];
            Settings = Settings.WithList("elastic", value == (0, 0) ? (float[])[] : [value.Sigma, value.Alpha]);
        }
    }

    /// <inheritdoc/>
    public static ImageAugmentation Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override void Check(Shape sampleShape)
    {
        if (sampleShape.Rank is not (2 or 3))
            throw new ArgumentException($"expected images [height, width] or [height, width, channels], got {sampleShape}", nameof(sampleShape));
    }

    /// <inheritdoc/>
    public override int ScratchLength(Shape sampleShape)
    {
        Check(sampleShape);
        return Elastic.Alpha > 0 ? checked(3 * sampleShape[0] * sampleShape[1]) : 0;
    }

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> sample, Shape sampleShape, Span<float> result, RandomSource random, Span<float> scratch)
    {
        Check(sampleShape);
        int height = sampleShape[0], width = sampleShape[1], channels = sampleShape.Rank == 3 ? sampleShape[2] : 1;
        Span<float> displacementX = [], displacementY = [];
        if (Elastic.Alpha > 0)
        {
            int pixels = height * width;
            displacementX = scratch[..pixels];
            displacementY = scratch.Slice(pixels, pixels);
            Span<float> memory = scratch.Slice(2 * pixels, pixels);
            DrawField(random.Fork(FieldStream), displacementX, memory, height, width);
            DrawField(random.Fork(FieldStream + 1), displacementY, memory, height, width);
        }

        // A⁻¹ for A = rotation · shear · scale, in (x, y) with y downwards.
        (double sineOfAngle, double cosineOfAngle) = PortableMath.SinCosOfTurns(Symmetric(random, Angle, MaxRotation) / 360);
        double shear = Symmetric(random, Slant, MaxShear);
        double scale = Scale.Low + ((double)Scale.High - Scale.Low) * random.Uniform(Size);
        double cosine = cosineOfAngle / scale, sine = sineOfAngle / scale;
        (float xx, float xy) = ((float)(cosine + shear * sine), (float)(sine - shear * cosine));
        (float yx, float yy) = ((float)-sine, (float)cosine);
        float shiftX = (float)Symmetric(random, ShiftX, MaxShift), shiftY = (float)Symmetric(random, ShiftY, MaxShift);
        float centreX = (width - 1) / 2f, centreY = (height - 1) / 2f;
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                int pixel = row * width + column;
                float x = column - shiftX - centreX, y = row - shiftY - centreY;
                if (!displacementX.IsEmpty)
                {
                    x += displacementX[pixel];
                    y += displacementY[pixel];
                }

                Interpolate(
                    sample, height, width, channels, xx * x + xy * y + centreX, yx * x + yy * y + centreY, result.Slice(pixel * channels, channels));
            }
        }
    }

    private static double Symmetric(RandomSource random, ulong index, float limit) => limit * (2 * random.Uniform(index) - 1);

    /// <summary>Interpolates the values of all channels at a position between pixels.</summary>
    private static void Interpolate(ReadOnlySpan<float> image, int height, int width, int channels, float x, float y, Span<float> values)
    {
        int left = (int)MathF.Floor(x), top = (int)MathF.Floor(y);
        if (left < -1 || left >= width || top < -1 || top >= height)
        {
            values.Clear();
            return;
        }

        float right = x - left, below = y - top;
        for (int channel = 0; channel < values.Length; channel++)
        {
            values[channel] =
                (1 - below) * ((1 - right) * At(image, top, left, channel) + right * At(image, top, left + 1, channel))
                + below * ((1 - right) * At(image, top + 1, left, channel) + right * At(image, top + 1, left + 1, channel));
        }

        float At(ReadOnlySpan<float> pixels, int row, int column, int channel) =>
            (uint)row < (uint)height && (uint)column < (uint)width ? pixels[(row * width + column) * channels + channel] : 0;
    }

    /// <summary>Draws one direction's displacement of each pixel: [height, width].</summary>
    private void DrawField(RandomSource random, Span<float> field, Span<float> memory, int height, int width)
    {
        // Drawn as [width, height], smoothed along the width, transposed, smoothed along the height.
        for (int i = 0; i < field.Length; i += 4)
        {
            (ulong low, ulong high) = random.Block((ulong)(i / 4));
            for (int j = 0; j < Math.Min(4, field.Length - i); j++)
                field[i + j] = (int)((j < 2 ? low : high) >> (32 * (j % 2))) * (1f / (1L << 31));
        }

        SmoothDown(field, memory, width, height);
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
                field[row * width + column] = memory[column * height + row];
        }

        SmoothDown(field, memory, height, width);
        TensorPrimitives.Multiply(memory, Elastic.Alpha, field);
    }

    /// <summary>Smooths each column of [rows, columns]. Each tap of the filter is one pass over all rows that it reaches.</summary>
    private void SmoothDown(ReadOnlySpan<float> source, Span<float> destination, int rows, int columns)
    {
        destination.Clear();
        int radius = _filter.Length / 2;
        for (int tap = 0; tap < _filter.Length; tap++)
        {
            int offset = tap - radius, first = Math.Max(0, -offset), count = Math.Min(rows, rows - offset) - first;
            if (count <= 0)
                continue;
            Span<float> target = destination.Slice(first * columns, count * columns);
            TensorPrimitives.MultiplyAdd(source.Slice((first + offset) * columns, count * columns), _filter[tap], target, target);
        }
    }

    /// <summary>Computes the weights at whole pixels up to 4σ away; their sum is 1.</summary>
    private static float[] GaussianFilter(float sigma)
    {
        int radius = (int)(4 * sigma + 0.5f);
        double[] weights = [.. Enumerable.Range(-radius, 2 * radius + 1).Select(i => PortableMath.Exp(-0.5 * i * i / ((double)sigma * sigma)))];
        double sum = PortableMath.Sum(weights);
        return [.. weights.Select(weight => (float)(weight / sum))];
    }

    private static (float First, float Second) Pair(Settings settings, string name, (float First, float Second) usual) => settings.GetList<float>(name) switch
    {
        [] => usual,
        [var first, var second] => (first, second),
        var other => throw new ArgumentException($"{name} must be two numbers, got {other.Length}", name),
    };
}
