namespace NeuralNetFromScratch;

/// <summary>
/// Moves images [height, width] or [height, width, channels] by whole pixels, in each direction by a number drawn evenly from −padding to padding, and
/// fills with 0: the same as padding with zeros and cutting out a piece of the old size.
/// </summary>
public sealed class RandomCrop : Augmentation, IPart<RandomCrop>
{
    /// <summary>A random piece of the padded image.</summary>
    /// <param name="padding">Pixels of zeros on each side; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="padding"/> is negative.</exception>
    public RandomCrop(int padding)
        : this(new Settings(Kind, new Setting("padding", padding)))
    {
    }

    private RandomCrop(Settings settings)
        : base(settings)
    {
        Padding = settings.Get<int>("padding");
        ArgumentOutOfRangeException.ThrowIfNegative(Padding, "padding");
    }

    /// <summary>The kind of part: "random-crop".</summary>
    public static string Kind => "random-crop";

    /// <summary>Pixels of zeros on each side.</summary>
    public int Padding { get; }

    /// <summary>Reads the augmentation from its settings.</summary>
    /// <param name="settings">As a file has them.</param>
    public static RandomCrop Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override void Check(Shape sampleShape) => ImagePixels.Check(sampleShape);

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> sample, Shape sampleShape, Span<float> result, RandomSource random, Span<float> scratch)
    {
        (int height, int width, int channels) = ImagePixels.Check(sampleShape);
        int right = ImagePixels.Symmetric(random, 0, Padding), down = ImagePixels.Symmetric(random, 1, Padding);
        result.Clear();
        int first = Math.Max(0, right), count = width - Math.Abs(right);
        for (int y = Math.Max(0, down); y < Math.Min(height, (long)height + down) && count > 0; y++)
            sample.Slice(((y - down) * width + first - right) * channels, count * channels).CopyTo(result[((y * width + first) * channels)..]);
    }
}
