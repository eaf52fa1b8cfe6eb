namespace NeuralNetFromScratch.Images;

/// <summary>A digit that a <see cref="DigitPreprocessor"/> found.</summary>
public sealed class HandwrittenDigit
{
    internal HandwrittenDigit(byte[] pixels, PixelRegion bounds) => (Pixels, Bounds) = (pixels, bounds);

    /// <summary>The digit in MNIST's form: [28, 28], 0 for ground to 255 for ink.</summary>
    public byte[] Pixels { get; }

    /// <summary>Where its ink is in the picture, as it is shown.</summary>
    public PixelRegion Bounds { get; }
}
