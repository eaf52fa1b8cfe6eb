namespace NeuralNetFromScratch;

/// <summary>
/// Changes brightness and contrast of images: <c>y = (b·x − m)·c + m</c>, m being the mean of b·x over the image, b and c drawn evenly from 1 − range to
/// 1 + range. Values are not limited. Pixels should be 0 for black.
/// </summary>
public sealed class ColorJitter : Augmentation, IPart<ColorJitter>
{
    /// <summary>A change that leaves images as they are until a property is set.</summary>
    public ColorJitter()
        : this(new Settings(Kind))
    {
    }

    private ColorJitter(Settings settings)
        : base(settings) => (Brightness, Contrast) = (settings.Get("brightness", 0f), settings.Get("contrast", 0f));

    /// <summary>The kind of part: "color-jitter".</summary>
    public static string Kind => "color-jitter";

    /// <summary>The range of the factor of brightness on both sides of 1: 0 to 1. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public float Brightness { get; init => Settings = Settings.With("brightness", field = ImagePixels.Share(value, nameof(Brightness)), defaultValue: 0f); }

    /// <summary>The range of the factor of contrast on both sides of 1: 0 to 1. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public float Contrast { get; init => Settings = Settings.With("contrast", field = ImagePixels.Share(value, nameof(Contrast)), defaultValue: 0f); }

    /// <summary>Reads the augmentation from its settings.</summary>
    /// <param name="settings">As a file has them.</param>
    public static ColorJitter Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override void Check(Shape sampleShape) => ImagePixels.Check(sampleShape);

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> sample, Shape sampleShape, Span<float> result, RandomSource random, Span<float> scratch)
    {
        ImagePixels.Check(sampleShape);
        float brightness = (float)(1 + Brightness * (2 * random.Uniform(0) - 1)), contrast = (float)(1 + Contrast * (2 * random.Uniform(1) - 1));
        double sum = 0;
        foreach (float value in sample)
            sum += value;
        float mean = (float)(sum / sample.Length) * brightness;
        for (int i = 0; i < sample.Length; i++)
            result[i] = (sample[i] * brightness - mean) * contrast + mean;
    }
}
