namespace NeuralNetFromScratch.Images;

/// <summary>A digit that a <see cref="DigitPreprocessor"/> found.</summary>
public sealed class HandwrittenDigit
{
    internal HandwrittenDigit(byte[] pixels, PixelRegion bounds) => (Pixels, Bounds) = (pixels, bounds);

    /// <summary>The digit in the form of MNIST: [28, 28], 0 for background to 255 for ink.</summary>
    public byte[] Pixels { get; }

    /// <summary>The bounding box of the ink in the image, after its orientation is applied.</summary>
    public PixelRegion Bounds { get; }
}
