namespace NeuralNetFromScratch.Images;

/// <summary>Options of an <see cref="ImageClassifier"/>.</summary>
public sealed record ImageClassifierOptions
{
    /// <summary>The conversion of images to inputs of the network. Default: 64 × 64 pixels in color, padded with black.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public ImagePreparation Preparation
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Preparation));
            field = value;
        }
    } = new(64, 64);

    /// <summary>The number of epochs. Positive. Default: 20.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int Epochs
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Epochs), value, "Epochs must be positive");
    } = 20;

    /// <summary>The number of images of a step. Positive. Default: 32.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int BatchSize
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(BatchSize), value, "BatchSize must be positive");
    } = 32;

    /// <summary>The maximum learning rate of Adam with a one-cycle schedule. Positive and finite. Default: 0.003.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public float LearningRate
    {
        get;
        init => field = value > 0 && float.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(LearningRate), value, "LearningRate must be positive and finite");
    } = 0.003f;

    /// <summary>The fraction of the images to hold out for validation. At least 0 and less than 1. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double ValidationFraction
    {
        get;
        init => field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(ValidationFraction), value, "ValidationFraction must be at least 0 and less than 1");
    }

    /// <summary>The seed of the initial parameters, the order of the images and the augmentation. Default: 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// The augmentation of training images; null for none. Default: a shift by up to 4 pixels. Add a <see cref="RandomFlip"/> if mirrored images have the same
    /// class.
    /// </summary>
    public Augmentation? Augmentation { get; init; } = new ImageAugmentation { MaxShift = 4 };

    /// <summary>
    /// The parameter α of mixup, which trains on weighted means of two images: see <see cref="FitOptions.MixupAlpha"/>. Default: 0, which mixes nothing; finite and
    /// not negative.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double MixupAlpha
    {
        get;
        init => field = value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(MixupAlpha), value, "MixupAlpha must be finite and not negative");
    }

    /// <summary>
    /// The layers before the last one, which has an output for each class. Null, the default, is three convolutions with 16, 32 and 64 channels, each with batch
    /// normalization, and global average pooling.
    /// </summary>
    public IReadOnlyList<Layer>? Layers { get; init; }
}
