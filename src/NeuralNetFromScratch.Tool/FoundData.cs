
namespace NeuralNetFromScratch.Tool;

/// <summary>The data of a run.</summary>
/// <param name="Kind">"mnist", "custom" or "synthetic".</param>
/// <param name="Sets">The samples.</param>
internal sealed record FoundData(string Kind, MnistData Sets);
