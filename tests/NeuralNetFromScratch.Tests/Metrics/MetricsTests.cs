namespace NeuralNetFromScratch.Tests.Metrics;

/// <summary>Expected figures are worked out by hand, or by scikit-learn's definitions.</summary>
public class MetricsTests
{
    // Rows: truth; columns: prediction.
    //       0  1  2
    //   0   2  1  0
    //   1   0  3  1
    //   2   1  0  2
    private static readonly ConfusionMatrix Confusion = ConfusionMatrix.Of([0, 0, 0, 1, 1, 1, 1, 2, 2, 2], [0, 0, 1, 1, 1, 1, 2, 0, 2, 2], 3);

    [Test]
    public void Figures_of_each_class()
    {
        Assert.That(Confusion.Count, Is.EqualTo(10));
        Assert.That(Confusion.Accuracy, Is.EqualTo(0.7));
        Assert.That(Enumerable.Range(0, 3).Select(Confusion.Support), Is.EqualTo((int[])[3, 4, 3]));
        Assert.That(Enumerable.Range(0, 3).Select(Confusion.Precision), Is.EqualTo((double[])[2 / 3.0, 3 / 4.0, 2 / 3.0]).Within(1e-15));
        Assert.That(Enumerable.Range(0, 3).Select(Confusion.Recall), Is.EqualTo((double[])[2 / 3.0, 3 / 4.0, 2 / 3.0]).Within(1e-15));
        Assert.That(Enumerable.Range(0, 3).Select(Confusion.F1), Is.EqualTo((double[])[2 / 3.0, 3 / 4.0, 2 / 3.0]).Within(1e-15));
    }

    [Test]
    public void Averages()
    {
        ConfusionMatrix skewed = ConfusionMatrix.Of([0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 0, 1], 3);
        // Class 0: precision 3/4, recall 3/4; class 1: 1/2, 1/2; class 2 never occurs: 0.
        Assert.That(skewed.Precision(Averaging.Macro), Is.EqualTo((0.75 + 0.5) / 3).Within(1e-15));
        Assert.That(skewed.Recall(Averaging.Weighted), Is.EqualTo((4 * 0.75 + 2 * 0.5) / 6).Within(1e-15));
        Assert.That(skewed.F1(Averaging.Micro), Is.EqualTo(4 / 6.0));
        Assert.That(skewed.F1(Averaging.Macro), Is.EqualTo((0.75 + 0.5) / 3).Within(1e-15));
        Assert.That(skewed.Precision(2), Is.Zero);
        Assert.That(() => skewed.F1((Averaging)9), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void No_prediction_is_not_counted() => Assert.That(ConfusionMatrix.Of([0, 1], [-1, 1], 2).Count, Is.EqualTo(1));

    [Test]
    public void Top_k()
    {
        float[] scores = [0.1f, 0.7f, 0.2f, 0.3f, 0.3f, 0.4f, float.NaN, 0, 1];
        var view = new ReadOnlyMatrixView(scores, 3, 3);
        Assert.That(ClassificationMetrics.TopKAccuracy(view, [1, 0, 0], 1), Is.EqualTo(1 / 3.0));
        Assert.That(ClassificationMetrics.TopKAccuracy(view, [2, 0, 0], 2), Is.EqualTo(2 / 3.0));
        Assert.That(ClassificationMetrics.TopKAccuracy(view, [0, 1, 1], 3), Is.EqualTo(1));
    }

    [Test]
    public void Log_loss()
    {
        var view = new ReadOnlyMatrixView([0.9f, 0.1f, 0.25f, 0.75f], 2, 2);
        Assert.That(ClassificationMetrics.LogLoss(view, [0, 1]), Is.EqualTo(-(Math.Log(0.9) + Math.Log(0.75)) / 2).Within(1e-7));
        Assert.That(ClassificationMetrics.LogLoss(new ReadOnlyMatrixView([1, 0], 1, 2), [1]), Is.EqualTo(double.PositiveInfinity));
    }

    [Test]
    public void Calibration()
    {
        // Two bins: (0, 0.5] has confidence 0.5, never right; (0.5, 1] has 0.75 and 1, both right: gaps 0.5 and 0.125.
        float[] probabilities = [0.5f, 0.5f, 0.25f, 0.75f, 1, 0];
        double actual = ClassificationMetrics.ExpectedCalibrationError(new ReadOnlyMatrixView(probabilities, 3, 2), [1, 1, 0], bins: 2);
        Assert.That(actual, Is.EqualTo((0.5 + 2 * 0.125) / 3).Within(1e-15));
        Assert.That(ClassificationMetrics.ExpectedCalibrationError(new ReadOnlyMatrixView([float.NaN, float.NaN], 1, 2), [0]), Is.NaN);
    }

    [Test]
    public void What_does_not_fit_is_refused()
    {
        float[] scores = new float[6];
        Assert.That(() => ClassificationMetrics.LogLoss(new(scores, 2, 3), [0]), Throws.ArgumentException);
        Assert.That(() => ClassificationMetrics.LogLoss(new(scores, 2, 3), [0, 3]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => ClassificationMetrics.LogLoss(default, []), Throws.ArgumentException);
        Assert.That(() => ClassificationMetrics.TopKAccuracy(new(scores, 2, 3), [0, 1], 4), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => ClassificationMetrics.ExpectedCalibrationError(new(scores, 2, 3), [0, 1], 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => ConfusionMatrix.Of([0], [0, 1], 2), Throws.ArgumentException);
        Assert.That(() => ConfusionMatrix.Of([0], [2], 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
