namespace NeuralNetFromScratch;

/// <summary>
/// Mirrors images [height, width] or [height, width, channels]: with probability ½ from left to right, and with probability ½ upside down, as far as each is
/// asked for.
/// </summary>
public sealed class RandomFlip : Augmentation, IPart<RandomFlip>
{
    /// <summary>A flip from left to right.</summary>
    public RandomFlip()
        : this(new Settings(Kind))
    {
    }

    private RandomFlip(Settings settings)
        : base(settings) => (Horizontal, Vertical) = (settings.Get("horizontal", true), settings.Get("vertical", false));

    /// <summary>The kind of part: "random-flip".</summary>
    public static string Kind => "random-flip";

    /// <summary>Whether left and right change places, in half of the images. Default: true.</summary>
    public bool Horizontal { get; init => Settings = Settings.With("horizontal", field = value, defaultValue: true); }

    /// <summary>Whether above and below change places, in half of the images. Default: false.</summary>
    public bool Vertical { get; init => Settings = Settings.With("vertical", field = value, defaultValue: false); }

    /// <summary>Reads the augmentation from its settings.</summary>
    /// <param name="settings">As a file has them.</param>
    public static RandomFlip Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override void Check(Shape sampleShape) => ImagePixels.Check(sampleShape);

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> sample, Shape sampleShape, Span<float> result, RandomSource random, Span<float> scratch)
    {
        (int height, int width, int channels) = ImagePixels.Check(sampleShape);
        bool isMirrored = Horizontal && random.Uniform(0) < 0.5, isUpsideDown = Vertical && random.Uniform(1) < 0.5;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int from = (isUpsideDown ? height - 1 - y : y) * width + (isMirrored ? width - 1 - x : x);
                sample.Slice(from * channels, channels).CopyTo(result[((y * width + x) * channels)..]);
            }
        }
    }
}
