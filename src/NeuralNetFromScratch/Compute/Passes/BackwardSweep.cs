namespace NeuralNetFromScratch.Compute;

/// <summary>
/// What a dense layer does with the gradient at its output before the matrix products, in one sweep:
/// <c>dZ = dA ∘ f'</c> in place, and the bias gradient <c>db = Σ dZ</c> over the rows. A column is summed from the first row to the
/// last, by one worker.
/// </summary>
internal unsafe struct BackwardSweep
{
    public int Rows, Columns;

    /// <summary>The activation's input or output, whichever its derivative is computed from: [Rows, Columns].</summary>
    public float* Argument;

    /// <summary>dA, replaced by dZ: [Rows, Columns].</summary>
    public float* Gradient;

    /// <summary>db: [Columns].</summary>
    public float* Sums;

    /// <summary>Whether the sums are added to what db holds.</summary>
    public bool Accumulate;
}
