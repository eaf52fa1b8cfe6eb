namespace NeuralNetFromScratch;

/// <summary>What an update needs to know about its step.</summary>
/// <param name="Number">The number of the step, from 1.</param>
/// <param name="LearningRate">The learning rate.</param>
public readonly record struct UpdateStep(long Number, float LearningRate);
