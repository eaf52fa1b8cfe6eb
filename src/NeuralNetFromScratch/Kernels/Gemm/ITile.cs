namespace NeuralNetFromScratch.Kernels;

/// <summary>The size of a micro-kernel's tile of C; constants to the JIT.</summary>
internal interface ITile
{
    /// <summary>Rows of C, 1 to 12.</summary>
    static abstract int Rows { get; }

    /// <summary>Registers of C in each row, 1 or 2.</summary>
    static abstract int Vectors { get; }
}
