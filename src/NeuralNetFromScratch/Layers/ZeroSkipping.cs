namespace NeuralNetFromScratch;

/// <summary>
/// Specifies whether a layer skips products with inputs that are 0. The results have the same bits if weights and gradients are finite, up to the
/// sign of a zero: 0 · ∞ and 0 · NaN are skipped too.
/// </summary>
public enum ZeroSkipping
{
    /// <summary>A sample of each batch's rows decides: adjacent zeros, such as the margins of images, are skipped.</summary>
    Automatic,

    /// <summary>Zeros of every batch are skipped.</summary>
    Always,

    /// <summary>Every product is computed.</summary>
    Never,
}
