namespace NeuralNetFromScratch.Fuzzing;

/// <summary>What a run found.</summary>
/// <param name="Files">Files that were read.</param>
/// <param name="Accepted">Those that were still valid.</param>
/// <param name="MostBytes">The most that a reader allocated for one of them.</param>
/// <param name="MostBytesNumber">Which one.</param>
/// <param name="MostSeconds">The longest that a reader took.</param>
/// <param name="MostSecondsNumber">For which one.</param>
/// <param name="Failures">Where a reader broke its promise.</param>
public sealed record FuzzReport(long Files, long Accepted, long MostBytes, ulong MostBytesNumber, double MostSeconds, ulong MostSecondsNumber, IReadOnlyList<FuzzFailure> Failures);
