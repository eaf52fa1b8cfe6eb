using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;

namespace NeuralNetFromScratch;

/// <summary>
/// A classifier for tables in three lines: make it, <see cref="Fit(ReadOnlyMatrixView, ReadOnlySpan{TLabel})"/>,
/// <see cref="Predict(ReadOnlyMatrixView)"/>. It standardizes the features, numbers the classes, and trains a network with one hidden layer
/// unless told otherwise. Means, deviations and classes stay with it, and go into the file that <see cref="Save"/> writes.
/// </summary>
/// <typeparam name="TLabel">What classes are called by: a string, a number, an enumeration. Classes are in their sorted order.</typeparam>
public sealed class TabularClassifier<TLabel>
    where TLabel : notnull
{
    private readonly TabularClassifierOptions _options;
    private TLabel[] _classes = [];
    private Dictionary<TLabel, int> _numbers = [];
    private Sequential? _network;
    private Trainer? _trainer;

    /// <summary>A classifier that has learned nothing yet.</summary>
    /// <param name="options">Network and training; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option lies outside its range.</exception>
    /// <exception cref="ArgumentNullException">The hidden units or the activation are null.</exception>
    public TabularClassifier(TabularClassifierOptions? options = null)
    {
        _options = options ?? new();
        _options.Validate();
    }

    /// <summary>The classes, in their sorted order: the columns of <see cref="PredictProbabilities(ReadOnlyMatrixView)"/>. Empty before the first fit.</summary>
    public IReadOnlyList<TLabel> Classes => _classes;

    /// <summary>The network, standardization and class names included, which gives probabilities for raw features.</summary>
    /// <exception cref="InvalidOperationException">It has not learned anything yet.</exception>
    public Sequential Network => _network ?? throw new InvalidOperationException("the classifier has not learned anything yet: call Fit first");

    /// <summary>Reads a classifier from a file that <see cref="Save"/> wrote: it predicts the same bits, and knows its classes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parse">
    /// Makes a label of its text; null for text, numbers, enumerations, <see cref="bool"/>, <see cref="char"/> and <see cref="DateTime"/>.
    /// </param>
    /// <param name="options">How <c>PartialFit</c> goes on, with an optimizer that starts anew; null for the defaults.</param>
    /// <param name="parts">The kinds that the file may have; <see cref="BuiltInParts.Registry"/> if null.</param>
    /// <exception cref="InvalidDataException">The file does not hold a classifier with such labels; the message says what is wrong.</exception>
    /// <exception cref="NotSupportedException">The type of the labels needs <paramref name="parse"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option lies outside its range.</exception>
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
                throw new InvalidDataException($"{path}: \"{network.ClassNames[i]}\" is no label of type {typeof(TLabel).Name}", exception);
            }
        }

        if (classes.Distinct().Count() != classes.Length)
            throw new InvalidDataException($"{path}: two classes have the same name");
        var classifier = new TabularClassifier<TLabel>(options);
        classifier.Adopt(network, classes);
        return classifier;
    }

    /// <summary>
    /// Writes the classifier to a safetensors file, standardization and class names included; <see cref="Sequential.Load(string, PartRegistry?)"/> reads its network.
    /// What the optimizer remembers stays behind. The file is written whole or not at all.
    /// </summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <exception cref="InvalidOperationException">It has not learned anything yet.</exception>
    /// <exception cref="NotSupportedException">An activation of your own has the kind of one of the library's, or two classes have the same text.</exception>
    public void Save(string path)
    {
        Sequential network = Network;
        if (network.ClassNames.Distinct().Count() != network.ClassNames.Count)
            throw new NotSupportedException("two classes have the same text, and could not be told apart when they are read");
        network.Save(path, TensorNaming.Native);
    }

    /// <summary>Learns from scratch, forgetting what was learned before, unless <see cref="TabularClassifierOptions.WarmStart"/> is set.</summary>
    /// <param name="features">[samples, features]; all finite.</param>
    /// <param name="labels">The class of each sample; at least two different ones.</param>
    /// <returns>What each epoch reached.</returns>
    /// <exception cref="ArgumentException">The sizes do not fit, a feature is not finite, or there are fewer than two classes; nothing has changed.</exception>
    public TrainingHistory Fit(ReadOnlyMatrixView features, ReadOnlySpan<TLabel> labels)
    {
        FeatureTable.Check(features, labels.Length, _options.WarmStart ? _network : null);
        TLabel[] classes = SortedClasses(labels);
        if (!_options.WarmStart || _network is null)
            Build(features, classes);
        else
            ThrowIfOtherClasses(classes);
        Dataset samples = Samples(features, Numbers(labels));
        if (_options.Solver == TabularSolver.Lbfgs)
            return _options.Minimize(Network, samples);
        return Trainer(features.Rows).Fit(samples, new FitOptions
        {
            Epochs = _options.MaxEpochs,
            BatchSize = BatchSize(features.Rows),
            Seed = _options.Seed,
            EarlyStopping = new EarlyStopping
            {
                WatchesTraining = true,
                MinImprovement = _options.MinImprovement,
                Patience = _options.Patience,
                FollowsEveryImprovement = true,
                RestoresBest = false,
            },
        });
    }

    /// <inheritdoc cref="Fit(ReadOnlyMatrixView, ReadOnlySpan{TLabel})"/>
    public TrainingHistory Fit(IReadOnlyList<float[]> features, ReadOnlySpan<TLabel> labels)
    {
        float[] table = FeatureTable.Of(features, out int columns);
        return Fit(new ReadOnlyMatrixView(table, features.Count, columns), labels);
    }

    /// <summary>Goes through some samples once, on top of what was learned before.</summary>
    /// <param name="features">[samples, features]; all finite. The first call's means and deviations are kept.</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="classes">All classes that there will be, in any order; needed in the first call unless it shows them all. A later call may leave them out, or name the same.</param>
    /// <exception cref="ArgumentException">The sizes do not fit, a feature is not finite, a label is new, or the classes are others than in the first call; nothing has changed.</exception>
    public void PartialFit(ReadOnlyMatrixView features, ReadOnlySpan<TLabel> labels, ReadOnlySpan<TLabel> classes = default)
    {
        FeatureTable.Check(features, labels.Length, _network);
        if (_network is null)
        {
            TLabel[] all = SortedClasses(classes.IsEmpty ? labels : classes);
            foreach (TLabel label in labels)
                ThrowIfUnknown(label, Array.IndexOf(all, label) >= 0);
            Build(features, all);
        }
        else if (!classes.IsEmpty)
        {
            ThrowIfOtherClasses(SortedClasses(classes));
        }

        Dataset samples = Samples(features, Numbers(labels));
        Trainer(features.Rows).Fit(samples, new FitOptions { Epochs = 1, BatchSize = BatchSize(features.Rows), Seed = _options.Seed });
    }

    /// <inheritdoc cref="PartialFit(ReadOnlyMatrixView, ReadOnlySpan{TLabel}, ReadOnlySpan{TLabel})"/>
    public void PartialFit(IReadOnlyList<float[]> features, ReadOnlySpan<TLabel> labels, ReadOnlySpan<TLabel> classes = default)
    {
        float[] table = FeatureTable.Of(features, out int columns);
        PartialFit(new ReadOnlyMatrixView(table, features.Count, columns), labels, classes);
    }

    /// <summary>The most probable class of each sample.</summary>
    /// <param name="features">[samples, features].</param>
    /// <exception cref="ArgumentException">The number of features is another, or one is not finite.</exception>
    /// <exception cref="InvalidOperationException">It has not learned anything yet, or its training diverged, so that its probabilities are no numbers.</exception>
    public TLabel[] Predict(ReadOnlyMatrixView features)
    {
        MatrixView probabilities = PredictProbabilities(features).AsMatrix();
        var labels = new TLabel[features.Rows];
        for (int row = 0; row < labels.Length; row++)
        {
            int predicted = Argmax.Of(probabilities.Row(row));
            if (predicted < 0)
                throw new InvalidOperationException($"the probabilities of sample {row} are not numbers: the training diverged");
            labels[row] = _classes[predicted];
        }

        return labels;
    }

    /// <inheritdoc cref="Predict(ReadOnlyMatrixView)"/>
    public TLabel[] Predict(IReadOnlyList<float[]> features)
    {
        float[] table = FeatureTable.Of(features, out int columns);
        return Predict(new ReadOnlyMatrixView(table, features.Count, columns));
    }

    /// <summary>The probability of each class: [samples, classes], columns as in <see cref="Classes"/>.</summary>
    /// <param name="features">[samples, features].</param>
    /// <exception cref="ArgumentException">The number of features is another, or one is not finite.</exception>
    /// <exception cref="InvalidOperationException">It has not learned anything yet.</exception>
    public Tensor<float> PredictProbabilities(ReadOnlyMatrixView features)
    {
        Sequential network = Network;
        FeatureTable.Check(features, features.Rows, network);
        return network.Predict(new ReadOnlyTensorSpan<float>(features.ToArray(), [features.Rows, features.Columns]));
    }

    /// <inheritdoc cref="PredictProbabilities(ReadOnlyMatrixView)"/>
    public Tensor<float> PredictProbabilities(IReadOnlyList<float[]> features)
    {
        float[] table = FeatureTable.Of(features, out int columns);
        return PredictProbabilities(new ReadOnlyMatrixView(table, features.Count, columns));
    }

    /// <summary>The share of samples whose most probable class is theirs.</summary>
    /// <param name="features">[samples, features].</param>
    /// <param name="labels">The class of each sample; one that was never seen is always wrong.</param>
    /// <exception cref="ArgumentException">The sizes do not fit, or a feature is not finite.</exception>
    /// <exception cref="InvalidOperationException">It has not learned anything yet.</exception>
    public double Score(ReadOnlyMatrixView features, ReadOnlySpan<TLabel> labels)
    {
        FeatureTable.Check(features, labels.Length, _network);
        TLabel[] predicted = Predict(features);
        int correct = 0;
        for (int i = 0; i < predicted.Length; i++)
            correct += EqualityComparer<TLabel>.Default.Equals(predicted[i], labels[i]) ? 1 : 0;
        return (double)correct / predicted.Length;
    }

    /// <inheritdoc cref="Score(ReadOnlyMatrixView, ReadOnlySpan{TLabel})"/>
    public double Score(IReadOnlyList<float[]> features, ReadOnlySpan<TLabel> labels)
    {
        float[] table = FeatureTable.Of(features, out int columns);
        return Score(new ReadOnlyMatrixView(table, features.Count, columns), labels);
    }

    private static TLabel[] SortedClasses(ReadOnlySpan<TLabel> labels)
    {
        TLabel[] classes = [.. labels.ToArray().Distinct()];
        if (classes.Any(label => label is null))
            throw new ArgumentException("a label is null", nameof(labels));
        if (classes.Length < 2)
            throw new ArgumentException($"expected at least two classes, got {classes.Length}", nameof(labels));
        // Strings by their characters' numbers: the order must not depend on the culture.
        if (classes is string[] names)
            Array.Sort(names, StringComparer.Ordinal);
        else
            Array.Sort(classes);
        return classes;
    }

    private void ThrowIfOtherClasses(TLabel[] announced)
    {
        string[] added = [.. announced.Except(_classes).Select(ClassLabel.Text)], missing = [.. _classes.Except(announced).Select(ClassLabel.Text)];
        if (added.Length + missing.Length > 0)
            throw new ArgumentException(
                $"the classes are others than in the first call{(added.Length > 0 ? $"; new: {string.Join(", ", added)}" : "")}{(missing.Length > 0 ? $"; missing: {string.Join(", ", missing)}" : "")}",
                "classes");
    }

    private static void ThrowIfUnknown(TLabel label, bool isKnown)
    {
        if (!isKnown)
            throw new ArgumentException($"class \"{label}\" was not announced", nameof(label));
    }

    /// <summary>A network that has learned nothing yet but the features' means and deviations.</summary>
    private void Build(ReadOnlyMatrixView features, TLabel[] classes)
    {
        (float[] means, float[] deviations) = FeatureTable.Statistics(features);
        Layer[] layers =
        [
            new Standardization(means, deviations),
            .. _options.HiddenUnits.Select(units => new Dense(units, _options.Activation)),
            new Dense(classes.Length),
        ];
        Adopt(new Sequential([features.Columns], _options.Seed, layers) { ClassNames = [.. classes.Select(ClassLabel.Text)] }, classes);
    }

    private void Adopt(Sequential network, TLabel[] classes)
    {
        _numbers = classes.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        _classes = classes;
        _network = network;
        _trainer = null;
    }

    /// <summary>The trainer, made for the number of samples of the first call: the penalty is divided by the batch.</summary>
    private Trainer Trainer(int samples) => _trainer ??= new(
        Network,
        new SoftmaxCrossEntropy(),
        new Adam(_options.LearningRate) { L2Penalty = _options.L2Penalty / BatchSize(samples) },
        new TrainerOptions { ThreadCount = _options.ThreadCount, EmulateFusedMultiplyAdd = _options.EmulateFusedMultiplyAdd });

    private int[] Numbers(ReadOnlySpan<TLabel> labels)
    {
        var numbers = new int[labels.Length];
        for (int i = 0; i < numbers.Length; i++)
            ThrowIfUnknown(labels[i], _numbers.TryGetValue(labels[i], out numbers[i]));
        return numbers;
    }

    private Dataset Samples(ReadOnlyMatrixView features, int[] numbers) =>
        Dataset.FromArrays(features.ToArray(), [features.Columns], numbers, _classes.Length);

    private int BatchSize(int samples) => Math.Min(_options.BatchSize, samples);
}
