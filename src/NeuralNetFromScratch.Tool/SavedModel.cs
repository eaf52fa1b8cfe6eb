using NeuralNetFromScratch.Images;

namespace NeuralNetFromScratch.Tool;

/// <summary>A network from a file, checked for what the verbs need.</summary>
internal static class SavedModel
{
    /// <exception cref="InvalidDataException">The file is no network, or one for something else than digits.</exception>
    public static Sequential Load(string path)
    {
        UserFile.CheckReadable(path);
        Sequential network = Sequential.Load(path);
        return network.InputShape.ElementCount == DigitPreprocessor.Side * DigitPreprocessor.Side && network.OutputShape.ElementCount == 10
            ? network
            : throw new InvalidDataException(
                $"{path}: expected a network from {DigitPreprocessor.Side} × {DigitPreprocessor.Side} pixels to 10 digits, got one from {network.InputShape} to {network.OutputShape}");
    }
}
