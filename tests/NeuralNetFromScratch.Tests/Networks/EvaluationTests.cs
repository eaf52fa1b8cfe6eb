using System.Numerics.Tensors;
using NeuralNetFromScratch.Tests.Metrics;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Networks;

/// <summary>Evaluation of a network on a data set, against plain double arithmetic over its predictions.</summary>
public class EvaluationTests
{
    private const int Samples = 500, Width = 6, Classes = 4;

    private static readonly float[] Features = TestValues.Uniform(Samples * Width, 1), Targets = TestValues.Uniform(Samples * Classes, 2, 0, 1);

    private static readonly int[] Labels = TestValues.Labels(Samples, Classes, 3);

    private static readonly Dataset OfClasses = Dataset.FromArrays(Features, [Width], Labels, Classes), OfNumbers = Dataset.FromTargets(Features, [Width], Targets, Classes);

    [Test]
    public void Figures_of_classes_are_those_of_a_plain_computation()
    {
        Sequential network = Network();
        EvaluationResult result = network.Evaluate(OfClasses, metrics: [new Accuracy(), new LogLoss(), new Recall(), new ConfusionMatrixMetric(), new MeanMargin(), new MedianLargest()]);
        float[] predictions = network.Predict(OfClasses).AsMatrix().Span.ToArray();
        double[][] rows = [.. predictions.Chunk(Classes).Select(row => row.Select(value => (double)value).ToArray())];
        int[] predicted = [.. rows.Select(row => Array.IndexOf(row, row.Max()))];
        Assert.That(result.Count, Is.EqualTo(Samples));
        Assert.That(result.Accuracy, Is.EqualTo(predicted.Zip(Labels).Count(pair => pair.First == pair.Second) / (double)Samples));
        Assert.That(result["log-loss"].Value, Is.EqualTo(rows.Zip(Labels).Average(pair => -Math.Log(pair.First[pair.Second]))).Within(1e-6));
        Assert.That(result["log-loss"].Value, Is.EqualTo(result.Loss).Within(1e-6));
        for (int j = 0; j < Classes; j++)
        {
            int support = Labels.Count(label => label == j), right = predicted.Zip(Labels).Count(pair => pair.First == j && pair.Second == j);
            Assert.That(result[new Recall()].PerClass[j], Is.EqualTo(right / (double)support));
            Assert.That(result.ConfusionMatrix.Recall(j), Is.EqualTo(right / (double)support));
        }

        double margin = rows.Zip(Labels).Average(pair => Math.Log(pair.First[pair.Second]) - Math.Log(pair.First.Where((_, j) => j != pair.Second).Max()));
        Assert.That(result["mean-margin"].Value, Is.EqualTo(margin).Within(1e-5));
        Assert.That(result["median-largest"].Value, Is.EqualTo(rows.Select(row => row.Max()).Order().ElementAt(Samples / 2)));
    }

    [Test]
    public void Figures_of_numbers_are_those_of_a_plain_computation()
    {
        Sequential network = Network();
        EvaluationResult result = network.Evaluate(OfNumbers, new MeanSquaredError(), [new Mae(), new Mse(), new R2()]);
        double[] outputs = [.. Outputs(network)];
        Assert.That(result["mae"].Value, Is.EqualTo(outputs.Zip(Targets).Average(pair => Math.Abs(pair.First - pair.Second))).Within(1e-6));
        Assert.That(result["mse"].Value, Is.EqualTo(result.Loss).Within(1e-12));
        double r2 = 0;
        for (int j = 0; j < Classes; j++)
        {
            double[] y = [.. outputs.Where((_, i) => i % Classes == j)], t = [.. Targets.Where((_, i) => i % Classes == j).Select(value => (double)value)];
            r2 += (1 - y.Zip(t).Sum(pair => Math.Pow(pair.First - pair.Second, 2)) / t.Sum(value => Math.Pow(value - t.Average(), 2))) / Classes;
        }

        Assert.That(result["r2"].Value, Is.EqualTo(r2).Within(1e-6));
    }

    [Test]
    public void Variance_of_targets_far_from_zero_loses_no_digits()
    {
        // Targets 10,000,000 and 10,000,001 in turn: the variance is 1/4, the error always 1/8 of a sample's distance from the mean.
        float[] targets = [.. Enumerable.Range(0, 10_000).Select(i => 10_000_000f + i % 2)];
        float[] predictions = [.. targets.Select(target => target + 1)];
        var (y, t) = (Tensor.Create<float>(predictions, [10_000, 1]), Tensor.Create<float>(targets, [10_000, 1]));
        Assert.That(new R2().Evaluate(y.AsMatrix(), t.AsMatrix()).Value, Is.EqualTo(-3).Within(1e-12));
        Assert.That(new ExplainedVariance().Evaluate(y.AsMatrix(), t.AsMatrix()).Value, Is.EqualTo(1).Within(1e-12));
    }

    [Test]
    public void Targets_that_are_all_the_same_are_explained_or_not()
    {
        var same = new ReadOnlyMatrixView([2, 2, 2], 3, 1);
        Assert.That(new R2().Evaluate(same, same).Value, Is.EqualTo(1));
        Assert.That(new R2().Evaluate(new ReadOnlyMatrixView([1, 2, 3], 3, 1), same).Value, Is.Zero);
        Assert.That(new R2().Evaluate(new ReadOnlyMatrixView([1, float.NaN, 3], 3, 1), same).Value, Is.NaN);
    }

    [Test]
    public void Predictions_that_are_no_numbers_count_as_wrong_everywhere()
    {
        // Every third sample has NaN among its features.
        float[] features = [.. Features];
        for (int row = 0; row < Samples; row += 3)
            features[row * Width] = float.NaN;
        EvaluationResult result = Network().Evaluate(
            Dataset.FromArrays(features, [Width], Labels, Classes),
            metrics: [new Accuracy(), new Recall(ClassAveraging.Micro), new Recall(ClassAveraging.Weighted), new F1Score(), new ConfusionMatrixMetric(), new TopKAccuracy(4)]);
        int bad = (Samples + 2) / 3;
        Assert.That(result.NonFiniteCount, Is.EqualTo(bad));
        Assert.That(result.ConfusionMatrix.Count, Is.EqualTo(Samples));
        Assert.That(result.ConfusionMatrix.UnpredictedCount, Is.EqualTo(bad));
        Assert.That(result["recall-micro"].Value, Is.EqualTo(result.Accuracy));
        Assert.That(result["recall-weighted"].Value, Is.EqualTo(result.Accuracy).Within(1e-12));
        Assert.That(result.ConfusionMatrix.Accuracy, Is.EqualTo(result.Accuracy));
        Assert.That(result["f1"].Value, Is.EqualTo(result.ConfusionMatrix.F1(ClassAveraging.Macro)).Within(1e-12));
        Assert.That(result["top-4-accuracy"].Value, Is.EqualTo(1 - bad / (double)Samples).Within(1e-12));
        Assert.That(result.Loss, Is.NaN);
    }

    [Test]
    public void Many_classes_need_no_matrix()
    {
        const int Many = 50_000;
        var network = new Sequential([1], 1, new Dense(Many)) { OutputActivation = OutputActivation.Softmax };
        Dataset data = Dataset.FromArrays([0, 0.5f, 1], [1], [1, 2, 49_999], Many);
        EvaluationResult result = network.Evaluate(data, metrics: [new Accuracy(), new TopKAccuracy(5), new F1Score()]);
        Assert.That(result.Count, Is.EqualTo(3));
        Assert.That(double.IsFinite(result.Loss));
        Assert.That(() => network.Evaluate(data, metrics: [new ConfusionMatrixMetric()]), Throws.ArgumentException.With.Message.Contains("50000 outputs"));
    }

    [Test]
    public void Many_outputs_are_evaluated_without_a_matrix()
    {
        const int Many = 100_000;
        var network = new Sequential([1], 1, new Dense(Many)) { OutputActivation = OutputActivation.Softmax };
        Dataset data = Dataset.FromTargets([0, 1], [1], new float[2 * Many], Many);
        Assert.That(double.IsFinite(network.Evaluate(data, new MeanSquaredError()).Loss));
    }

    private static IEnumerable<TestCaseData> Refused()
    {
        var numbers = new MetricTask(OutputActivation.None, 3, HasLabels: false);
        var labels = new MetricTask(OutputActivation.Softmax, 3, HasLabels: true);
        var several = new MetricTask(OutputActivation.Sigmoid, 3, HasLabels: false);
        foreach (Metric metric in (Metric[])
            [new Accuracy(), new TopKAccuracy(2), new Precision(), new Recall(), new F1Score(), new RocAuc(), new AveragePrecision(), new LogLoss(), new CalibrationError(), new ConfusionMatrixMetric()])
        {
            yield return new(metric, numbers);
        }

        foreach (Metric metric in (Metric[])[new Mae(), new Mse(), new Rmse(), new Mape(), new R2(), new ExplainedVariance()])
            yield return new(metric, labels);
        foreach (Metric metric in (Metric[])[new TopKAccuracy(2), new ConfusionMatrixMetric(), new Precision(ClassAveraging.Binary), new RocAuc(ClassAveraging.Binary)])
            yield return new(metric, several);
        foreach (Metric metric in (Metric[])[new TopKAccuracy(4), new Precision(ClassAveraging.Binary) { PositiveClass = 3 }])
            yield return new(metric, labels);
    }

    [TestCaseSource(nameof(Refused))]
    public void A_figure_that_a_task_does_not_have_is_refused_by_name(Metric metric, MetricTask task)
    {
        Assert.That(() => metric.Check(task), Throws.ArgumentException.With.Message.Contains(metric.Name).And.Message.Contains(task.ToString()));
        Assert.That(() => new MetricAccumulator(task, [metric], 1), Throws.ArgumentException);
    }

    [Test]
    public void A_metric_that_was_not_asked_for_is_named()
    {
        EvaluationResult result = Network().Evaluate(OfClasses);
        Assert.That(result.Metrics, Is.EqualTo((Metric[])[new Accuracy()]));
        Assert.That(result[new Accuracy()].Value, Is.EqualTo(result.Accuracy));
        Assert.That(() => result["f1"], Throws.ArgumentException.With.Message.Contains("f1 was not computed; computed metrics: accuracy"));
        Assert.That(() => result[new RocAuc()], Throws.ArgumentException);
        Assert.That(() => result.ConfusionMatrix, Throws.InvalidOperationException.With.Message.Contains("ConfusionMatrixMetric"));
    }

    [Test]
    public void A_metric_is_saved_and_read_by_its_settings()
    {
        PartRegistry registry = PartRegistry.Empty.With<Precision>().With<RocAuc>().With<TopKAccuracy>().With<CalibrationError>().With<MeanMargin>();
        foreach (Metric metric in (Metric[])
            [new Precision(), new Precision(ClassAveraging.Micro), new Precision(ClassAveraging.Binary) { PositiveClass = 2 }, new RocAuc(ClassAveraging.Weighted), new TopKAccuracy(3), new CalibrationError(20), new MeanMargin(2)])
        {
            Assert.That(registry.Read(metric.Settings), Is.EqualTo(metric));
        }

        Assert.That(() => registry.Read(new Settings("precision", new Setting("averaging", "mean"))), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("mean"));
        Assert.That(() => registry.Read(new Settings("top-k-accuracy", new Setting("k", 0))), Throws.InstanceOf<InvalidDataException>());
        Assert.That(new Precision(ClassAveraging.Binary) { PositiveClass = 2 }.Name, Is.EqualTo("precision-of-class-2"));
    }

    [Test]
    public void An_evaluation_can_be_cancelled() => Assert.That(
        () => Network().Evaluate(OfClasses, cancellationToken: new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public void A_second_evaluation_allocates_little()
    {
        var engine = new Engine(1);
        Sequential network = new([Width], 1, new Dense(1000, Activation.Tanh), new Dense(Classes)) { OutputActivation = OutputActivation.Softmax };
        var evaluator = new Evaluator(network, new SoftmaxCrossEntropy(), null, engine);
        Assert.That(Allocation.Least(engine, () => evaluator.Run(OfClasses)), Is.LessThan(1000));
        var many = new Evaluator(new([Width], 1, new Dense(5000)), new SoftmaxCrossEntropy(), null, engine);
        Assert.That(Allocation.Least(engine, () => many.Run(OfClasses)), Is.LessThan(1000), "thousands of classes");
    }

    private static Sequential Network() => new([Width], 1, new Dense(10, Activation.Tanh), new Dense(Classes)) { OutputActivation = OutputActivation.Softmax };

    private static double[] Outputs(Sequential network)
    {
        ReadOnlySpan<float> w1 = network.Parameters["dense1.weight"].Values, b1 = network.Parameters["dense1.bias"].Values;
        ReadOnlySpan<float> w2 = network.Parameters["dense2.weight"].Values, b2 = network.Parameters["dense2.bias"].Values;
        var outputs = new double[Samples * Classes];
        for (int row = 0; row < Samples; row++)
        {
            var hidden = new double[10];
            for (int h = 0; h < 10; h++)
            {
                double sum = b1[h];
                for (int i = 0; i < Width; i++)
                    sum += (double)Features[row * Width + i] * w1[i * 10 + h];
                hidden[h] = Math.Tanh(sum);
            }

            for (int j = 0; j < Classes; j++)
            {
                outputs[row * Classes + j] = b2[j];
                for (int h = 0; h < 10; h++)
                    outputs[row * Classes + j] += hidden[h] * w2[h * Classes + j];
            }
        }

        return outputs;
    }
}
