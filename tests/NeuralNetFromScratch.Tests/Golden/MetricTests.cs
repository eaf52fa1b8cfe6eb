using System.Text.Json;

namespace NeuralNetFromScratch.Tests.Golden;

/// <summary>Figures of merit side by side with NumPy; make_metrics.py made the file. One class never occurs, another is never predicted.</summary>
public class MetricTests
{
    private const double Tolerance = 1e-12;

    private JsonElement _golden;
    private int _classes;
    private int[] _labels = [];
    private ConfusionMatrix _confusion = null!;

    [OneTimeSetUp]
    public void Read()
    {
        _golden = GoldenFile.Read("metrics.json");
        _classes = _golden.GetProperty("classes").GetInt32();
        _labels = _golden.GetProperty("labels").Integers();
        _confusion = ConfusionMatrix.FromPredictions(_labels, _golden.GetProperty("predicted").Integers(), _classes);
    }

    [Test]
    public void Counts_and_figures_of_each_class_are_NumPys()
    {
        for (int actual = 0; actual < _classes; actual++)
            Assert.That(Enumerable.Range(0, _classes).Select(predicted => _confusion[actual, predicted]), Is.EqualTo(_golden.GetProperty("confusion")[actual].Integers()));
        Check("precision", _confusion.Precision);
        Check("recall", _confusion.Recall);
        Check("f1", _confusion.F1);

        void Check(string name, Func<int, double> figure)
        {
            double[] expected = [.. _golden.GetProperty("each").GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];
            Assert.That(Enumerable.Range(0, _classes).Select(figure), Is.EqualTo(expected).Within(Tolerance), name);
        }
    }

    [TestCase(ClassAveraging.Macro, "macro")]
    [TestCase(ClassAveraging.Weighted, "weighted")]
    [TestCase(ClassAveraging.Micro, "micro")]
    public void Averages_are_NumPys(ClassAveraging averaging, string name)
    {
        JsonElement expected = _golden.GetProperty(name);
        Assert.That(_confusion.Precision(averaging), Is.EqualTo(expected.GetProperty("precision").GetDouble()).Within(Tolerance));
        Assert.That(_confusion.Recall(averaging), Is.EqualTo(expected.GetProperty("recall").GetDouble()).Within(Tolerance));
        Assert.That(_confusion.F1(averaging), Is.EqualTo(expected.GetProperty("f1").GetDouble()).Within(Tolerance));
    }

    [Test]
    public void Figures_of_probabilities_are_NumPys()
    {
        var probabilities = new ReadOnlyMatrixView(_golden.Floats("probabilities"), _labels.Length, _classes);
        for (int k = 1; k <= _classes; k++)
            Assert.That(new TopKAccuracy(k).Evaluate(probabilities, _labels).Value, Is.EqualTo(_golden.GetProperty("top")[k - 1].GetDouble()).Within(Tolerance), $"top {k}");
        Assert.That(new LogLoss().Evaluate(probabilities, _labels).Value, Is.EqualTo(_golden.GetProperty("log-loss").GetDouble()).Within(Tolerance));
        Assert.That(
            new CalibrationError(_golden.GetProperty("bins").GetInt32()).Evaluate(probabilities, _labels).Value,
            Is.EqualTo(_golden.GetProperty("calibration").GetDouble()).Within(Tolerance));
    }
}
