namespace NeuralNetFromScratch.Compute;

/// <summary>One call of the micro-kernel.</summary>
internal unsafe struct Tile
{
    /// <summary>Number of steps of k.</summary>
    public int Depth;

    /// <summary>Which steps, for kernels that do not take all of them.</summary>
    public int* Steps;

    /// <summary>Element (0, 0) of the rows of A, the distance between its rows, and between its steps of k.</summary>
    public float* A;
    public nint ARow, AStep;

    /// <summary>Step 0 of the columns of B, contiguous over the tile's width, and the distance between steps of k.</summary>
    public float* B;
    public nint BStep;

    /// <summary>The tile's first element, and the distance between its rows, which are contiguous.</summary>
    public float* C;
    public nint CRow;

    /// <summary>Whether the sums go on from what C holds, or start from zero.</summary>
    public bool Accumulate;
}
