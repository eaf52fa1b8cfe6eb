namespace NeuralNetFromScratch.Benchmarks;

/// <summary>A benchmark parameter that knows how much arithmetic it asks for.</summary>
public interface IFlopCount
{
    /// <summary>Floating-point operations; a multiply-add counts as two.</summary>
    double Flops { get; }
}
