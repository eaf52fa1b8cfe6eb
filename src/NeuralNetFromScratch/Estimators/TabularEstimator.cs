using System.Numerics.Tensors;

namespace NeuralNetFromScratch;

/// <summary>
/// The base class of <see cref="TabularClassifier{TLabel}"/> and <see cref="TabularRegressor"/>, which build, train and save a network for tables.
/// </summary>
public abstract class TabularEstimator
{
    private Sequential? _trained, _network;
    private Trainer? _trainer;

    private protected TabularEstimator(TabularOptions options)
    {
        Options = options;
        options.Validate();
    }

    /// <summary>
    /// The network. Its inputs are raw features, or, after training on a table, the features of <see cref="Plan"/>. Its outputs are the probabilities of a
    /// classifier, or the targets of a regressor in their original units. Its metadata and extra tensors stay when the training continues with
    /// <c>PartialFit</c> or a warm start. <c>Fit</c> without a warm start creates a new network.
    /// </summary>
    /// <exception cref="InvalidOperationException">The estimator is not trained.</exception>
    public Sequential Network => _network ?? throw new InvalidOperationException("the estimator is not trained; call Fit first");

    /// <summary>The encoding of the columns; null before training and after training on features without names.</summary>
    public TabularPlan? Plan { get; private set; }

    /// <summary>The target columns; empty before training and after training on features without names.</summary>
    public IReadOnlyList<string> TargetNames { get; private set; } = [];

    private protected TabularOptions Options { get; }

    private protected bool HasLearned => _network is not null;

    /// <summary>The loss to minimize.</summary>
    private protected abstract Loss Loss { get; }

    /// <summary>
    /// Saves the estimator in a safetensors file: network, plan of the columns, classes, scales of the targets, but not the optimizer's state.
    /// <see cref="Sequential.Load(string, PartRegistry?)"/> loads the network alone. The file is written atomically.
    /// </summary>
    /// <param name="path">The file. An existing file is replaced; a missing folder is created.</param>
    /// <exception cref="InvalidOperationException">The estimator is not trained.</exception>
    /// <exception cref="NotSupportedException">A custom activation has the kind of a built-in one, or two classes have the same text.</exception>
    /// <exception cref="ArgumentException">A name or category cannot be encoded as UTF-8.</exception>
    public void Save(string path) => Network.Save(path, TensorNaming.Native, Texts());

    /// <summary>Saves the estimator in a stream, with the same bytes as <see cref="Save(string)"/>.</summary>
    /// <param name="stream">The stream. It is written from its position on, need not be seekable, and stays open.</param>
    /// <exception cref="InvalidOperationException">The estimator is not trained.</exception>
    /// <exception cref="NotSupportedException">A custom activation has the kind of a built-in one, or two classes have the same text.</exception>
    /// <exception cref="ArgumentException">The stream is not writable, or a name or category cannot be encoded as UTF-8.</exception>
    public void Save(Stream stream) => Network.Save(stream, TensorNaming.Native, Texts());

    /// <summary>Evaluates the network on the rows of a table.</summary>
    /// <param name="data">The table, with the target columns.</param>
    /// <param name="metrics">The metrics; null for the accuracy of a classifier, and for no metrics of a regressor.</param>
    /// <exception cref="ArgumentException">A column is missing, a cell does not fit its encoding, or a metric is not defined for the task.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on a table.</exception>
    public EvaluationResult Evaluate(TabularData data, IReadOnlyList<Metric>? metrics = null)
    {
        TabularFeatures features = Encode(data);
        return Network.Evaluate(Labelled(features, data), metrics: metrics, engine: NewEngine());
    }

    /// <summary>
    /// Computes the permutation importance of each column: the decrease of the score when the cells of the column are shuffled among the rows. Use rows that were
    /// not trained on. If two columns carry the same information, the importance of both is low.
    /// </summary>
    /// <param name="data">The table, with the target columns.</param>
    /// <param name="repeats">The number of times each column is shuffled. Default: 5; positive.</param>
    /// <param name="seed">The seed of the shuffling.</param>
    /// <returns>The columns that are not ignored, the most important first.</returns>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="repeats"/> is not positive.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on a table.</exception>
    public IReadOnlyList<FeatureImportance> PermutationImportance(TabularData data, int repeats = 5, ulong seed = 0)
    {
        TabularPlan plan = KnownPlan;
        CheckRows(data);
        string[] names = [.. plan.Columns.Where(column => column.Encoding != ColumnEncoding.Ignored).Select(column => column.Name)];
        TabularData needed = new([.. names.Concat(TargetNames).Distinct(StringComparer.Ordinal).Select(name => data[name])]);
        return FeatureImportance.Measure(names, data.RowCount, repeats, seed, (feature, order) => ScoreOf(feature < 0
            ? needed
            : new([.. needed.Columns.Select(column => column.Name == names[feature] ? column.Rows(order, source: null) : column)])));
    }

    private protected abstract double ScoreOf(TabularData data);

    /// <summary>Returns the rows of a table as samples with labels or targets.</summary>
    private protected abstract Dataset Labelled(TabularFeatures features, TabularData data);

    /// <summary>The metadata of the file beside that of the network.</summary>
    private protected virtual Dictionary<string, string> Texts() => EstimatorFile.TextsOf(Plan, TargetNames);

    /// <summary>Returns the network for callers, given the trained one.</summary>
    private protected virtual Sequential Publish(Sequential trained) => trained;

    /// <summary>Replaces the network that callers see, and keeps the metadata and tensors that they added to it.</summary>
    private void Publish()
    {
        Sequential published = Publish(_trained!);
        if (!ReferenceEquals(published, _network))
        {
            published.Metadata.Clear();
            published.ExtraTensors.Clear();
            published.CopyUserEntries(_network!);
        }

        _network = published;
    }

    /// <summary>Creates a network that is untrained, except for the means and deviations of the features.</summary>
    private protected void Build(TabularFeatures features, TabularPlan? plan, IReadOnlyList<string> targets, int outputs, IReadOnlyList<string> classNames)
    {
        List<Layer> layers = [];
        if (plan is null)
        {
            (float[] means, float[] deviations) = FeatureTable.Statistics(new ReadOnlyMatrixView(features.Dense, features.Rows, features.DenseColumns));
            layers.Add(new Standardization(means, deviations));
        }

        // Few sparse features of a sample are nonzero, and they alone determine the variance of the first layer's sums.
        Initializer? first = features.SparseColumns > 0 ? Initializer.Normal(MathF.Sqrt(2f / Math.Max(features.ActiveColumns, 1))) : null;
        foreach (int units in new TabularDefaults(Options, features.Rows).HiddenUnits)
        {
            layers.Add(new Dense(units, Options.Activation, first));
            first = null;
        }

        layers.Add(new Dense(outputs));
        var network = new Sequential([features.Columns], Options.Seed, layers) { ClassNames = classNames };
        Adopt(network, network, plan, targets);
    }

    private protected void Adopt(Sequential trained, Sequential network, TabularPlan? plan, IReadOnlyList<string> targets)
    {
        (_trained, _network, _trainer, Plan, TargetNames) = (trained, network, null, plan, targets);
    }

    /// <summary>Trains until the validation loss, or without validation the training loss, stops improving.</summary>
    private protected TrainingHistory Train(Dataset samples, Dataset? validation, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var defaults = new TabularDefaults(Options, samples.Count);
        double fraction = validation is null ? defaults.ValidationFraction : 0;
        bool validates = validation is not null || fraction > 0;
        try
        {
            if (Options.Solver == TabularSolver.Lbfgs)
                return Minimize(samples, cancellationToken);
            return Trainer(samples.Count).Fit(
                samples,
                new FitOptions
                {
                    Epochs = Options.MaxEpochs,
                    BatchSize = defaults.BatchSize,
                    Seed = Options.Seed,
                    Validation = validation,
                    ValidationFraction = fraction,
                    EarlyStopping = new EarlyStopping
                    {
                        WatchesTraining = !validates,
                        MinImprovement = Options.MinImprovement,
                        Patience = Options.Patience,
                        FollowsEveryImprovement = true,
                        RestoresBest = validates,
                    },
                },
                progress,
                cancellationToken);
        }
        finally
        {
            Publish();
        }
    }

    /// <summary>Trains for one epoch.</summary>
    private protected void TrainOnce(Dataset samples)
    {
        var defaults = new TabularDefaults(Options, samples.Count);
        Trainer(samples.Count).Fit(samples, new FitOptions { Epochs = 1, BatchSize = defaults.BatchSize, Seed = Options.Seed });
        Publish();
    }

    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on a table.</exception>
    private protected TabularFeatures Encode(TabularData data)
    {
        TabularPlan plan = KnownPlan;
        CheckRows(data);
        return plan.Encode(data);
    }

    /// <summary>Encodes training rows by the plan of the estimator, the plan of the caller, or an inferred plan.</summary>
    private protected TabularFeatures Encode(TabularData data, ref TabularPlan? plan, bool keeps, IReadOnlyList<string> except)
    {
        CheckRows(data);
        if (keeps)
            plan = KnownPlan;
        plan ??= TabularPlan.Infer(data, except, Options.PlanOptions);
        return plan.Encode(data);
    }

    /// <summary>Checks features without names.</summary>
    private protected TabularFeatures Encode(ReadOnlyMatrixView features, int targets, bool keeps)
    {
        if (keeps && HasLearned && Plan is not null)
            throw new InvalidOperationException("the estimator was trained on a table with columns; pass a table, or use Plan and Network");
        FeatureTable.Check(features, targets, keeps ? _network : null);
        return new(features.ToArray(), features.Rows, features.Columns);
    }

    /// <summary>Computes the network's outputs: [samples, outputs].</summary>
    private protected Tensor<float> Outputs(TabularFeatures features) => features.SparseColumns == 0 && features.Rows < 2 * Predictor.BlockRows
        ? Network.Predict(new ReadOnlyTensorSpan<float>(features.Dense, [features.Rows, features.DenseColumns]))
        : Network.Predict(features.WithLabels(new int[features.Rows], classCount: 1), NewEngine());

    private Engine NewEngine() => new(Options.ThreadCount, Options.EmulateFusedMultiplyAdd);

    private protected static void CheckWeights(ReadOnlySpan<float> weights, int rows)
    {
        if (!weights.IsEmpty && weights.Length != rows)
            throw new ArgumentException($"expected {rows} weights, one for each sample, got {weights.Length}", nameof(weights));
        SampleWeights.ThrowIfInvalid(weights);
    }

    /// <summary>Returns the weights in a column of a table; an empty array for no column.</summary>
    private protected static float[] Weights(TabularData data, string? column) =>
        column is null ? [] : [.. Enumerable.Range(0, data.RowCount).Select(row => (float)data.Column(column, "weights").GetNumber(row))];

    private TabularPlan KnownPlan => HasLearned && Plan is null
        ? throw new InvalidOperationException("the estimator was trained on features without names, not on a table with columns; pass features")
        : Plan ?? throw new InvalidOperationException("the estimator is not trained; call Fit first");

    /// <summary>Returns the trainer, which is created for the number of samples of the first call, since the penalty is divided by the batch size.</summary>
    private Trainer Trainer(int samples)
    {
        var defaults = new TabularDefaults(Options, samples);
        return _trainer ??= new(
            _trained!, Loss, new Adam(defaults.LearningRate) { L2Penalty = defaults.L2Penalty / defaults.BatchSize }, new TrainerOptions { ThreadCount = Options.ThreadCount, EmulateFusedMultiplyAdd = Options.EmulateFusedMultiplyAdd });
    }

    private TrainingHistory Minimize(Dataset samples, CancellationToken cancellationToken)
    {
        var options = new LbfgsOptions
        {
            MaxIterations = Options.MaxEpochs, GradientTolerance = Options.MinImprovement, L2Penalty = new TabularDefaults(Options, samples.Count).L2Penalty / samples.Count, ThreadCount = Options.ThreadCount,
            EmulateFusedMultiplyAdd = Options.EmulateFusedMultiplyAdd,
        };
        return new LbfgsTrainer(_trained!, Loss, options).Fit(samples, cancellationToken).History(samples.Count, _trained!.ClassNames);
    }

    private static void CheckRows(TabularData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.RowCount == 0)
            throw new ArgumentException("the table has no rows", nameof(data));
    }
}
