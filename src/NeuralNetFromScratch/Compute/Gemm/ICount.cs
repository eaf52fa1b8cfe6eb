namespace NeuralNetFromScratch.Compute;

/// <summary>A number that the JIT knows: the rows of a micro-kernel's tile, or the registers in each.</summary>
internal interface ICount
{
    static abstract int Value { get; }
}
