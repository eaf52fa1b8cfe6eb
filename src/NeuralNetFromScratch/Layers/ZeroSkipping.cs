namespace NeuralNetFromScratch;

/// <summary>
/// Whether a layer leaves out products with inputs that are zero. The results have the same bits either way as long as weights and gradients are finite,
/// up to the sign of a zero: 0 · ∞ and 0 · NaN are left out too.
/// </summary>
public enum ZeroSkipping
{
    /// <summary>Each batch decides by some of its rows: zeros that lie side by side, such as the margins of pictures, are left out.</summary>
    Automatic,

    /// <summary>Zeros are left out of every batch.</summary>
    Always,

    /// <summary>Every product is computed.</summary>
    Never,
}
