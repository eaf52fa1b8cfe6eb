namespace NeuralNetFromScratch;

/// <summary>How well a network does on labelled samples.</summary>
/// <param name="Count">Number of samples.</param>
/// <param name="Loss">Mean loss.</param>
/// <param name="Accuracy">Share of samples whose largest output is that of their class: 0 to 1.</param>
/// <param name="ConfusionMatrix">Which classes were taken for which.</param>
public sealed record Evaluation(int Count, double Loss, double Accuracy, ConfusionMatrix ConfusionMatrix);
