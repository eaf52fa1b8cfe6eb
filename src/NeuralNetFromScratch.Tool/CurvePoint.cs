namespace NeuralNetFromScratch.Tool;

/// <summary>A point of the lab recipe's learning curve.</summary>
internal sealed record CurvePoint(int Step, double TrainAccuracy);
