namespace NeuralNetFromScratch;

/// <summary>
/// A classifier for tables: <see cref="Fit(TabularData, string, TabularPlan?, TabularData?, string?, IProgress{TrainingProgress}?, CancellationToken)"/> trains it,
/// <see cref="Predict(TabularData)"/> returns classes. It encodes the columns of a table, or standardizes features without names, and trains a network. The file
/// that <see cref="TabularEstimator.Save(string)"/> writes contains the network, the encoding and the classes.
/// </summary>
/// <typeparam name="TLabel">The type of the labels: a string, a number, an enumeration, a Boolean value, a character or a date. The classes are sorted.</typeparam>
public sealed partial class TabularClassifier<TLabel> : TabularEstimator
    where TLabel : notnull
{
    private readonly TabularClassifierOptions _options;
    private TLabel[] _classes = [];
    private Dictionary<TLabel, int> _numbers = [];
    private Func<string, TLabel>? _parse;

    /// <summary>Creates an untrained classifier.</summary>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentNullException">The activation or the class weights are null.</exception>
    public TabularClassifier(TabularClassifierOptions? options = null)
        : base(options ??= new()) => _options = options;

    /// <summary>The sorted classes, in the order of the columns of <see cref="PredictProbabilities(ReadOnlyMatrixView)"/>. Empty before training.</summary>
    public IReadOnlyList<TLabel> Classes => _classes;

    private protected override Loss Loss { get; } = new SoftmaxCrossEntropy();

    /// <summary>Trains on labeled samples, from newly initialized parameters unless <see cref="TabularOptions.WarmStart"/> is set.</summary>
    /// <param name="features">[samples, features]; all finite.</param>
    /// <param name="labels">The class of each sample; at least two different ones.</param>
    /// <param name="weights">The weight of each sample, a factor of its loss; all 1 if empty.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end.</param>
    /// <param name="cancellationToken">Ends the training at the next step. With validation, the best parameters so far are kept.</param>
    /// <returns>The loss and metrics of each epoch.</returns>
    /// <exception cref="ArgumentException">The sizes do not match, a feature is not finite, or there are fewer than two classes. The estimator is unchanged.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public TrainingHistory Fit(
        ReadOnlyMatrixView features, ReadOnlySpan<TLabel> labels, ReadOnlySpan<float> weights = default, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Fit(Encode(features, labels.Length, Options.WarmStart), null, [], labels.ToArray(), weights, null, progress, cancellationToken);

    /// <inheritdoc cref="Fit(ReadOnlyMatrixView, ReadOnlySpan{TLabel}, ReadOnlySpan{float}, IProgress{TrainingProgress}?, CancellationToken)"/>
    public TrainingHistory Fit(
        IReadOnlyList<float[]> features, ReadOnlySpan<TLabel> labels, ReadOnlySpan<float> weights = default, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        float[] table = FeatureTable.Of(features, out int columns);
        return Fit(new ReadOnlyMatrixView(table, features.Count, columns), labels, weights, progress, cancellationToken);
    }

    /// <summary>Trains on a table, from newly initialized parameters unless <see cref="TabularOptions.WarmStart"/> is set.</summary>
    /// <param name="data">The training rows.</param>
    /// <param name="target">The target column with the classes, without missing cells.</param>
    /// <param name="plan">The encoding of the other columns; inferred from the rows if null, the default.</param>
    /// <param name="validation">The validation rows; if null, the default, <see cref="TabularOptions.ValidationFraction"/> of the rows is held out.</param>
    /// <param name="weights">The column with the weight of each row; all weights are 1 if null, the default.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end.</param>
    /// <param name="cancellationToken">Ends the training at the next step. With validation, the best parameters so far are kept.</param>
    /// <returns>The loss and metrics of each epoch.</returns>
    /// <exception cref="ArgumentException">A column is missing, a cell does not fit its encoding or is not a label, or there are fewer than two classes. The estimator is unchanged.</exception>
    /// <exception cref="NotSupportedException">Texts cannot be converted to <typeparamref name="TLabel"/>.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public TrainingHistory Fit(
        TabularData data, string target, TabularPlan? plan = null, TabularData? validation = null, string? weights = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        TLabel[] labels = Labels(data, target);
        TabularFeatures features = Encode(data, ref plan, Options.WarmStart && HasLearned, weights is null ? [target] : [target, weights]);
        (TabularFeatures, TLabel[])? held = validation is null ? null : (plan!.Encode(validation), Labels(validation, target));
        return Fit(features, plan, [target], labels, Weights(data, weights), held, progress, cancellationToken);
    }

    /// <summary>Trains for one epoch on samples, from the current parameters.</summary>
    /// <param name="features">[samples, features]; all finite. They are standardized with the means and deviations of the first call.</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="classes">All classes, in any order. Required in the first call if its labels do not include all of them; later calls can omit them or repeat them.</param>
    /// <exception cref="ArgumentException">The sizes do not match, a feature is not finite, a label is unknown, or the classes differ from those of the first call. The estimator is unchanged.</exception>
    /// <exception cref="NotSupportedException"><see cref="TabularClassifierOptions.BalanceClasses"/> is set, which needs all samples.</exception>
    public void PartialFit(ReadOnlyMatrixView features, ReadOnlySpan<TLabel> labels, ReadOnlySpan<TLabel> classes = default) =>
        PartialFit(Encode(features, labels.Length, keeps: true), null, [], labels.ToArray(), classes);

    /// <inheritdoc cref="PartialFit(ReadOnlyMatrixView, ReadOnlySpan{TLabel}, ReadOnlySpan{TLabel})"/>
    public void PartialFit(IReadOnlyList<float[]> features, ReadOnlySpan<TLabel> labels, ReadOnlySpan<TLabel> classes = default)
    {
        float[] table = FeatureTable.Of(features, out int columns);
        PartialFit(new ReadOnlyMatrixView(table, features.Count, columns), labels, classes);
    }

    /// <summary>Trains for one epoch on the rows of a table, from the current parameters. The plan of the columns is that of the first call.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="target">The column with the classes.</param>
    /// <param name="classes">All classes, in any order. Required in the first call if its labels do not include all of them; later calls can omit them or repeat them.</param>
    /// <exception cref="ArgumentException">A column is missing, a cell does not fit its encoding, a label is unknown, or the classes differ from those of the first call. The estimator is unchanged.</exception>
    /// <exception cref="NotSupportedException"><see cref="TabularClassifierOptions.BalanceClasses"/> is set, which needs all samples.</exception>
    public void PartialFit(TabularData data, string target, ReadOnlySpan<TLabel> classes = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        TLabel[] labels = Labels(data, target);
        TabularPlan? plan = null;
        TabularFeatures features = Encode(data, ref plan, HasLearned, [target]);
        PartialFit(features, plan, [target], labels, classes);
    }

    private protected override Dictionary<string, string> Texts()
    {
        if (Network.ClassNames.Distinct().Count() != Network.ClassNames.Count)
            throw new NotSupportedException("two classes have the same text, so that a file could not distinguish them");
        return base.Texts();
    }

    private protected override double ScoreOf(TabularData data) => Score(data);

    private protected override Dataset Labelled(TabularFeatures features, TabularData data) =>
        features.WithLabels(Numbers(Labels(data, TargetNames[0])), _classes.Length);

    private TrainingHistory Fit(
        TabularFeatures features, TabularPlan? plan, IReadOnlyList<string> targets, TLabel[] labels, ReadOnlySpan<float> weights,
        (TabularFeatures Features, TLabel[] Labels)? validation, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        CheckWeights(weights, labels.Length);
        TLabel[] classes = SortedClasses(labels);
        foreach (TLabel label in validation?.Labels ?? [])
            ThrowIfUnknown(label, Array.IndexOf(classes, label) >= 0);
        if (!Options.WarmStart || !HasLearned)
            Build(features, plan, targets, classes);
        else
            ThrowIfOtherClasses(classes);
        Dataset samples = Weighted(features, Numbers(labels), weights);
        Dataset? held = validation is { } rows ? Weighted(rows.Features, Numbers(rows.Labels), []) : null;
        return Train(samples, held, progress, cancellationToken);
    }

    private void PartialFit(TabularFeatures features, TabularPlan? plan, IReadOnlyList<string> targets, TLabel[] labels, ReadOnlySpan<TLabel> classes)
    {
        if (_options.BalanceClasses)
            throw new NotSupportedException($"{nameof(TabularClassifierOptions.BalanceClasses)} needs all samples; use {nameof(TabularClassifierOptions.ClassWeights)} instead");
        if (!HasLearned)
        {
            TLabel[] all = SortedClasses(classes.IsEmpty ? labels : classes);
            foreach (TLabel label in labels)
                ThrowIfUnknown(label, Array.IndexOf(all, label) >= 0);
            Build(features, plan, targets, all);
        }
        else if (!classes.IsEmpty)
        {
            ThrowIfOtherClasses(SortedClasses(classes));
        }

        TrainOnce(Weighted(features, Numbers(labels), []));
    }

    private void Build(TabularFeatures features, TabularPlan? plan, IReadOnlyList<string> targets, TLabel[] classes)
    {
        Build(features, plan, targets, classes.Length, [.. classes.Select(ClassLabel.Text)]);
        Learned(classes);
    }

    private void Learned(TLabel[] classes)
    {
        _classes = classes;
        _numbers = classes.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
    }

    /// <summary>Returns samples whose weights are the products of their own weights and those of their classes.</summary>
    private Dataset Weighted(TabularFeatures features, int[] numbers, ReadOnlySpan<float> weights)
    {
        Dataset samples = features.WithLabels(numbers, _classes.Length);
        if (weights.IsEmpty && !_options.BalanceClasses && _options.ClassWeights.Count == 0)
            return samples;
        float[] ofClass = [.. _classes.Select(label => _options.ClassWeights.GetValueOrDefault(ClassLabel.Text(label), 1f))];
        if (_options.BalanceClasses)
        {
            var counts = new int[_classes.Length];
            foreach (int number in numbers)
                counts[number]++;
            for (int i = 0; i < counts.Length; i++)
                ofClass[i] *= counts[i] == 0 ? 1 : (float)((double)numbers.Length / ((double)counts.Length * counts[i]));
        }

        var all = new float[numbers.Length];
        for (int i = 0; i < all.Length; i++)
            all[i] = ofClass[numbers[i]] * (weights.IsEmpty ? 1 : weights[i]);
        return samples.WithWeights(all);
    }

    private int[] Numbers(ReadOnlySpan<TLabel> labels)
    {
        var numbers = new int[labels.Length];
        for (int i = 0; i < numbers.Length; i++)
            ThrowIfUnknown(labels[i], _numbers.TryGetValue(labels[i], out numbers[i]));
        return numbers;
    }

    /// <summary>Returns the labels in a column of a table.</summary>
    private TLabel[] Labels(TabularData data, string target)
    {
        TabularColumn column = data.Column(target, nameof(target));
        Func<string, TLabel> parse = _parse ??= ClassLabel.Parser<TLabel>();
        var labels = new TLabel[column.Count];
        for (int row = 0; row < labels.Length; row++)
        {
            string text = column.GetText(row)
                ?? throw new ArgumentException($"{column.Place(row)}: the label is missing; remove such rows with {nameof(TabularData.DropMissing)}", nameof(data));
            try
            {
                labels[row] = parse(text);
            }
            catch (Exception exception) when (exception is FormatException or OverflowException or ArgumentException)
            {
                throw new ArgumentException($"{column.Place(row)}: {MessageText.Quote(text)} is not a label of type {typeof(TLabel).Name}", nameof(data), exception);
            }
        }

        return labels;
    }

    private static TLabel[] SortedClasses(ReadOnlySpan<TLabel> labels)
    {
        TLabel[] classes = [.. labels.ToArray().Distinct()];
        if (classes.Any(label => label is null))
            throw new ArgumentException("a label is null", nameof(labels));
        if (classes.Length < 2)
            throw new ArgumentException($"expected at least two classes, got {classes.Length}", nameof(labels));
        // Strings in ordinal order, which does not depend on the culture.
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
                $"the classes differ from those of the first call{(added.Length > 0 ? $"; new: {MessageText.Names(added)}" : "")}{(missing.Length > 0 ? $"; missing: {MessageText.Names(missing)}" : "")}",
                "classes");
    }

    private static void ThrowIfUnknown(TLabel label, bool isKnown)
    {
        if (!isKnown)
            throw new ArgumentException($"the class {MessageText.Quote(ClassLabel.Text(label))} is not one of the classes of the first call", nameof(label));
    }
}
