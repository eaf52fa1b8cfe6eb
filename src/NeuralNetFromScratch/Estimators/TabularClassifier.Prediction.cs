using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;

namespace NeuralNetFromScratch;

/// <summary>What a classifier predicts, how well, and how it is read from a file.</summary>
public sealed partial class TabularClassifier<TLabel>
{
    /// <summary>Reads a classifier from a file that <see cref="TabularEstimator.Save(string)"/> wrote: it predicts the same bits, and knows its classes and columns.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parse">
    /// Makes a label of its text; null for text, numbers, enumerations, <see cref="bool"/>, <see cref="char"/> and <see cref="DateTime"/>.
    /// </param>
    /// <param name="options">How <c>PartialFit</c> goes on, with an optimizer that starts anew; null for the defaults.</param>
    /// <param name="parts">The kinds that the file may have; <see cref="BuiltInParts.Registry"/> if null.</param>
    /// <exception cref="InvalidDataException">The file does not hold a classifier with such labels; the message says what is wrong.</exception>
    /// <exception cref="NotSupportedException">The type of the labels needs <paramref name="parse"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    [SuppressMessage("Design", "CA1000", Justification = "As with Sequential.Load, the type says what the file is read into.")]
    public static TabularClassifier<TLabel> Load(
        string path, Func<string, TLabel>? parse = null, TabularClassifierOptions? options = null, PartRegistry? parts = null)
    {
        Func<string, TLabel> read = parse ?? ClassLabel.Parser<TLabel>();
        return EstimatorFile.Read(path, parts, file => Of(file, read, options));
    }

    /// <summary>Reads a classifier from a stream, as <see cref="Load(string, Func{string, TLabel}?, TabularClassifierOptions?, PartRegistry?)"/> does from a file.</summary>
    /// <param name="stream">The stream, which is read from its position to its end, and stays open.</param>
    /// <param name="parse">
    /// Makes a label of its text; null for text, numbers, enumerations, <see cref="bool"/>, <see cref="char"/> and <see cref="DateTime"/>.
    /// </param>
    /// <param name="options">How <c>PartialFit</c> goes on, with an optimizer that starts anew; null for the defaults.</param>
    /// <param name="parts">The kinds that the stream may have; <see cref="BuiltInParts.Registry"/> if null.</param>
    /// <exception cref="InvalidDataException">The stream does not hold a classifier with such labels; the message says what is wrong.</exception>
    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    /// <exception cref="NotSupportedException">The type of the labels needs <paramref name="parse"/>.</exception>
    [SuppressMessage("Design", "CA1000", Justification = "As with Sequential.Load, the type says what the stream is read into.")]
    public static TabularClassifier<TLabel> Load(
        Stream stream, Func<string, TLabel>? parse = null, TabularClassifierOptions? options = null, PartRegistry? parts = null)
    {
        Func<string, TLabel> read = parse ?? ClassLabel.Parser<TLabel>();
        return EstimatorFile.Read(stream, parts, file => Of(file, read, options));
    }

    /// <summary>The most probable class of each sample.</summary>
    /// <param name="features">[samples, features].</param>
    /// <exception cref="ArgumentException">The number of features is another, or one is not finite.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned such features, or its training diverged, so that its probabilities are no numbers.</exception>
    public TLabel[] Predict(ReadOnlyMatrixView features) => MostProbable(PredictProbabilities(features));

    /// <inheritdoc cref="Predict(ReadOnlyMatrixView)"/>
    public TLabel[] Predict(IReadOnlyList<float[]> features) => MostProbable(PredictProbabilities(features));

    /// <summary>The most probable class of each row of a table.</summary>
    /// <param name="data">The table: it has each column that is not ignored; others do not matter.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned a table, or its training diverged, so that its probabilities are no numbers.</exception>
    public TLabel[] Predict(TabularData data) => MostProbable(PredictProbabilities(data));

    /// <summary>The probability of each class: [samples, classes], columns as in <see cref="Classes"/>.</summary>
    /// <param name="features">[samples, features].</param>
    /// <exception cref="ArgumentException">The number of features is another, or one is not finite.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned such features.</exception>
    public Tensor<float> PredictProbabilities(ReadOnlyMatrixView features)
    {
        _ = Network;
        return Outputs(Encode(features, features.Rows, keeps: true));
    }

    /// <inheritdoc cref="PredictProbabilities(ReadOnlyMatrixView)"/>
    public Tensor<float> PredictProbabilities(IReadOnlyList<float[]> features)
    {
        float[] table = FeatureTable.Of(features, out int columns);
        return PredictProbabilities(new ReadOnlyMatrixView(table, features.Count, columns));
    }

    /// <summary>The probability of each class for each row of a table: [rows, classes], columns as in <see cref="Classes"/>.</summary>
    /// <param name="data">The table: it has each column that is not ignored; others do not matter.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned a table.</exception>
    public Tensor<float> PredictProbabilities(TabularData data) => Outputs(Encode(data));

    /// <summary>The share of samples whose most probable class is theirs.</summary>
    /// <param name="features">[samples, features].</param>
    /// <param name="labels">The class of each sample; one that was never seen is always wrong.</param>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature is not finite.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned such features.</exception>
    public double Score(ReadOnlyMatrixView features, ReadOnlySpan<TLabel> labels)
    {
        FeatureTable.Check(features, labels.Length, network: null);
        return Share(Predict(features), labels);
    }

    /// <inheritdoc cref="Score(ReadOnlyMatrixView, ReadOnlySpan{TLabel})"/>
    public double Score(IReadOnlyList<float[]> features, ReadOnlySpan<TLabel> labels)
    {
        float[] table = FeatureTable.Of(features, out int columns);
        return Score(new ReadOnlyMatrixView(table, features.Count, columns), labels);
    }

    /// <summary>The share of a table's rows whose most probable class is theirs.</summary>
    /// <param name="data">The table, with the column of classes; one that was never seen is always wrong.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding or is no class.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned a table.</exception>
    public double Score(TabularData data) => Share(Predict(data), Labels(data, TargetNames[0]));

    /// <summary>
    /// How much each feature matters: by how much the score on some samples falls where the feature's values are dealt out anew among them. Samples that were not
    /// trained on say what helps to predict others. Of two features that say the same, neither seems to matter much.
    /// </summary>
    /// <param name="features">[samples, features].</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="repeats">How often each feature is dealt out anew. Default: 5; positive.</param>
    /// <param name="seed">Seed of the orders.</param>
    /// <returns>The features by their numbers, the most important first.</returns>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="repeats"/> is not positive.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned such features.</exception>
    public IReadOnlyList<FeatureImportance> PermutationImportance(ReadOnlyMatrixView features, ReadOnlySpan<TLabel> labels, int repeats = 5, ulong seed = 0)
    {
        _ = Encode(features, labels.Length, keeps: true);
        TLabel[] classes = labels.ToArray();
        var shuffled = new ShuffledFeatures(features);
        return FeatureImportance.Measure(shuffled.Names, features.Rows, repeats, seed, (feature, order) => Share(Predict(shuffled.Take(feature, order)), classes));
    }

    /// <exception cref="InvalidDataException">The file does not hold a classifier with such labels.</exception>
    private static TabularClassifier<TLabel> Of(EstimatorFile file, Func<string, TLabel> read, TabularClassifierOptions? options)
    {
        Sequential network = file.Network;
        if (network.ClassNames.Count < 2 || network.ClassNames.Count != network.OutputShape.ElementCount || network.OutputActivation != OutputActivation.Softmax)
            throw new InvalidDataException(
                $"expected a classifier with a name for each class, got a network of {network.OutputShape.ElementCount} outputs with {network.ClassNames.Count} names");
        var classes = new TLabel[network.ClassNames.Count];
        for (int i = 0; i < classes.Length; i++)
        {
            try
            {
                classes[i] = read(network.ClassNames[i]);
            }
            catch (Exception exception) when (exception is FormatException or OverflowException or ArgumentException)
            {
                throw new InvalidDataException($"{MessageText.Quote(network.ClassNames[i])} is not a label of type {typeof(TLabel).Name}", exception);
            }
        }

        if (classes.Distinct().Count() != classes.Length)
            throw new InvalidDataException("two classes have the same name");
        TabularPlan? plan = file.Plan;
        string[] targets = file.Targets;
        if (plan is not null && targets.Length != 1)
            throw new InvalidDataException($"expected the name of one column of classes, got {targets.Length}");
        var classifier = new TabularClassifier<TLabel>(options) { _parse = read };
        classifier.Adopt(network, network, plan, targets);
        classifier.Learned(classes);
        return classifier;
    }

    private TLabel[] MostProbable(Tensor<float> outputs)
    {
        MatrixView probabilities = outputs.AsMatrix();
        var labels = new TLabel[probabilities.Rows];
        for (int row = 0; row < labels.Length; row++)
        {
            int predicted = Argmax.Of(probabilities.Row(row));
            if (predicted < 0)
                throw new InvalidOperationException($"the probabilities of sample {row} are NaN: the training diverged");
            labels[row] = _classes[predicted];
        }

        return labels;
    }

    private static double Share(ReadOnlySpan<TLabel> predicted, ReadOnlySpan<TLabel> labels)
    {
        int correct = 0;
        for (int i = 0; i < predicted.Length; i++)
            correct += EqualityComparer<TLabel>.Default.Equals(predicted[i], labels[i]) ? 1 : 0;
        return (double)correct / predicted.Length;
    }
}
