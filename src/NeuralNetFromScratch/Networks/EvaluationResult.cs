using System.Globalization;
using System.Text;

namespace NeuralNetFromScratch;

/// <summary>The result of an evaluation: the loss and the requested metrics of a network on a set of samples.</summary>
public sealed class EvaluationResult
{
    private const int MostClassRows = 20;

    private readonly Metric[] _metrics;
    private readonly MetricResult[] _results;
    private readonly IReadOnlyList<string> _classNames;

    internal EvaluationResult(int count, int nonFiniteCount, double loss, Metric[] metrics, MetricResult[] results, IReadOnlyList<string> classNames)
    {
        Count = count;
        NonFiniteCount = nonFiniteCount;
        Loss = loss;
        _metrics = metrics;
        _results = results;
        _classNames = classNames;
    }

    /// <summary>Number of samples, without those whose label the loss ignores.</summary>
    public int Count { get; }

    /// <summary>
    /// The number of samples with an output that is NaN or infinite. They are included in the metrics: NaN counts as a wrong classification and
    /// makes a mean NaN.
    /// </summary>
    public int NonFiniteCount { get; }

    /// <summary>The mean loss.</summary>
    public double Loss { get; }

    /// <summary>The metrics that were computed, in the requested order.</summary>
    public IReadOnlyList<Metric> Metrics => _metrics;

    /// <summary>Gets the result of a metric.</summary>
    /// <param name="metric">The metric, or another one with equal settings.</param>
    /// <exception cref="ArgumentException">The metric was not computed. The message lists those that were.</exception>
    public MetricResult this[Metric metric]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(metric);
            int place = Array.FindIndex(_metrics, metric.Equals);
            return place >= 0 ? _results[place] : throw Missing(metric.ToString(), nameof(metric));
        }
    }

    /// <summary>Gets the result of a metric by its <see cref="Metric.Name"/>.</summary>
    /// <param name="name">The name of the metric, for example "accuracy".</param>
    /// <exception cref="ArgumentException">The metric was not computed. The message lists those that were.</exception>
    public MetricResult this[string name]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(name);
            return Find(name) ?? throw Missing(name, nameof(name));
        }
    }

    /// <summary>The accuracy, 0 to 1.</summary>
    /// <exception cref="InvalidOperationException">
    /// The accuracy was not computed: it was not requested and is not a default metric of the loss.
    /// </exception>
    public double Accuracy => Find(NeuralNetFromScratch.Accuracy.Kind)?.Value
        ?? throw new InvalidOperationException("the accuracy was not computed; add new Accuracy() to the metrics");

    /// <summary>The confusion matrix.</summary>
    /// <exception cref="InvalidOperationException">The confusion matrix was not computed.</exception>
    public ConfusionMatrix ConfusionMatrix => Array.Find(_results, result => result.ConfusionMatrix is not null)?.ConfusionMatrix
        ?? throw new InvalidOperationException("no confusion matrix was computed; add new ConfusionMatrixMetric() to the metrics");

    /// <summary>
    /// Returns a table of at most 80 columns with the loss and metrics. With at most 20 classes, the metrics of each class and the confusion
    /// matrix follow.
    /// </summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{FigureText.Count(Count)} {(Count == 1 ? "sample" : "samples")}\n");
        if (NonFiniteCount > 0)
            text.Append(CultureInfo.InvariantCulture, $"{FigureText.Count(NonFiniteCount)} with an output that is NaN or infinite\n");
        text.Append(TextTable.Of(
            [
                ["loss", FigureText.Of(Loss)],
                .. _metrics.Zip(_results).Where(pair => pair.Second.ConfusionMatrix is null).Select(pair => (string[])[pair.First.Name, pair.Second.ToString()]),
            ],
            firstNumber: 1));
        AppendClasses(text);
        foreach (MetricResult result in _results.Where(result => result.ConfusionMatrix is not null))
            text.Append('\n').Append(result.ConfusionMatrix);
        return text.ToString();
    }

    internal MetricResult? Find(string name)
    {
        int place = Array.FindIndex(_metrics, metric => metric.Name == name);
        return place < 0 ? null : _results[place];
    }

    /// <summary>Appends a table of the classes for the metrics that have a value for each class, limited to the width.</summary>
    private void AppendClasses(StringBuilder text)
    {
        int classes = _results.Select(result => result.PerClass.Count).FirstOrDefault(count => count > 1);
        if (classes is 0 or > MostClassRows)
            return;
        var columns = new List<string[]> { (string[])["class", .. Enumerable.Range(0, classes).Select(ClassName)] };
        for (int i = 0; i < _results.Length; i++)
        {
            if (_results[i].PerClass.Count == classes)
                columns.Add([_metrics[i].Name, .. _results[i].PerClass.Select(FigureText.Of)]);
        }

        int[] widths = [.. columns.Select(column => column.Max(cell => cell.Length))];
        int fitting = columns.Count;
        while (widths.Take(fitting).Sum() + 2 * (fitting - 1) > TextTable.MostColumns && fitting > 2)
            fitting--;
        text.Append('\n').Append(TextTable.Of([.. Enumerable.Range(0, classes + 1).Select(row => columns.Take(fitting).Select(column => column[row]).ToArray())], firstNumber: 1));
    }

    private string ClassName(int index) =>
        index < _classNames.Count ? TextTable.Cell(_classNames[index]) : index.ToString(CultureInfo.InvariantCulture);

    private ArgumentException Missing(string metric, string parameter) =>
        new($"{metric} was not computed; computed metrics: {(_metrics.Length == 0 ? "none" : string.Join(", ", _metrics.Select(other => other.Name)))}", parameter);
}
