namespace NeuralNetFromScratch.Tool;

/// <summary>A point of the learning curve of the lab recipe.</summary>
internal sealed record CurvePoint(int Step, double TrainAccuracy);
