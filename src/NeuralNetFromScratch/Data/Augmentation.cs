namespace NeuralNetFromScratch;

/// <summary>
/// The base class of augmentations: random changes of a sample that preserve its class. Several threads call an augmentation for different
/// samples.
/// </summary>
/// <param name="settings">The kind and settings.</param>
public abstract class Augmentation(Settings settings) : Part(settings)
{
    /// <summary>Returns the number of floats of scratch memory that a sample needs. The default implementation returns 0.</summary>
    /// <param name="sampleShape">The shape of the sample.</param>
    public virtual int ScratchLength(Shape sampleShape) => 0;

    /// <summary>Checks that the augmentation supports a shape. The default implementation accepts any shape.</summary>
    /// <param name="sampleShape">The shape of the samples.</param>
    /// <exception cref="ArgumentException">
    /// The augmentation does not support the shape. Implementations state the expected shape in the message.
    /// </exception>
    public virtual void Check(Shape sampleShape)
    {
    }

    /// <summary>
    /// Changes a sample. Implementations write every value of the result and draw random numbers only from <paramref name="random"/>.
    /// </summary>
    /// <param name="sample">The sample in row-major order.</param>
    /// <param name="sampleShape">The shape of the sample.</param>
    /// <param name="result">Receives the changed sample; it has the length of <paramref name="sample"/> and does not overlap it.</param>
    /// <param name="random">The random source.</param>
    /// <param name="scratch"><see cref="ScratchLength"/> floats of scratch memory with undefined contents.</param>
    public abstract void Apply(ReadOnlySpan<float> sample, Shape sampleShape, Span<float> result, RandomSource random, Span<float> scratch);

    /// <summary>This change and then another one, each with its own random numbers.</summary>
    /// <param name="next">The change that follows.</param>
    public Augmentation Then(Augmentation next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new AugmentationSequence(this, next);
    }
}
