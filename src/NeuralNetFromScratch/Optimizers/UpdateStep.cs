namespace NeuralNetFromScratch;

/// <summary>What an update needs to know about its step.</summary>
/// <param name="Number">The number of the step, from 1.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="Momentum">The momentum, or Adam's β₁, where a schedule sets it; else the optimizer's own holds.</param>
public readonly record struct UpdateStep(long Number, float LearningRate, float? Momentum = null);
