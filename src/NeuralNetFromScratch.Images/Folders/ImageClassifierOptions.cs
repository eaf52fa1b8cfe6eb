namespace NeuralNetFromScratch.Images;

/// <summary>How an <see cref="ImageClassifier"/> is trained.</summary>
public sealed record ImageClassifierOptions
{
    /// <summary>How a picture becomes the network's input. Default: 64 × 64 pixels in colour, padded with black.</summary>
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

    /// <summary>How often the training goes through all pictures. Positive. Default: 20.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int Epochs
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Epochs), value, "Epochs must be positive");
    } = 20;

    /// <summary>Pictures of a step. Positive. Default: 32.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int BatchSize
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(BatchSize), value, "BatchSize must be positive");
    } = 32;

    /// <summary>The highest learning rate of Adam, in a single cycle. Positive and finite. Default: 0.003.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public float LearningRate
    {
        get;
        init => field = value > 0 && float.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(LearningRate), value, "LearningRate must be positive and finite");
    } = 0.003f;

    /// <summary>The share of the pictures that are held out to be validated on. At least 0 and less than 1. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double ValidationFraction
    {
        get;
        init => field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(ValidationFraction), value, "ValidationFraction must be at least 0 and less than 1");
    }

    /// <summary>Seed of the initial weights, of the order of the pictures and of their changes. Default: 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// Random changes of the pictures that leave their class as it is; null for none. Default: a shift by up to a sixteenth of the size. A
    /// <see cref="RandomFlip"/> helps where left and right do not matter.
    /// </summary>
    public Augmentation? Augmentation { get; init; } = new ImageAugmentation { MaxShift = 4 };

    /// <summary>
    /// The layers before the last one, which has an output for each class; null for three convolutions with batch normalization of 16, 32 and 64 channels and
    /// the mean over the picture. Default: null.
    /// </summary>
    public IReadOnlyList<Layer>? Layers { get; init; }
}
