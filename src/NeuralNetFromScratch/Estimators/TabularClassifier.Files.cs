using System.Diagnostics.CodeAnalysis;

namespace NeuralNetFromScratch;

/// <summary>Saving and loading.</summary>
public sealed partial class TabularClassifier<TLabel>
{
    /// <summary>Loads a classifier from a file that <see cref="Save"/> wrote. It predicts the same bits and has the same classes.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="parse">
    /// Converts a text to a label; null for strings, numbers, enumerations, <see cref="bool"/>, <see cref="char"/> and <see cref="DateTime"/>.
    /// </param>
    /// <param name="options">
    /// The options of further training by <c>PartialFit</c>, which starts with a new optimizer state; null for the defaults.
    /// </param>
    /// <param name="parts">The kinds of parts that the file may contain; null for <see cref="BuiltInParts.Registry"/>.</param>
    /// <exception cref="InvalidDataException">The file does not contain a classifier with such labels. The message says what is wrong.</exception>
    /// <exception cref="NotSupportedException">The type of the labels requires <paramref name="parse"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    [SuppressMessage("Design", "CA1000", Justification = "As with Sequential.Load, the type says what the file is read into.")]
    public static TabularClassifier<TLabel> Load(
        string path, Func<string, TLabel>? parse = null, TabularClassifierOptions? options = null, PartRegistry? parts = null)
    {
        Func<string, TLabel> read = parse ?? ClassLabel.Parser<TLabel>();
        Sequential network = Sequential.Load(path, parts);
        if (network.ClassNames.Count < 2 || network.ClassNames.Count != network.OutputShape.ElementCount || network.OutputActivation != OutputActivation.Softmax)
            throw new InvalidDataException(
                $"{path}: expected a classifier with a name for each class, got a network of {network.OutputShape.ElementCount} outputs with {network.ClassNames.Count} names");
        var classes = new TLabel[network.ClassNames.Count];
        for (int i = 0; i < classes.Length; i++)
        {
            try
            {
                classes[i] = read(network.ClassNames[i]);
            }
            catch (Exception exception) when (exception is FormatException or OverflowException or ArgumentException)
            {
                throw new InvalidDataException($"{path}: \"{network.ClassNames[i]}\" is not a label of type {typeof(TLabel).Name}", exception);
            }
        }

        if (classes.Distinct().Count() != classes.Length)
            throw new InvalidDataException($"{path}: two classes have the same name");
        var classifier = new TabularClassifier<TLabel>(options);
        classifier.Adopt(network, classes);
        return classifier;
    }

    /// <summary>
    /// Saves the classifier to a safetensors file, including standardization and class names.
    /// <see cref="Sequential.Load(string, PartRegistry?)"/> reads its network. The state of the optimizer is not saved. The file is written
    /// atomically.
    /// </summary>
    /// <param name="path">The path of the file. An existing file is replaced.</param>
    /// <exception cref="InvalidOperationException">The classifier is not trained.</exception>
    /// <exception cref="NotSupportedException">
    /// A user's activation has the same kind as a part of the library, or two classes have the same text.
    /// </exception>
    public void Save(string path)
    {
        Sequential network = Network;
        if (network.ClassNames.Distinct().Count() != network.ClassNames.Count)
            throw new NotSupportedException("two classes have the same text, so that a file cannot distinguish them");
        network.Save(path, TensorNaming.Native);
    }
}
