namespace NeuralNetFromScratch;

/// <summary>A parameter that a layer asks for.</summary>
/// <param name="Name">Its name within the layer: "weight", "bias".</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Initializer">How it starts.</param>
/// <param name="Role">What it is to the optimizer.</param>
public sealed record ParameterDefinition(string Name, Shape Shape, Initializer Initializer, ParameterRole Role);
