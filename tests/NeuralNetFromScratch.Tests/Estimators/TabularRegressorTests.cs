using System.Numerics.Tensors;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Estimators;

public class TabularRegressorTests
{
    private const int Rows = 200;

    /// <summary>Two targets of very different sizes.</summary>
    private static (float[] Features, float[] Targets) Sample(ulong seed)
    {
        float[] features = TestValues.Uniform(Rows * 3, seed);
        var targets = new float[Rows * 2];
        for (int row = 0; row < Rows; row++)
        {
            targets[2 * row] = 5000 + 1000 * (features[3 * row] + features[3 * row + 1] * features[3 * row + 1]);
            targets[2 * row + 1] = 0.001f * features[3 * row + 2];
        }

        return (features, targets);
    }

    [Test]
    public void Several_targets_are_predicted_in_their_own_units()
    {
        (float[] features, float[] targets) = Sample(1);
        (float[] others, float[] truth) = Sample(2);
        var regressor = new TabularRegressor();
        regressor.Fit(new ReadOnlyMatrixView(features, Rows, 3), new ReadOnlyMatrixView(targets, Rows, 2));
        Assert.That(regressor.TargetCount, Is.EqualTo(2));
        Assert.That(regressor.Score(new ReadOnlyMatrixView(others, Rows, 3), new ReadOnlyMatrixView(truth, Rows, 2)), Is.GreaterThan(0.97));
        var outputs = new float[Rows * 2];
        regressor.Network.Predict(others, outputs);
        Assert.That(regressor.PredictTargets(new ReadOnlyMatrixView(others, Rows, 3)).AsMatrix().Span.ToArray(), Is.EqualTo(outputs), "the network has the same units");
        IReadOnlyList<FeatureImportance> importance = regressor.PermutationImportance(new ReadOnlyMatrixView(others, Rows, 3), new ReadOnlyMatrixView(truth, Rows, 2));
        Assert.That(importance[0].Name, Is.EqualTo("2"), "all of one of two targets");
        Assert.That(importance[0].ToString(), Does.Match(@"^2 \d\.\d{4} ± 0\.\d{4}$"));
    }

    [Test]
    public void The_score_is_the_coefficient_of_determination()
    {
        (float[] features, float[] targets) = Sample(1);
        float[] one = [.. targets.Where((_, i) => i % 2 == 0)];
        var regressor = new TabularRegressor(new() { MaxEpochs = 20 });
        regressor.Fit(new ReadOnlyMatrixView(features, Rows, 3), one);
        float[] predicted = regressor.Predict(new ReadOnlyMatrixView(features, Rows, 3));
        double mean = one.Average(value => (double)value);
        double expected = 1 - predicted.Zip(one).Sum(pair => Math.Pow(pair.First - (double)pair.Second, 2)) / one.Sum(value => Math.Pow(value - mean, 2));
        Assert.That(regressor.Score(new ReadOnlyMatrixView(features, Rows, 3), one), Is.EqualTo(expected).Within(1e-9));
        float[] constant = [.. Enumerable.Repeat(7f, Rows)];
        regressor.Fit(new ReadOnlyMatrixView(features, Rows, 3), constant);
        Assert.That(regressor.Predict(new ReadOnlyMatrixView(features, Rows, 3)), Is.All.EqualTo(7).Within(0.3));
    }

    [Test]
    public void Weights_progress_cancellation_and_losses_are_those_of_the_trainer()
    {
        (float[] features, float[] targets) = Sample(1);
        float[] one = [.. targets.Where((_, i) => i % 2 == 0)], weights = [.. one.Select((_, i) => i < 100 ? 1f : 0)];
        var table = new ReadOnlyMatrixView(features, Rows, 3);
        var half = new TabularRegressor(new() { MaxEpochs = 300, Loss = new Huber() });
        half.Fit(table, [.. one.Select((value, i) => i < 100 ? value : 1e6f)], weights);
        Assert.That(half.Predict(table)[..100].Zip(one).Average(pair => Math.Abs(pair.First - pair.Second)), Is.LessThan(100), "the others count neither in the loss nor in the scale");

        int reports = 0;
        using var source = new CancellationTokenSource();
        var progress = new Reporter(report => { reports++; source.Cancel(); });
        var cancelled = new TabularRegressor();
        Assert.That(() => cancelled.Fit(new ReadOnlyMatrixView(features, Rows, 3), one, default, progress, source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(reports, Is.Positive);
        Assert.That(cancelled.Predict(new ReadOnlyMatrixView(features, Rows, 3)), Is.All.InRange(-1e6f, 1e6f), "what was learned stays");
        Assert.That(() => new TabularRegressor(new() { Loss = new SoftmaxCrossEntropy() }), Throws.ArgumentException.With.Message.Contains("loss for classes"));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Metadata_and_extra_tensors_of_the_network_stay_when_the_training_continues(bool isLoaded)
    {
        (float[] features, float[] targets) = Sample(1);
        ReadOnlyMatrixView Inputs() => new(features, Rows, 3);
        ReadOnlyMatrixView Outputs() => new(targets, Rows, 2);
        var regressor = new TabularRegressor(new() { MaxEpochs = 2, WarmStart = true });
        regressor.Fit(Inputs(), Outputs());
        regressor.Network.Metadata["author"] = "Ada";
        regressor.Network.Metadata["draft"] = "yes";
        if (isLoaded)
        {
            using var file = new MemoryStream();
            regressor.Save(file);
            file.Position = 0;
            regressor = TabularRegressor.Load(file, new() { MaxEpochs = 2, WarmStart = true });
        }

        regressor.Network.Metadata.Remove("draft");
        regressor.Network.ExtraTensors["limits"] = Tensor.Create<float>([1, 2], [2]);
        regressor.PartialFit(Inputs(), Outputs());
        regressor.Fit(Inputs(), Outputs());
        Assert.That(regressor.Network.Metadata, Is.EqualTo(new Dictionary<string, string> { ["author"] = "Ada" }));
        Assert.That(regressor.Network.ExtraTensors["limits"].ToArray(), Is.EqualTo(new float[] { 1, 2 }));
    }

    [Test]
    public void L_BFGS_and_warm_starts_work_as_with_classes()
    {
        (float[] features, float[] targets) = Sample(1);
        float[] one = [.. targets.Where((_, i) => i % 2 == 0)];
        var table = new ReadOnlyMatrixView(features, Rows, 3);
        var regressor = new TabularRegressor(new() { Solver = TabularSolver.Lbfgs, HiddenUnits = [10] });
        regressor.Fit(table, one);
        Assert.That(regressor.Score(table, one), Is.GreaterThan(0.99));
        var warm = new TabularRegressor(new() { MaxEpochs = 5, WarmStart = true });
        double first = warm.Fit(table, one).Epochs[0].Training.Loss, second = warm.Fit(table, one).Epochs[0].Training.Loss;
        Assert.That(second, Is.LessThan(first));
        Assert.That(() => warm.Fit(new ReadOnlyMatrixView(features, Rows, 3), new ReadOnlyMatrixView(targets, Rows, 2)), Throws.ArgumentException.With.Message.Contains("got 2"));
        Assert.That(() => warm.Fit(new ReadOnlyMatrixView(features, Rows, 3), one.AsSpan(0, 3)), Throws.ArgumentException.With.Message.Contains("expected 200"));
        Assert.That(() => new TabularRegressor().Fit((float[][])[[1], [2]], [1, float.NaN]), Throws.ArgumentException.With.Message.Contains("target of sample 1 must be finite, got NaN"));
    }

    private sealed class Reporter(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
