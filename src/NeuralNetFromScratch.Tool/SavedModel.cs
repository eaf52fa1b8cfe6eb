using NeuralNetFromScratch.Images;

namespace NeuralNetFromScratch.Tool;

/// <summary>Loads a network and checks that it classifies digits.</summary>
internal static class SavedModel
{
    /// <exception cref="InvalidDataException">The file does not contain a network for digits.</exception>
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
