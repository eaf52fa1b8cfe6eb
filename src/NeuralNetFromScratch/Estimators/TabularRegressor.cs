namespace NeuralNetFromScratch;

/// <summary>
/// A regressor for tables in three lines: make it, <see cref="Fit(TabularData, string, TabularPlan?, TabularData?, string?, IProgress{TrainingProgress}?, CancellationToken)"/>,
/// <see cref="Predict(TabularData)"/>. It makes features of the columns, or standardizes those that it is given, and trains a network with one hidden layer, unless
/// told otherwise, on standardized targets, one or several; predictions are in the targets' own units.
/// </summary>
public sealed partial class TabularRegressor : TabularEstimator
{
    private readonly TabularRegressorOptions _options;
    private TargetScale? _scale;

    /// <summary>Creates an untrained regressor.</summary>
    /// <param name="options">Network and training; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentException">The loss is one of classes; or the activation or the loss is null.</exception>
    public TabularRegressor(TabularRegressorOptions? options = null)
        : base(options ??= new()) => _options = options;

    /// <summary>The number of targets; 0 before the first fit.</summary>
    public int TargetCount => _scale?.Means.Length ?? 0;

    private protected override Loss Loss => _options.Loss;

    /// <summary>Learns one target from newly initialized parameters and discards earlier training, unless <see cref="TabularOptions.WarmStart"/> is set.</summary>
    /// <param name="features">[samples, features]; all finite.</param>
    /// <param name="targets">The target of each sample; all finite.</param>
    /// <param name="weights">How much each sample counts: factor of its loss; all 1 if empty.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end.</param>
    /// <param name="cancellationToken">Ends the training at the next step; with a validation the best parameters so far are kept.</param>
    /// <returns>The loss and metrics of each epoch; losses are those of standardized targets.</returns>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature or target is not finite. Nothing has changed.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public TrainingHistory Fit(
        ReadOnlyMatrixView features, ReadOnlySpan<float> targets, ReadOnlySpan<float> weights = default, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Fit(features, new ReadOnlyMatrixView(targets, targets.Length, 1), weights, progress, cancellationToken);

    /// <summary>Learns several targets from newly initialized parameters and discards earlier training, unless <see cref="TabularOptions.WarmStart"/> is set.</summary>
    /// <param name="features">[samples, features]; all finite.</param>
    /// <param name="targets">[samples, targets]; all finite.</param>
    /// <param name="weights">How much each sample counts: factor of its loss; all 1 if empty.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end.</param>
    /// <param name="cancellationToken">Ends the training at the next step; with a validation the best parameters so far are kept.</param>
    /// <returns>The loss and metrics of each epoch; losses are those of standardized targets.</returns>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature or target is not finite. Nothing has changed.</exception>
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

    /// <summary>Learns a column of a table from newly initialized parameters and discards earlier training, unless <see cref="TabularOptions.WarmStart"/> is set.</summary>
    /// <param name="data">The rows of the training.</param>
    /// <param name="target">The column to predict; none of its numbers is missing.</param>
    /// <param name="plan">How the other columns become features; found from the rows if null, the default.</param>
    /// <param name="validation">Rows to validate with; if null, the default, some are held out as <see cref="TabularOptions.ValidationFraction"/> says.</param>
    /// <param name="weights">The column that says how much each row counts; all 1 if null, the default.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end.</param>
    /// <param name="cancellationToken">Ends the training at the next step; with a validation the best parameters so far are kept.</param>
    /// <returns>The loss and metrics of each epoch; losses are those of standardized targets.</returns>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding or is no number. Nothing has changed.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public TrainingHistory Fit(
        TabularData data, string target, TabularPlan? plan = null, TabularData? validation = null, string? weights = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Fit(data, [target], plan, validation, weights, progress, cancellationToken);

    /// <summary>Learns several columns of a table from newly initialized parameters and discards earlier training, unless <see cref="TabularOptions.WarmStart"/> is set.</summary>
    /// <param name="data">The rows of the training.</param>
    /// <param name="targets">The columns to predict, at least one; none of their numbers is missing.</param>
    /// <param name="plan">How the other columns become features; found from the rows if null, the default.</param>
    /// <param name="validation">Rows to validate with; if null, the default, some are held out as <see cref="TabularOptions.ValidationFraction"/> says.</param>
    /// <param name="weights">The column that says how much each row counts; all 1 if null, the default.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end.</param>
    /// <param name="cancellationToken">Ends the training at the next step; with a validation the best parameters so far are kept.</param>
    /// <returns>The loss and metrics of each epoch; losses are those of standardized targets.</returns>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding or is no number. Nothing has changed.</exception>
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

    /// <summary>Goes through some samples once, on top of what was learned before.</summary>
    /// <param name="features">[samples, features]; all finite. The first call's means and deviations, of features and targets, are kept.</param>
    /// <param name="targets">[samples, targets]; all finite.</param>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature or target is not finite. Nothing has changed.</exception>
    public void PartialFit(ReadOnlyMatrixView features, ReadOnlyMatrixView targets) =>
        PartialFit(Encode(features, targets.Rows, keeps: true), null, [], Doubles(targets), targets.Columns);

    /// <summary>Goes through some samples of one target once, on top of what was learned before.</summary>
    /// <param name="features">[samples, features]; all finite. The first call's means and deviations, of features and target, are kept.</param>
    /// <param name="targets">The target of each sample; all finite.</param>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature or target is not finite. Nothing has changed.</exception>
    public void PartialFit(ReadOnlyMatrixView features, ReadOnlySpan<float> targets) => PartialFit(features, new ReadOnlyMatrixView(targets, targets.Length, 1));

    /// <summary>Goes through the rows of a table once, on top of what was learned before. The first call's plan of the columns and scales of the targets are kept.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="targets">The columns to predict.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding or is no number. Nothing has changed.</exception>
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

    private void Prepare(TabularFeatures features, TabularPlan? plan, string[] names, double[] targets, int count, ReadOnlySpan<float> weights, bool keeps)
    {
        int wrong = Array.FindIndex(targets, target => !double.IsFinite(target));
        if (wrong >= 0)
            throw new ArgumentException(FormattableString.Invariant($"the target of sample {wrong / count} is {targets[wrong]}"), nameof(targets));
        if (keeps && HasLearned)
        {
            if (count != TargetCount || !names.SequenceEqual(TargetNames))
                throw new ArgumentException($"expected the {TargetCount} targets {string.Join(", ", TargetNames)} of the first call, got {count} {string.Join(", ", names)}", nameof(targets));
            return;
        }

        TargetScale scale = TargetScale.Of(targets, count, weights);
        Build(features, plan, names, count, []);
        _scale = scale;
    }

    /// <summary>The numbers in some columns of a table, row by row.</summary>
    private static double[] Targets(TabularData data, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count == 0)
            throw new ArgumentException("no column to predict is named", nameof(names));
        var numbers = new double[Guard.Length(data.RowCount, names.Count)];
        for (int target = 0; target < names.Count; target++)
        {
            TabularColumn column = data[names[target]];
            for (int row = 0; row < data.RowCount; row++)
            {
                numbers[row * names.Count + target] = column.GetNumber(row);
                if (column.IsMissing(row))
                    throw new ArgumentException($"column \"{column.Name}\", row {row}: the target is missing; leave such rows out with {nameof(TabularData.DropMissing)}", nameof(data));
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
