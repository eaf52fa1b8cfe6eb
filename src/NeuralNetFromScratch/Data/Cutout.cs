namespace NeuralNetFromScratch;

/// <summary>Sets a square of each image to 0 (DeVries and Taylor 2017). Its middle is any pixel, so that part of it may lie outside.</summary>
public sealed class Cutout : Augmentation, IPart<Cutout>
{
    /// <summary>A square of zeros.</summary>
    /// <param name="size">Pixels of its side; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is not positive.</exception>
    public Cutout(int size)
        : this(new Settings(Kind, new Setting("size", size)))
    {
    }

    private Cutout(Settings settings)
        : base(settings)
    {
        Size = settings.Get<int>("size");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Size, "size");
    }

    /// <summary>The kind of part: "cutout".</summary>
    public static string Kind => "cutout";

    /// <summary>Pixels of the square's side.</summary>
    public int Size { get; }

    /// <summary>Reads the augmentation from its settings.</summary>
    /// <param name="settings">As a file has them.</param>
    public static Cutout Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override void Check(Shape sampleShape) => ImagePixels.Check(sampleShape);

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> sample, Shape sampleShape, Span<float> result, RandomSource random, Span<float> scratch)
    {
        (int height, int width, int channels) = ImagePixels.Check(sampleShape);
        sample.CopyTo(result);
        long left = (long)random.Below(0, width) - Size / 2, top = (long)random.Below(1, height) - Size / 2;
        int first = (int)Math.Max(0, left), end = (int)Math.Min(width, left + Size);
        for (int y = (int)Math.Max(0, top); y < Math.Min(height, top + Size); y++)
            result.Slice((y * width + first) * channels, (end - first) * channels).Clear();
    }
}
