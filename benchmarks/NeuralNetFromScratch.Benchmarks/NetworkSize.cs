namespace NeuralNetFromScratch.Benchmarks;

/// <summary>A step's size: 784-Hidden-10 over a batch.</summary>
public sealed record NetworkSize(int Hidden, int Batch) : IFlopCount
{
    /// <summary>Forward and weight gradient of both layers, and the input gradient of the second.</summary>
    public double Flops => 2.0 * Batch * (2 * 784 * Hidden + 3 * Hidden * 10);

    public override string ToString() => $"784-{Hidden}-10, batch {Batch}";
}
