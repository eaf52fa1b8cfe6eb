namespace NeuralNetFromScratch.Benchmarks;

/// <summary>A matrix product C[Rows, Columns] = A·B, with A and B possibly stored transposed.</summary>
public sealed record ProductShape(int Rows, int Columns, int Depth, bool LeftTransposed = false, bool RightTransposed = false) : IFlopCount
{
    public double Flops => 2.0 * Rows * Columns * Depth;

    public override string ToString() =>
        $"{Rows}×{Columns}×{Depth} {(LeftTransposed ? 'T' : 'N')}{(RightTransposed ? 'T' : 'N')}";
}
