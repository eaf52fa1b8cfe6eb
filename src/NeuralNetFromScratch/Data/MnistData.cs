namespace NeuralNetFromScratch;

/// <summary>The two sets of MNIST, or of another collection in its format.</summary>
/// <param name="Training">The samples to train on: 60,000 in MNIST.</param>
/// <param name="Test">The samples to test on: 10,000 in MNIST.</param>
public sealed record MnistData(Dataset Training, Dataset Test);
