using System.Globalization;
using System.Text.Json;

namespace NeuralNetFromScratch.Tests.Golden;

/// <summary>Metrics side by side with scikit-learn; make_sklearn_metrics.py made the file. One class never occurs.</summary>
public class SklearnMetricTests
{
    private const double Tolerance = 1e-12;

    private static readonly (ClassAveraging? Averaging, string Name)[] Averages =
        [(ClassAveraging.Macro, "macro"), (ClassAveraging.Weighted, "weighted"), (ClassAveraging.Micro, "micro")];

    private JsonElement _golden;

    [OneTimeSetUp]
    public void Read() => _golden = GoldenFile.Read("sklearn-metrics.json");

    [Test]
    public void Several_classes()
    {
        JsonElement set = _golden.GetProperty("several-classes");
        int classes = set.GetProperty("classes").GetInt32();
        int[] labels = set.GetProperty("labels").Integers();
        float[] predictions = set.Floats("predictions");
        Check(metric => metric.Evaluate(new(predictions, labels.Length, classes), labels), set);
        ConfusionMatrix confusion = new ConfusionMatrixMetric().Evaluate(new(predictions, labels.Length, classes), labels).ConfusionMatrix!;
        for (int actual = 0; actual < classes; actual++)
            Assert.That(Enumerable.Range(0, classes).Select(predicted => confusion[actual, predicted]), Is.EqualTo(set.GetProperty("confusion")[actual].Integers()));

        // The same by dense targets.
        float[] targets = new float[labels.Length * classes];
        for (int row = 0; row < labels.Length; row++)
            targets[row * classes + labels[row]] = 1;
        Check(metric => metric.Evaluate(new(predictions, labels.Length, classes), new ReadOnlyMatrixView(targets, labels.Length, classes), OutputActivation.Softmax), set);
    }

    [Test]
    public void Two_classes()
    {
        JsonElement set = _golden.GetProperty("two-classes");
        int[] labels = set.GetProperty("labels").Integers();
        float[] predictions = set.Floats("predictions");
        Metric[] metrics =
        [
            new Accuracy(), new Precision(), new Recall(), new F1Score(), new Precision(ClassAveraging.Binary) { PositiveClass = 0 }, new RocAuc(),
            new AveragePrecision(),
        ];
        foreach (Metric metric in metrics)
            Same(metric.Evaluate(new(predictions, labels.Length, 2), labels).Value, set.GetProperty(metric.Name), metric.Name);
        // Probabilities that are floats do not quite sum to 1; scikit-learn normalizes them.
        Assert.That(new LogLoss().Evaluate(new(predictions, labels.Length, 2), labels).Value, Is.EqualTo(set.GetProperty("log-loss").GetDouble()).Within(1e-7));

        // The same as one sigmoid output.
        float[] yes = [.. Enumerable.Range(0, labels.Length).Select(row => predictions[2 * row + 1])], targets = [.. labels.Select(label => (float)label)];
        foreach (Metric metric in metrics.Where(metric => metric is not ClassMetric { PositiveClass: 0 }))
        {
            double figure = metric.Evaluate(new(yes, labels.Length, 1), new ReadOnlyMatrixView(targets, labels.Length, 1), OutputActivation.Sigmoid).Value;
            Same(figure, set.GetProperty(metric.Name), metric.Name);
        }

        Same(new Mse().Evaluate(new(yes, labels.Length, 1), new ReadOnlyMatrixView(targets, labels.Length, 1), OutputActivation.Sigmoid).Value, set.GetProperty("brier"), "mse");
    }

    [Test]
    public void Clipped_probabilities()
    {
        JsonElement set = _golden.GetProperty("clipped");
        int classes = set.GetProperty("classes").GetInt32();
        int[] labels = set.GetProperty("labels").Integers();
        float[] predictions = set.Floats("predictions"), targets = new float[predictions.Length];
        for (int row = 0; row < labels.Length; row++)
            targets[row * classes + labels[row]] = 1;
        // Logarithms that a network would give, exact to a float.
        float[] logarithms = [.. predictions.Select(p => (float)Math.Log(p))];
        foreach (JsonProperty clipped in set.GetProperty("log-loss").EnumerateObject())
        {
            var metric = new LogLoss { Clip = double.Parse(clipped.Name, CultureInfo.InvariantCulture) };
            Same(metric.Evaluate(new(predictions, labels.Length, classes), labels).Value, clipped.Value, clipped.Name);
            var answers = new ReadOnlyMatrixView(targets, labels.Length, classes);
            Same(metric.Evaluate(new(predictions, labels.Length, classes), answers, OutputActivation.Softmax).Value, clipped.Value, clipped.Name);
            double ofLogarithms = metric.Evaluate(new(logarithms, labels.Length, classes), answers, OutputActivation.LogSoftmax).Value;
            Assert.That(ofLogarithms, Is.EqualTo(clipped.Value.GetDouble()).Within(1e-6), clipped.Name);
        }
    }

    [Test]
    public void Several_labels()
    {
        JsonElement set = _golden.GetProperty("several-labels");
        int count = set.GetProperty("labels").GetInt32();
        float[] predictions = set.Floats("predictions"), targets = set.Floats("targets");
        int samples = targets.Length / count;
        MetricResult Evaluate(Metric metric) =>
            metric.Evaluate(new(predictions, samples, count), new ReadOnlyMatrixView(targets, samples, count), OutputActivation.Sigmoid);
        Check(Evaluate, set);
        Assert.That(Evaluate(new Accuracy()).PerClass, Is.EqualTo(Doubles(set.GetProperty("each-accuracy"))).Within(Tolerance));
        Same(Evaluate(new LogLoss()).Value, set.GetProperty("log-loss"), "log-loss");
    }

    [Test]
    public void Regression()
    {
        JsonElement set = _golden.GetProperty("regression");
        int outputs = set.GetProperty("outputs").GetInt32();
        float[] predictions = set.Floats("predictions"), targets = set.Floats("targets");
        int samples = targets.Length / outputs;
        foreach (Metric metric in (Metric[])[new Mae(), new Mse(), new Rmse(), new Mape(), new R2(), new ExplainedVariance()])
        {
            MetricResult result = metric.Evaluate(new(predictions, samples, outputs), new ReadOnlyMatrixView(targets, samples, outputs));
            Same(result.Value, set.GetProperty("all").GetProperty(metric.Name), metric.Name);
            Assert.That(result.PerClass, Is.EqualTo(Doubles(set.GetProperty("each").GetProperty(metric.Name))).Within(Tolerance), metric.Name);
        }
    }

    private static void Check(Func<Metric, MetricResult> evaluate, JsonElement set)
    {
        Same(evaluate(new Accuracy()).Value, set.GetProperty("accuracy"), "accuracy");
        foreach ((ClassAveraging? averaging, string average) in Averages)
        {
            foreach (Metric metric in (Metric[])[new Precision(averaging), new Recall(averaging), new F1Score(averaging)])
                Same(evaluate(metric).Value, set.GetProperty("counts").GetProperty(average).GetProperty(metric.Settings.Kind), metric.Name);
            foreach (Metric metric in (Metric[])[new RocAuc(averaging), new AveragePrecision(averaging)])
                Same(evaluate(metric).Value, set.GetProperty("ranks").GetProperty(average).GetProperty(metric.Settings.Kind), metric.Name);
        }

        foreach (Metric metric in (Metric[])[new Precision(), new Recall(), new F1Score()])
            Assert.That(evaluate(metric).PerClass, Is.EqualTo(Doubles(set.GetProperty("counts").GetProperty("each").GetProperty(metric.Name))).Within(Tolerance), metric.Name);
        foreach (Metric metric in (Metric[])[new RocAuc(), new AveragePrecision()])
            Assert.That(evaluate(metric).PerClass, Is.EqualTo(Doubles(set.GetProperty("ranks").GetProperty("each").GetProperty(metric.Name))).Within(Tolerance), metric.Name);
    }

    private static double[] Doubles(JsonElement array) => [.. array.EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble())];

    private static void Same(double actual, JsonElement expected, string name) => Assert.That(actual, Is.EqualTo(expected.GetDouble()).Within(Tolerance), name);
}
