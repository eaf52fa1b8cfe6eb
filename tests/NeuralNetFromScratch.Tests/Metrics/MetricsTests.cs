namespace NeuralNetFromScratch.Tests.Metrics;

/// <summary>Expected figures are worked out by hand, or by scikit-learn's definitions.</summary>
public class MetricsTests
{
    // Rows: truth; columns: prediction.
    //       0  1  2
    //   0   2  1  0
    //   1   0  3  1
    //   2   1  0  2
    private static readonly ConfusionMatrix Confusion = ConfusionMatrix.FromPredictions([0, 0, 0, 1, 1, 1, 1, 2, 2, 2], [0, 0, 1, 1, 1, 1, 2, 0, 2, 2], 3);

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
        ConfusionMatrix skewed = ConfusionMatrix.FromPredictions([0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 0, 1], 3);
        // Class 0: precision 3/4, recall 3/4; class 1: 1/2, 1/2; class 2 never occurs: 0.
        Assert.That(skewed.Precision(ClassAveraging.Macro), Is.EqualTo((0.75 + 0.5) / 3).Within(1e-15));
        Assert.That(skewed.Recall(ClassAveraging.Weighted), Is.EqualTo((4 * 0.75 + 2 * 0.5) / 6).Within(1e-15));
        Assert.That(skewed.F1(ClassAveraging.Micro), Is.EqualTo(4 / 6.0));
        Assert.That(skewed.F1(ClassAveraging.Macro), Is.EqualTo((0.75 + 0.5) / 3).Within(1e-15));
        Assert.That(skewed.Precision(2), Is.Zero);
        Assert.That(() => skewed.F1((ClassAveraging)9), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void No_prediction_counts_as_wrong()
    {
        ConfusionMatrix confusion = ConfusionMatrix.FromPredictions([0, 1, 0], [-1, 1, 0], 2);
        Assert.That((confusion.Count, confusion.UnpredictedCount, confusion.Support(0)), Is.EqualTo((3, 1, 2)));
        Assert.That(confusion.Accuracy, Is.EqualTo(2 / 3.0));
        Assert.That((confusion.Precision(0), confusion.Recall(0)), Is.EqualTo((1.0, 0.5)));
        Assert.That(confusion.Precision(ClassAveraging.Micro), Is.EqualTo(1));
        Assert.That(confusion.Recall(ClassAveraging.Micro), Is.EqualTo(2 / 3.0));
        Assert.That(confusion.F1(ClassAveraging.Micro), Is.EqualTo(4 / 5.0));
    }

    [Test]
    public void Top_k()
    {
        float[] scores = [0.1f, 0.7f, 0.2f, 0.3f, 0.3f, 0.4f, float.NaN, 0, 1];
        var view = new ReadOnlyMatrixView(scores, 3, 3);
        Assert.That(new TopKAccuracy(1).Evaluate(view, [1, 0, 0]).Value, Is.EqualTo(1 / 3.0));
        Assert.That(new TopKAccuracy(2).Evaluate(view, [2, 0, 0]).Value, Is.EqualTo(2 / 3.0));
        Assert.That(new TopKAccuracy(3).Evaluate(view, [0, 1, 1]).Value, Is.EqualTo(1));
    }

    [Test]
    public void Log_loss()
    {
        var view = new ReadOnlyMatrixView([0.9f, 0.1f, 0.25f, 0.75f], 2, 2);
        Assert.That(new LogLoss().Evaluate(view, [0, 1]).Value, Is.EqualTo(-(Math.Log(0.9) + Math.Log(0.75)) / 2).Within(1e-7));
        Assert.That(new LogLoss().Evaluate(new ReadOnlyMatrixView([1, 0], 1, 2), [1]).Value, Is.EqualTo(double.PositiveInfinity));
        Assert.That(new LogLoss { Clip = 1e-15 }.Evaluate(new ReadOnlyMatrixView([1, 0], 1, 2), [1]).Value, Is.EqualTo(-Math.Log(1e-15)).Within(1e-9), "scikit-learn's bound");
        Assert.That(new LogLoss { Clip = 1e-3 }.Evaluate(new ReadOnlyMatrixView([1, 0], 1, 2), [0]).Value, Is.EqualTo(-Math.Log(0.999)).Within(1e-9), "0.999 and 0.001 sum to 1");
        Assert.That(new LogLoss { Clip = 1e-3 }.Evaluate(new ReadOnlyMatrixView([float.NaN, 0], 1, 2), [0]).Value, Is.NaN);
        Assert.That(BuiltInParts.Registry.Read(new LogLoss { Clip = 1e-3 }.Settings), Is.EqualTo(new LogLoss { Clip = 1e-3 }));
        foreach (double clip in (double[])[-1, 0.5, double.NaN])
            Assert.That(() => new LogLoss { Clip = clip }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Calibration()
    {
        // Two bins: (0, 0.5] has confidence 0.5, never right; (0.5, 1] has 0.75 and 1, both right: gaps 0.5 and 0.125.
        float[] probabilities = [0.5f, 0.5f, 0.25f, 0.75f, 1, 0];
        double actual = new CalibrationError(binCount: 2).Evaluate(new ReadOnlyMatrixView(probabilities, 3, 2), [1, 1, 0]).Value;
        Assert.That(actual, Is.EqualTo((0.5 + 2 * 0.125) / 3).Within(1e-15));
        Assert.That(new CalibrationError().Evaluate(new ReadOnlyMatrixView([float.NaN, float.NaN], 1, 2), [0]).Value, Is.NaN);
    }

    [Test]
    public void Mismatched_arguments_are_refused()
    {
        float[] scores = new float[6];
        Assert.That(() => new LogLoss().Evaluate(new(scores, 2, 3), [0]), Throws.ArgumentException);
        Assert.That(() => new LogLoss().Evaluate(new(scores, 2, 3), [0, 3]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new LogLoss().Evaluate(default, []), Throws.ArgumentException);
        Assert.That(() => new TopKAccuracy(4).Evaluate(new(scores, 2, 3), [0, 1]), Throws.ArgumentException.With.Message.Contains("top-4-accuracy"));
        Assert.That(() => new TopKAccuracy(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new CalibrationError(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => ConfusionMatrix.FromPredictions([0], [0, 1], 2), Throws.ArgumentException);
        Assert.That(() => ConfusionMatrix.FromPredictions([0], [2], 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
