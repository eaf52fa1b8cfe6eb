namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>One line of the comparison.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Ours">The library's figure, or null.</param>
/// <param name="Peer">What it is compared with: a peer's figure, a peak, or another setting; null where there is none.</param>
/// <param name="Unit">Unit of both.</param>
/// <param name="Ratio">The figure that the target is about.</param>
/// <param name="MedianRatio">The same by the medians of the runs; the ratio itself is by the best of them. Null where there is one run.</param>
/// <param name="Target">What it has to be.</param>
/// <param name="Passes">Whether it is; null where the peer is missing.</param>
internal sealed record Row(string Name, double? Ours, double? Peer, string Unit, double? Ratio, double? MedianRatio, string Target, bool? Passes);
