using System.Numerics.Tensors;

namespace NeuralNetFromScratch;

/// <summary>
/// A classifier for tables that follows the estimator pattern: create it, call <see cref="Fit(ReadOnlyMatrixView, ReadOnlySpan{TLabel})"/>, call
/// <see cref="Predict(ReadOnlyMatrixView)"/>. It standardizes the features, numbers the classes, and trains a network that has one hidden layer
/// by default. Means, standard deviations and classes are part of the classifier and of the file that <see cref="Save"/> writes.
/// </summary>
/// <typeparam name="TLabel">
/// The type of the labels, for example <see cref="string"/>, <see cref="int"/> or an enumeration. Classes are in their sorted order.
/// </typeparam>
public sealed partial class TabularClassifier<TLabel>
    where TLabel : notnull
{
    private readonly TabularClassifierOptions _options;
    private TLabel[] _classes = [];
    private Dictionary<TLabel, int> _numbers = [];
    private Sequential? _network;
    private Trainer? _trainer;

    /// <summary>Creates an untrained classifier.</summary>
    /// <param name="options">The options of network and training; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentNullException">
    /// <see cref="TabularClassifierOptions.HiddenUnits"/> or <see cref="TabularClassifierOptions.Activation"/> is null.
    /// </exception>
    public TabularClassifier(TabularClassifierOptions? options = null)
    {
        _options = options ?? new();
        _options.Validate();
    }

    /// <summary>
    /// The classes in their sorted order, which is the order of the columns of <see cref="PredictProbabilities(ReadOnlyMatrixView)"/>. Empty
    /// before the first fit.
    /// </summary>
    public IReadOnlyList<TLabel> Classes => _classes;

    /// <summary>The network, including standardization and class names. It maps raw features to probabilities.</summary>
    /// <exception cref="InvalidOperationException">The classifier is not trained.</exception>
    public Sequential Network => _network ?? throw new InvalidOperationException("the classifier is not trained; call Fit first");

    /// <summary>
    /// Trains from newly initialized parameters and discards earlier training, unless <see cref="TabularClassifierOptions.WarmStart"/> is set.
    /// </summary>
    /// <param name="features">The samples: [samples, features]; all values must be finite.</param>
    /// <param name="labels">The class of each sample; at least two different classes.</param>
    /// <returns>The loss and metrics of each epoch.</returns>
    /// <exception cref="ArgumentException">
    /// The sizes do not match, a feature is not finite, or there are fewer than two classes. Nothing has changed.
    /// </exception>
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

    /// <summary>Trains one epoch on the given samples, starting from the current parameters.</summary>
    /// <param name="features">
    /// The samples: [samples, features]; all values must be finite. The means and standard deviations of the first call are kept.
    /// </param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="classes">
    /// All classes of the present and later calls, in any order. Required in the first call unless its labels have all classes. A later call may
    /// omit them or pass the same ones.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The sizes do not match, a feature is not finite, a label is unknown, or the classes differ from those of the first call. Nothing has
    /// changed.
    /// </exception>
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

    /// <summary>Returns the most probable class of each sample.</summary>
    /// <param name="features">The samples: [samples, features].</param>
    /// <returns>The classes: [samples].</returns>
    /// <exception cref="ArgumentException">The number of features differs from that of the training, or a feature is not finite.</exception>
    /// <exception cref="InvalidOperationException">The classifier is not trained, or its training diverged and its probabilities are NaN.</exception>
    public TLabel[] Predict(ReadOnlyMatrixView features)
    {
        MatrixView probabilities = PredictProbabilities(features).AsMatrix();
        var labels = new TLabel[features.Rows];
        for (int row = 0; row < labels.Length; row++)
        {
            int predicted = Argmax.Of(probabilities.Row(row));
            if (predicted < 0)
                throw new InvalidOperationException($"the probabilities of sample {row} are NaN: the training diverged");
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

    /// <summary>Computes the probability of each class.</summary>
    /// <param name="features">The samples: [samples, features].</param>
    /// <returns>The probabilities: [samples, classes], with columns in the order of <see cref="Classes"/>.</returns>
    /// <exception cref="ArgumentException">The number of features differs from that of the training, or a feature is not finite.</exception>
    /// <exception cref="InvalidOperationException">The classifier is not trained.</exception>
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

    /// <summary>Computes the accuracy: the fraction of samples whose most probable class is their label.</summary>
    /// <param name="features">The samples: [samples, features].</param>
    /// <param name="labels">The class of each sample. An unknown class counts as a wrong prediction.</param>
    /// <returns>The accuracy, 0 to 1.</returns>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature is not finite.</exception>
    /// <exception cref="InvalidOperationException">The classifier is not trained.</exception>
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
        // Strings are compared ordinally, so that the order does not depend on the culture.
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
                $"the classes differ from those of the first call{(added.Length > 0 ? $"; new: {string.Join(", ", added)}" : "")}{(missing.Length > 0 ? $"; missing: {string.Join(", ", missing)}" : "")}",
                "classes");
    }

    private static void ThrowIfUnknown(TLabel label, bool isKnown)
    {
        if (!isKnown)
            throw new ArgumentException($"class \"{label}\" is not one of the classes of the first call", nameof(label));
    }

    /// <summary>Creates the network with the features' means and standard deviations and untrained parameters.</summary>
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

    /// <summary>The trainer. The number of samples of the first call determines the batch size, by which the penalty is divided.</summary>
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
