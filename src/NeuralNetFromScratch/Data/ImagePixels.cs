namespace NeuralNetFromScratch;

/// <summary>What augmentations of images share.</summary>
internal static class ImagePixels
{
    /// <exception cref="ArgumentException">The samples are not images.</exception>
    public static (int Height, int Width, int Channels) Check(Shape sampleShape) => sampleShape.Rank switch
    {
        2 => (sampleShape[0], sampleShape[1], 1),
        3 => (sampleShape[0], sampleShape[1], sampleShape[2]),
        _ => throw new ArgumentException($"expected images [height, width] or [height, width, channels], got {sampleShape}", nameof(sampleShape)),
    };

    /// <summary>A whole number from −limit to limit.</summary>
    public static int Symmetric(RandomSource random, ulong index, int limit) => (int)((long)(random.Uniform(index) * (2L * limit + 1)) - limit);

    public static float Share(float value, string name) =>
        value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be 0 to 1");
}
