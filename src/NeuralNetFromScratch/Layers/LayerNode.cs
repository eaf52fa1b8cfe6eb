namespace NeuralNetFromScratch;

/// <summary>A layer at its place in a network.</summary>
/// <param name="Number">Its number, from 0.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Name">Its name in the network: "dense1".</param>
/// <param name="InputShape">Shape of one sample at its input.</param>
/// <param name="OutputShape">Shape of one sample at its output.</param>
/// <param name="FirstParameter">Number of its first parameter in the network's store.</param>
/// <param name="ParameterCount">How many parameters it has.</param>
internal sealed record LayerNode(
    int Number, Layer Layer, string Name, Shape InputShape, Shape OutputShape, int FirstParameter, int ParameterCount);
