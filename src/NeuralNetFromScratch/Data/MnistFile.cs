namespace NeuralNetFromScratch;

/// <summary>One of MNIST's files.</summary>
/// <param name="Name">Its name, uncompressed.</param>
/// <param name="Sha256">SHA-256 of its uncompressed contents, in lower-case hexadecimal digits.</param>
internal sealed record MnistFile(string Name, string Sha256);
