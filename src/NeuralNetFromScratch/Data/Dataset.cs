namespace NeuralNetFromScratch.Data;

/// <summary>
/// Labelled samples of one shape. Samples are read by index from several threads at once, so that reading must not change
/// anything.
/// </summary>
public abstract class Dataset
{
    /// <summary>The number of samples.</summary>
    public abstract int Count { get; }

    /// <summary>The shape of one sample: <c>[28, 28]</c> for MNIST.</summary>
    public abstract Shape SampleShape { get; }

    /// <summary>The number of classes: labels are 0 to <c>Classes − 1</c>.</summary>
    public abstract int Classes { get; }

    /// <summary>The class of one sample.</summary>
    /// <param name="index">0 to <c>Count − 1</c>.</param>
    public abstract int Label(int index);

    /// <summary>Writes the features of one sample, in row-major order.</summary>
    /// <param name="index">0 to <c>Count − 1</c>.</param>
    /// <param name="features">Destination of <c>SampleShape.Length</c> values.</param>
    public abstract void CopySample(int index, Span<float> features);
}
