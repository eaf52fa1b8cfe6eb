namespace NeuralNetFromScratch;

/// <summary>
/// A random change of a sample that leaves its class as it is, so that a training never sees the same sample twice. Called from several
/// threads at once. Derive from this class for a change of your own.
/// </summary>
/// <param name="settings">Kind and settings.</param>
public abstract class Augmentation(Settings settings) : Part(settings)
{
    /// <summary>How many floats of scratch memory a sample needs.</summary>
    /// <param name="sampleShape">The sample's shape.</param>
    public virtual int ScratchLength(Shape sampleShape) => 0;

    /// <summary>Checks that it can change samples of a shape.</summary>
    /// <param name="sampleShape">The samples' shape.</param>
    /// <exception cref="ArgumentException">It cannot.</exception>
    public virtual void Check(Shape sampleShape)
    {
    }

    /// <summary>Changes a sample.</summary>
    /// <param name="sample">The sample, in row-major order.</param>
    /// <param name="sampleShape">Its shape.</param>
    /// <param name="result">Receives the changed sample.</param>
    /// <param name="random">The only source of chance.</param>
    /// <param name="scratch">Memory of <see cref="ScratchLength"/> floats; what it holds is left over from other samples.</param>
    public abstract void Apply(ReadOnlySpan<float> sample, Shape sampleShape, Span<float> result, RandomSource random, Span<float> scratch);
}
