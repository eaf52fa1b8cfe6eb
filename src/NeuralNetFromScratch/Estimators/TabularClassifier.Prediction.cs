using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;

namespace NeuralNetFromScratch;

/// <summary>Prediction, scores, and loading from files.</summary>
public sealed partial class TabularClassifier<TLabel>
{
    /// <summary>Loads a classifier from a file that <see cref="TabularEstimator.Save(string)"/> wrote. It predicts the same bits.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parse">
    /// Converts a text to a label; null for strings, numbers, enumerations, <see cref="bool"/>, <see cref="char"/> and <see cref="DateTime"/>.
    /// </param>
    /// <param name="options">The options of further training, with a new optimizer state; null for the defaults.</param>
    /// <param name="parts">The parts that the file can contain; <see cref="BuiltInParts.Registry"/> if null.</param>
    /// <exception cref="InvalidDataException">The file does not hold a classifier with such labels; the message says why.</exception>
    /// <exception cref="NotSupportedException">The type of the labels requires <paramref name="parse"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    [SuppressMessage("Design", "CA1000", Justification = "As with Sequential.Load, the type says what the file is read into.")]
    public static TabularClassifier<TLabel> Load(
        string path, Func<string, TLabel>? parse = null, TabularClassifierOptions? options = null, PartRegistry? parts = null)
    {
        Func<string, TLabel> read = parse ?? ClassLabel.Parser<TLabel>();
        return EstimatorFile.Read(path, parts, file => Of(file, read, options));
    }

    /// <summary>Loads a classifier from a stream, as <see cref="Load(string, Func{string, TLabel}?, TabularClassifierOptions?, PartRegistry?)"/> does from a file.</summary>
    /// <param name="stream">The stream. It is read from its position to its end and stays open.</param>
    /// <param name="parse">
    /// Converts a text to a label; null for strings, numbers, enumerations, <see cref="bool"/>, <see cref="char"/> and <see cref="DateTime"/>.
    /// </param>
    /// <param name="options">The options of further training, with a new optimizer state; null for the defaults.</param>
    /// <param name="parts">The parts that the stream can contain; <see cref="BuiltInParts.Registry"/> if null.</param>
    /// <exception cref="InvalidDataException">The stream does not hold a classifier with such labels; the message says why.</exception>
    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    /// <exception cref="NotSupportedException">The type of the labels requires <paramref name="parse"/>.</exception>
    [SuppressMessage("Design", "CA1000", Justification = "As with Sequential.Load, the type says what the stream is read into.")]
    public static TabularClassifier<TLabel> Load(
        Stream stream, Func<string, TLabel>? parse = null, TabularClassifierOptions? options = null, PartRegistry? parts = null)
    {
        Func<string, TLabel> read = parse ?? ClassLabel.Parser<TLabel>();
        return EstimatorFile.Read(stream, parts, file => Of(file, read, options));
    }

    /// <summary>Predicts the most probable class of each sample.</summary>
    /// <param name="features">[samples, features].</param>
    /// <exception cref="ArgumentException">The number of features differs from the training, or a feature is not finite.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on features without names, or its training diverged, so that probabilities are NaN.</exception>
    public TLabel[] Predict(ReadOnlyMatrixView features) => MostProbable(PredictProbabilities(features));

    /// <inheritdoc cref="Predict(ReadOnlyMatrixView)"/>
    public TLabel[] Predict(IReadOnlyList<float[]> features) => MostProbable(PredictProbabilities(features));

    /// <summary>Predicts the most probable class of each row of a table.</summary>
    /// <param name="data">The table, with all columns that the plan does not ignore. Other columns are not used.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on a table, or its training diverged, so that probabilities are NaN.</exception>
    public TLabel[] Predict(TabularData data) => MostProbable(PredictProbabilities(data));

    /// <summary>Predicts the probabilities of all classes: [samples, classes], in the order of <see cref="Classes"/>.</summary>
    /// <param name="features">[samples, features].</param>
    /// <exception cref="ArgumentException">The number of features differs from the training, or a feature is not finite.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on features without names.</exception>
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

    /// <summary>Predicts the probabilities of all classes for each row of a table: [rows, classes], in the order of <see cref="Classes"/>.</summary>
    /// <param name="data">The table, with all columns that the plan does not ignore. Other columns are not used.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on a table.</exception>
    public Tensor<float> PredictProbabilities(TabularData data) => Outputs(Encode(data));

    /// <summary>Computes the accuracy on samples, 0 to 1.</summary>
    /// <param name="features">[samples, features].</param>
    /// <param name="labels">The class of each sample. An unknown class counts as wrong.</param>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature is not finite.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on features without names.</exception>
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

    /// <summary>Computes the accuracy on the rows of a table, 0 to 1.</summary>
    /// <param name="data">The table, with the target column. An unknown class counts as wrong.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding or is not a label.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on a table.</exception>
    public double Score(TabularData data) => Share(Predict(data), Labels(data, TargetNames[0]));

    /// <summary>
    /// Computes the permutation importance of each feature: the decrease of the score when the values of the feature are shuffled among the samples. Use samples
    /// that were not trained on. If two features carry the same information, the importance of both is low.
    /// </summary>
    /// <param name="features">[samples, features].</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="repeats">The number of times each feature is shuffled. Default: 5; positive.</param>
    /// <param name="seed">The seed of the shuffling.</param>
    /// <returns>The features, named by their index, the most important first.</returns>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="repeats"/> is not positive.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on features without names.</exception>
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
