using System.Numerics.Tensors;

namespace NeuralNetFromScratch;

/// <summary>
/// What a <see cref="TabularClassifier{TLabel}"/> and a <see cref="TabularRegressor"/> share: a network for tables of features or of columns, how it is built and
/// trained, and its file.
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
    /// The network: for raw features standardization included, after a table for the features that <see cref="Plan"/> makes of it. A classifier's gives
    /// probabilities, a regressor's gives targets in their own units.
    /// </summary>
    /// <exception cref="InvalidOperationException">The estimator is not trained.</exception>
    public Sequential Network => _network ?? throw new InvalidOperationException("the estimator is not trained; call Fit first");

    /// <summary>How the columns of a table become features; null where it learned features without names, or nothing yet.</summary>
    public TabularPlan? Plan { get; private set; }

    /// <summary>The columns that it predicts; empty where it learned features without names, or nothing yet.</summary>
    public IReadOnlyList<string> TargetNames { get; private set; } = [];

    private protected TabularOptions Options { get; }

    private protected bool HasLearned => _network is not null;

    /// <summary>The loss that it makes small.</summary>
    private protected abstract Loss Loss { get; }

    /// <summary>
    /// Writes the estimator to a safetensors file: network, plan of the columns, classes, scales of the targets. <see cref="Sequential.Load(string, PartRegistry?)"/>
    /// reads its network. The state of the optimizer is not saved. The file is written atomically.
    /// </summary>
    /// <param name="path">The file; one that is there is replaced, and a folder that is missing is made.</param>
    /// <exception cref="InvalidOperationException">The estimator is not trained.</exception>
    /// <exception cref="NotSupportedException">An activation of your own has the kind of one of the library's, or two classes have the same text.</exception>
    /// <exception cref="ArgumentException">A name or category has no UTF-8.</exception>
    public void Save(string path) => Network.Save(path, TensorNaming.Native, Texts());

    /// <summary>Writes the estimator to a stream: the same bytes as <see cref="Save(string)"/> writes to a file.</summary>
    /// <param name="stream">The stream, which need not seek. It is written to from its position on, and stays open.</param>
    /// <exception cref="InvalidOperationException">The estimator is not trained.</exception>
    /// <exception cref="NotSupportedException">An activation of your own has the kind of one of the library's, or two classes have the same text.</exception>
    /// <exception cref="ArgumentException">The stream is not writable, or a name or category has no UTF-8.</exception>
    public void Save(Stream stream) => Network.Save(stream, TensorNaming.Native, Texts());

    /// <summary>Evaluates the network on the rows of a table that has the columns to predict too.</summary>
    /// <param name="data">The table.</param>
    /// <param name="metrics">The metrics; null for the accuracy of a classifier, none of a regressor.</param>
    /// <exception cref="ArgumentException">A column is missing, a cell does not fit its encoding, or a metric is not defined for it.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned a table.</exception>
    public EvaluationResult Evaluate(TabularData data, IReadOnlyList<Metric>? metrics = null)
    {
        TabularFeatures features = Encode(data);
        return Network.Evaluate(Labelled(features, data), metrics: metrics, engine: NewEngine());
    }

    /// <summary>
    /// How much each column matters: by how much the score on some rows falls where the column's cells are dealt out anew among them. Rows that were not trained
    /// on say what helps to predict others. Of two columns that say the same, neither seems to matter much.
    /// </summary>
    /// <param name="data">The table, with the columns to predict.</param>
    /// <param name="repeats">How often each column is dealt out anew. Default: 5; positive.</param>
    /// <param name="seed">Seed of the orders.</param>
    /// <returns>The columns that are not ignored, the most important first.</returns>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="repeats"/> is not positive.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned a table.</exception>
    public IReadOnlyList<FeatureImportance> PermutationImportance(TabularData data, int repeats = 5, ulong seed = 0)
    {
        TabularPlan plan = KnownPlan;
        CheckRows(data);
        string[] names = [.. plan.Columns.Where(column => column.Encoding != ColumnEncoding.Ignored).Select(column => column.Name)];
        TabularData needed = new([.. names.Concat(TargetNames).Distinct(StringComparer.Ordinal).Select(name => data[name])]);
        return FeatureImportance.Measure(names, data.RowCount, repeats, seed, (feature, order) => ScoreOf(feature < 0
            ? needed
            : new([.. needed.Columns.Select(column => column.Name == names[feature] ? column.Rows(order) : column)])));
    }

    private protected abstract double ScoreOf(TabularData data);

    /// <summary>The rows of a table as samples of the network, with what they are to be.</summary>
    private protected abstract Dataset Labelled(TabularFeatures features, TabularData data);

    /// <summary>What the file says beside the network.</summary>
    private protected virtual Dictionary<string, string> Texts() => EstimatorFile.TextsOf(Plan, TargetNames);

    /// <summary>The network that callers see, of the one that is trained.</summary>
    private protected virtual Sequential Publish(Sequential trained) => trained;

    /// <summary>A network that has learned nothing yet but the features' means and deviations.</summary>
    private protected void Build(TabularFeatures features, TabularPlan? plan, IReadOnlyList<string> targets, int outputs, IReadOnlyList<string> classNames)
    {
        List<Layer> layers = [];
        if (plan is null)
        {
            (float[] means, float[] deviations) = FeatureTable.Statistics(new ReadOnlyMatrixView(features.Dense, features.Rows, features.DenseColumns));
            layers.Add(new Standardization(means, deviations));
        }

        // A sample has few of its sparse features, and the first layer's sums vary by those that it has.
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

    /// <summary>Trains until the validation samples, or without them the training samples, show no improvement.</summary>
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
            _network = Publish(_trained!);
        }
    }

    /// <summary>Goes through some samples once.</summary>
    private protected void TrainOnce(Dataset samples)
    {
        var defaults = new TabularDefaults(Options, samples.Count);
        Trainer(samples.Count).Fit(samples, new FitOptions { Epochs = 1, BatchSize = defaults.BatchSize, Seed = Options.Seed });
        _network = Publish(_trained!);
    }

    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned a table.</exception>
    private protected TabularFeatures Encode(TabularData data)
    {
        TabularPlan plan = KnownPlan;
        CheckRows(data);
        return plan.Encode(data);
    }

    /// <summary>The features of rows that are learned: by the plan that is there, or that the caller gives, or one that is found.</summary>
    private protected TabularFeatures Encode(TabularData data, ref TabularPlan? plan, bool keeps, IReadOnlyList<string> except)
    {
        CheckRows(data);
        if (keeps)
            plan = KnownPlan;
        plan ??= TabularPlan.Find(data, except, Options.Columns);
        return plan.Encode(data);
    }

    /// <summary>The features of samples without names.</summary>
    private protected TabularFeatures Encode(ReadOnlyMatrixView features, int targets, bool keeps)
    {
        if (keeps && HasLearned && Plan is not null)
            throw new InvalidOperationException("the estimator has learned a table with columns; give it one, or use its plan and its network");
        FeatureTable.Check(features, targets, keeps ? _network : null);
        return new(features.ToArray(), features.Rows, features.Columns);
    }

    /// <summary>The network's outputs: [samples, outputs].</summary>
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

    /// <summary>The weights in a column of a table; none where no column is named.</summary>
    private protected static float[] Weights(TabularData data, string? column) =>
        column is null ? [] : [.. Enumerable.Range(0, data.RowCount).Select(row => (float)data[column].GetNumber(row))];

    private TabularPlan KnownPlan => HasLearned && Plan is null
        ? throw new InvalidOperationException("the estimator has learned features without names, not a table with columns")
        : Plan ?? throw new InvalidOperationException("the estimator is not trained; call Fit first");

    /// <summary>The trainer, made for the number of samples of the first call: the penalty is divided by the batch.</summary>
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
            throw new ArgumentException("the table has no row", nameof(data));
    }
}
