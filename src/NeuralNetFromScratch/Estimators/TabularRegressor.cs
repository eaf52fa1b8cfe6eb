namespace NeuralNetFromScratch;

/// <summary>
/// A regressor for tables: <see cref="Fit(TabularData, string, TabularPlan?, TabularData?, string?, IProgress{TrainingProgress}?, CancellationToken)"/> trains it,
/// <see cref="Predict(TabularData)"/> returns numbers. It encodes the columns of a table, or standardizes features without names, and trains a network on one or
/// several standardized targets. Predictions are in the original units of the targets.
/// </summary>
public sealed partial class TabularRegressor : TabularEstimator
{
    private readonly TabularRegressorOptions _options;
    private TargetScale? _scale;

    /// <summary>Creates an untrained regressor.</summary>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentException">The loss is for classes, or the activation or the loss is null.</exception>
    public TabularRegressor(TabularRegressorOptions? options = null)
        : base(options ??= new()) => _options = options;

    /// <summary>The number of targets; 0 before training.</summary>
    public int TargetCount => _scale?.Means.Length ?? 0;

    private protected override Loss Loss => _options.Loss;

    /// <summary>Trains on one target, from newly initialized parameters unless <see cref="TabularOptions.WarmStart"/> is set.</summary>
    /// <param name="features">[samples, features]; all finite.</param>
    /// <param name="targets">The target of each sample; all finite.</param>
    /// <param name="weights">The weight of each sample, a factor of its loss; all 1 if empty.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end.</param>
    /// <param name="cancellationToken">Ends the training at the next step. With validation, the best parameters so far are kept.</param>
    /// <returns>The loss and metrics of each epoch; the losses are those of standardized targets.</returns>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature or target is not finite. The estimator is unchanged.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public TrainingHistory Fit(
        ReadOnlyMatrixView features, ReadOnlySpan<float> targets, ReadOnlySpan<float> weights = default, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Fit(features, new ReadOnlyMatrixView(targets, targets.Length, 1), weights, progress, cancellationToken);

    /// <summary>Trains on several targets, from newly initialized parameters unless <see cref="TabularOptions.WarmStart"/> is set.</summary>
    /// <param name="features">[samples, features]; all finite.</param>
    /// <param name="targets">[samples, targets]; all finite.</param>
    /// <param name="weights">The weight of each sample, a factor of its loss; all 1 if empty.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end.</param>
    /// <param name="cancellationToken">Ends the training at the next step. With validation, the best parameters so far are kept.</param>
    /// <returns>The loss and metrics of each epoch; the losses are those of standardized targets.</returns>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature or target is not finite. The estimator is unchanged.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public TrainingHistory Fit(
        ReadOnlyMatrixView features, ReadOnlyMatrixView targets, ReadOnlySpan<float> weights = default, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Fit(Encode(features, targets.Rows, Options.WarmStart), null, [], Doubles(targets), targets.Columns, weights, null, progress, cancellationToken);

    /// <inheritdoc cref="Fit(ReadOnlyMatrixView, ReadOnlySpan{float}, ReadOnlySpan{float}, IProgress{TrainingProgress}?, CancellationToken)"/>
    public TrainingHistory Fit(
        IReadOnlyList<float[]> features, ReadOnlySpan<float> targets, ReadOnlySpan<float> weights = default, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        float[] table = FeatureTable.Of(features, out int columns);
        return Fit(new ReadOnlyMatrixView(table, features.Count, columns), targets, weights, progress, cancellationToken);
    }

    /// <summary>Trains on a table with one target column, from newly initialized parameters unless <see cref="TabularOptions.WarmStart"/> is set.</summary>
    /// <param name="data">The training rows.</param>
    /// <param name="target">The target column, without missing cells.</param>
    /// <param name="plan">The encoding of the other columns; inferred from the rows if null, the default.</param>
    /// <param name="validation">The validation rows; if null, the default, <see cref="TabularOptions.ValidationFraction"/> of the rows is held out.</param>
    /// <param name="weights">The column with the weight of each row; all weights are 1 if null, the default.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end.</param>
    /// <param name="cancellationToken">Ends the training at the next step. With validation, the best parameters so far are kept.</param>
    /// <returns>The loss and metrics of each epoch; the losses are those of standardized targets.</returns>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding or is not a number. The estimator is unchanged.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public TrainingHistory Fit(
        TabularData data, string target, TabularPlan? plan = null, TabularData? validation = null, string? weights = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Fit(data, [target], plan, validation, weights, progress, cancellationToken);

    /// <summary>Trains on a table with several target columns, from newly initialized parameters unless <see cref="TabularOptions.WarmStart"/> is set.</summary>
    /// <param name="data">The training rows.</param>
    /// <param name="targets">The target columns, at least one, without missing cells.</param>
    /// <param name="plan">The encoding of the other columns; inferred from the rows if null, the default.</param>
    /// <param name="validation">The validation rows; if null, the default, <see cref="TabularOptions.ValidationFraction"/> of the rows is held out.</param>
    /// <param name="weights">The column with the weight of each row; all weights are 1 if null, the default.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end.</param>
    /// <param name="cancellationToken">Ends the training at the next step. With validation, the best parameters so far are kept.</param>
    /// <returns>The loss and metrics of each epoch; the losses are those of standardized targets.</returns>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding or is not a number. The estimator is unchanged.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public TrainingHistory Fit(
        TabularData data, IReadOnlyList<string> targets, TabularPlan? plan = null, TabularData? validation = null, string? weights = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        double[] numbers = Targets(data, targets);
        TabularFeatures features = Encode(data, ref plan, Options.WarmStart && HasLearned, weights is null ? targets : [.. targets, weights]);
        (TabularFeatures, double[])? held = validation is null ? null : (plan!.Encode(validation), Targets(validation, targets));
        return Fit(features, plan, [.. targets], numbers, targets.Count, Weights(data, weights), held, progress, cancellationToken);
    }

    /// <summary>Trains for one epoch on samples, from the current parameters.</summary>
    /// <param name="features">[samples, features]; all finite. Features and targets are standardized with the means and deviations of the first call.</param>
    /// <param name="targets">[samples, targets]; all finite.</param>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature or target is not finite. The estimator is unchanged.</exception>
    public void PartialFit(ReadOnlyMatrixView features, ReadOnlyMatrixView targets) =>
        PartialFit(Encode(features, targets.Rows, keeps: true), null, [], Doubles(targets), targets.Columns);

    /// <summary>Trains for one epoch on samples with one target, from the current parameters.</summary>
    /// <param name="features">[samples, features]; all finite. Features and target are standardized with the means and deviations of the first call.</param>
    /// <param name="targets">The target of each sample; all finite.</param>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature or target is not finite. The estimator is unchanged.</exception>
    public void PartialFit(ReadOnlyMatrixView features, ReadOnlySpan<float> targets) => PartialFit(features, new ReadOnlyMatrixView(targets, targets.Length, 1));

    /// <summary>Trains for one epoch on the rows of a table, from the current parameters. The plan of the columns and the scales of the targets are those of the first call.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="targets">The target columns.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding or is not a number. The estimator is unchanged.</exception>
    public void PartialFit(TabularData data, params IReadOnlyList<string> targets)
    {
        ArgumentNullException.ThrowIfNull(data);
        double[] numbers = Targets(data, targets);
        TabularPlan? plan = null;
        TabularFeatures features = Encode(data, ref plan, HasLearned, targets);
        PartialFit(features, plan, [.. targets], numbers, targets.Count);
    }

    private protected override Dictionary<string, string> Texts()
    {
        Dictionary<string, string> texts = base.Texts();
        EstimatorFile.Add(texts, _scale!);
        return texts;
    }

    private protected override Sequential Publish(Sequential trained) => _scale!.Apply(trained, toStandardized: false);

    private protected override double ScoreOf(TabularData data) => Score(data);

    private protected override Dataset Labelled(TabularFeatures features, TabularData data) =>
        features.WithTargets([.. Targets(data, TargetNames).Select(target => (float)target)], TargetCount);

    private TrainingHistory Fit(
        TabularFeatures features, TabularPlan? plan, string[] names, double[] targets, int count, ReadOnlySpan<float> weights,
        (TabularFeatures Features, double[] Targets)? validation, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        CheckWeights(weights, features.Rows);
        Prepare(features, plan, names, targets, count, weights, keeps: Options.WarmStart);
        Dataset samples = features.WithTargets(_scale!.Standardize(targets), count);
        if (!weights.IsEmpty)
            samples = samples.WithWeights(weights.ToArray());
        return Train(samples, validation is { } rows ? rows.Features.WithTargets(_scale.Standardize(rows.Targets), count) : null, progress, cancellationToken);
    }

    private void PartialFit(TabularFeatures features, TabularPlan? plan, string[] names, double[] targets, int count)
    {
        Prepare(features, plan, names, targets, count, [], keeps: true);
        TrainOnce(features.WithTargets(_scale!.Standardize(targets), count));
    }

    private static string Described(int count, IReadOnlyCollection<string> names) => FormattableString.Invariant($"{count} targets{(names.Count > 0 ? " " : "")}{MessageText.Names(names)}");

    private void Prepare(TabularFeatures features, TabularPlan? plan, string[] names, double[] targets, int count, ReadOnlySpan<float> weights, bool keeps)
    {
        int wrong = Array.FindIndex(targets, target => !double.IsFinite(target));
        if (wrong >= 0)
            throw new ArgumentException(FormattableString.Invariant($"the target of sample {wrong / count} must be finite, got {targets[wrong]}"), nameof(targets));
        if (keeps && HasLearned)
        {
            if (count != TargetCount || !names.SequenceEqual(TargetNames))
                throw new ArgumentException($"expected the {Described(TargetCount, TargetNames)} of the first call, got {Described(count, names)}", nameof(targets));
            return;
        }

        TargetScale scale = TargetScale.Of(targets, count, weights);
        Build(features, plan, names, count, []);
        _scale = scale;
    }

    /// <summary>Returns the numbers in some columns of a table, row by row.</summary>
    private static double[] Targets(TabularData data, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count == 0)
            throw new ArgumentException("at least one target column is required", nameof(names));
        var numbers = new double[Guard.Length(data.RowCount, names.Count)];
        for (int target = 0; target < names.Count; target++)
        {
            TabularColumn column = data.Column(names[target], "target");
            for (int row = 0; row < data.RowCount; row++)
            {
                numbers[row * names.Count + target] = column.GetNumber(row);
                if (column.IsMissing(row))
                    throw new ArgumentException($"{column.Place(row)}: the target is missing; remove such rows with {nameof(TabularData.DropMissing)}", nameof(data));
            }
        }

        return numbers;
    }

    private static double[] Doubles(ReadOnlyMatrixView values)
    {
        if (values.Columns == 0)
            throw new ArgumentException("there are no targets", nameof(values));
        return [.. values.ToArray().Select(value => (double)value)];
    }
}
