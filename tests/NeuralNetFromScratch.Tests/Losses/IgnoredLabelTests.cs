using System.Text.Json;
using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Golden;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Losses;

/// <summary>Samples whose label the loss ignores: losses, gradients, metrics and means are of the others.</summary>
public class IgnoredLabelTests
{
    private const int Ignored = -100, Features = 4, Classes = 3, Samples = 120;

    private static readonly SoftmaxCrossEntropy Loss = new() { IgnoreLabel = Ignored };

    [TestCase("plain")]
    [TestCase("smoothed")]
    [TestCase("normalized")]
    public void Steps_are_PyTorchs(string name)
    {
        JsonElement golden = GoldenFile.Read("ignored.json"), run = golden.GetProperty("runs").GetProperty(name);
        int[] sizes = golden.GetProperty("sizes").Integers();
        Layer[] middle = name == "normalized" ? [new BatchNormalization()] : [];
        var network = new Sequential(
            [sizes[0]], 0, [new Dense(sizes[1]), .. middle, new ActivationLayer(Activation.Relu), new Dense(sizes[2])]);
        Parameter[] trained = [.. network.Parameters.Where(parameter => parameter.Role != ParameterRole.Buffer)];
        foreach ((Parameter parameter, JsonElement start) in trained.Zip(run.GetProperty("start").EnumerateArray()))
            start.Floats().CopyTo(parameter.Values);
        var loss = new SoftmaxCrossEntropy { IgnoreLabel = golden.GetProperty("ignored").GetInt32(), LabelSmoothing = name == "smoothed" ? 0.1f : 0 };
        var trainer = new Trainer(network, loss, new Sgd(0.1f, 0.9f));
        float[] losses = run.Floats("losses");
        List<float> inputs = [];
        List<int> labels = [];
        for (int step = 0; step < losses.Length; step++)
        {
            inputs.AddRange(golden.GetProperty("inputs")[step].Floats());
            labels.AddRange(golden.GetProperty("labels")[step].Integers());
            int batch = labels.Count / (step + 1);
            var view = new ReadOnlyMatrixView([.. inputs[^(batch * sizes[0])..]], batch, sizes[0]);
            Assert.That(trainer.TrainStep(view, [.. labels[^batch..]]), Is.EqualTo(losses[step]).Within(2e-6), $"loss of step {step + 1}");
        }

        foreach ((Parameter parameter, JsonElement end) in trained.Zip(run.GetProperty("end").EnumerateArray()))
            Assert.That(parameter.Values.ToArray(), Is.EqualTo(end.Floats()).Within(3e-6), parameter.Name);
        if (name == "normalized")
        {
            Parameter[] statistics = [.. network.Parameters.Where(parameter => parameter.Role == ParameterRole.Buffer)];
            Assert.That(statistics[0].Values.ToArray(), Is.EqualTo(run.Floats("mean")).Within(2e-6));
            Assert.That(statistics[1].Values.ToArray(), Is.EqualTo(run.Floats("variance")).Within(3e-6));
        }

        Dataset data = Dataset.FromArrays([.. inputs], [sizes[0]], [.. labels], sizes[2], ignoreLabel: loss.IgnoreLabel);
        Assert.That(network.Evaluate(data, loss).Loss, Is.EqualTo(run.GetProperty("evaluation").GetDouble()).Within(2e-6));
    }

    [Test]
    public void An_evaluation_is_that_of_the_samples_that_count([Values(1, 2, 3)] int threads, [Values(Ignored, 1)] int ignored)
    {
        Dataset data = Data(ignored), counted = Counted(data, ignored);
        var network = new Sequential([Features], 2, new Dense(Classes)) { OutputActivation = OutputActivation.Softmax };
        Metric[] metrics =
        [
            new Accuracy(), new TopKAccuracy(2), new F1Score(ClassAveraging.Macro), new LogLoss(), new CalibrationError(), new ConfusionMatrixMetric(),
            new RocAuc(), new AveragePrecision(),
        ];
        EvaluationResult actual = network.Evaluate(data, new SoftmaxCrossEntropy { IgnoreLabel = ignored }, metrics, new Engine(threads, SimdWidths.Best));
        EvaluationResult expected = network.Evaluate(counted, new SoftmaxCrossEntropy(), metrics, new Engine(1));
        Assert.That(actual.Count, Is.EqualTo(counted.Count));
        Assert.That(actual.Loss, Is.EqualTo(expected.Loss).Within(1e-12));
        foreach (Metric metric in metrics)
        {
            Assert.That(actual[metric].Value, Is.EqualTo(expected[metric].Value).Within(1e-12), metric.Name);
            Assert.That(actual[metric].PerClass, Is.EqualTo(expected[metric].PerClass).Within(1e-12), metric.Name);
        }

        Assert.That(actual.ConfusionMatrix.ToString(), Is.EqualTo(expected.ConfusionMatrix.ToString()));
    }

    [Test]
    public void A_network_without_a_loss_ignores_what_the_data_set_says()
    {
        Dataset data = Data(Ignored);
        var network = new Sequential([Features], 2, new Dense(Classes)) { OutputActivation = OutputActivation.Softmax };
        Assert.That(network.Evaluate(data).Loss, Is.EqualTo(network.Evaluate(Counted(data, Ignored)).Loss).Within(1e-12));
    }

    [Test]
    public void Outputs_of_ignored_samples_do_not_matter()
    {
        float[] outputs = [1, 2, 0.5f, float.NaN, float.PositiveInfinity, 0], gradient = new float[6];
        Array.Fill(gradient, 7);
        double loss = Loss.Evaluate(new ReadOnlyMatrixView(outputs, 2, 3), [2, Ignored], 1, new MatrixView(gradient, 2, 3));
        Assert.That(loss, Is.EqualTo(Loss.Evaluate(new ReadOnlyMatrixView(outputs.AsSpan(0, 3), 1, 3), [2], 1, default)));
        Assert.That(gradient[3..], Is.All.Zero);
        Assert.That(gradient[..3], Has.None.Zero);
    }

    [Test]
    public void A_step_without_a_sample_that_counts_has_no_loss_and_no_gradient()
    {
        var network = new Sequential([Features], 2, new Dense(Classes));
        var trainer = new Trainer(network, Loss, new Sgd(0.1f));
        float[] before = network.Parameters.Values.ToArray();
        Assert.That(trainer.TrainStep(new ReadOnlyMatrixView(new float[2 * Features], 2, Features), [Ignored, Ignored]), Is.Zero);
        Assert.That(network.Parameters.Values.ToArray(), Is.EqualTo(before));
    }

    [Test]
    public void A_training_has_the_same_bits_at_any_number_of_threads_and_after_an_interruption()
    {
        using var folder = new TemporaryFolder();
        Dataset data = Data(Ignored);
        FitOptions options = new() { Epochs = 3, BatchSize = 16, Metrics = [new Accuracy(), new RocAuc()], ValidationFraction = 0.2 };
        (int[] bits, string history) = Train(1, trainer => trainer.Fit(data, options));
        Assert.That(Train(3, trainer => trainer.Fit(data, options)), Is.EqualTo((bits, history)));
        FitOptions cut = options with { Checkpoint = new() { Path = folder.File("checkpoint"), EverySteps = 1 }, Callbacks = [new StopAt(9)] };
        Train(2, trainer => trainer.Fit(data, cut));
        Assert.That(Train(2, trainer => trainer.Resume(cut.Checkpoint!.Path, data, cut with { Callbacks = [] })), Is.EqualTo((bits, history)));
    }

    [Test]
    public void Shards_are_weighted_by_their_samples_that_count()
    {
        Dataset data = Data(Ignored);
        var network = new Sequential([Features], 2, new BatchNormalization(), new Dense(Classes));
        var trainer = new Trainer(network, Loss, new Sgd(0.1f));
        int[] order = [.. Enumerable.Range(0, 40)];
        TrainingBatch first = trainer.Load(data, order.AsSpan(0, 13)), second = trainer.Load(data, order.AsSpan(13));
        double counted = trainer.Load(data, order).Divisor, share = first.Divisor / counted;
        Assert.That(counted, Is.EqualTo(order.Count(index => data.GetLabel(index) != Ignored)));
        Assert.That(first.Divisor + second.Divisor, Is.EqualTo(counted));
        trainer.ComputeGradients(first);
        float[] expected = [.. network.Parameters.Gradients.ToArray().Select(gradient => (float)(share * gradient))];
        trainer.ComputeGradients(second);
        for (int i = 0; i < expected.Length; i++)
            expected[i] += (float)((1 - share) * network.Parameters.Gradients[i]);
        trainer.ComputeGradients(first with { Divisor = counted });
        trainer.ComputeGradients(second with { Divisor = counted, SampleOffset = 13 }, accumulate: true);
        // Gradients of parameters and, in those of state, the batch's statistics.
        Assert.That(network.Parameters.Gradients.ToArray(), Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void Samples_without_an_answer_are_split_in_proportion_too()
    {
        Dataset data = Data(Ignored);
        (SubsetDataset training, SubsetDataset test) = data.Split(0.25, seed: 4);
        int all = Count(data);
        Assert.That(Count(test), Is.EqualTo(all * 0.25).Within(1));
        Assert.That(Count(training) + Count(test), Is.EqualTo(all));

        static int Count(Dataset data) => Enumerable.Range(0, data.Count).Count(index => data.GetLabel(index) == Ignored);
    }

    [Test]
    public void They_are_refused_where_nothing_ignores_them()
    {
        Dataset data = Data(Ignored);
        var network = new Sequential([Features], 2, new Dense(Classes));
        Assert.That(() => Dataset.FromArrays(new float[Features], [Features], [Ignored], Classes), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Dataset.FromArrays(new float[Features], [Features], [-7], Classes, Ignored), Throws.InstanceOf<ArgumentOutOfRangeException>());
        foreach (SoftmaxCrossEntropy loss in (SoftmaxCrossEntropy[])[new(), new() { IgnoreLabel = -1 }])
        {
            Assert.That(() => new Trainer(network, loss, new Sgd(0.1f)).Fit(data), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("must be 0 to 2, got -100"));
            Assert.That(() => network.Evaluate(data, loss), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }

        Dataset targets = Dataset.FromTargets(new float[2 * Features], [Features], new float[2 * Classes], Classes);
        Assert.That(() => new Trainer(network, Loss, new Sgd(0.1f)).Fit(targets), Throws.ArgumentException.With.Message.Contains("dense targets"));
        Assert.That(() => network.Evaluate(targets, Loss), Throws.ArgumentException.With.Message.Contains("dense targets"));
        Assert.That(() => new Trainer(network, Loss, new Sgd(0.1f)).TrainStep(new ReadOnlyMatrixView(new float[Features], 1, Features), new ReadOnlyMatrixView(new float[Classes], 1, Classes)), Throws.ArgumentException);
    }

    private static (int[] Bits, string History) Train(int threads, Func<Trainer, TrainingHistory> train)
    {
        var network = new Sequential([Features], 2, new Dense(8, Activation.Tanh), new Dense(Classes));
        TrainingHistory history = train(new Trainer(network, Loss, new Adam(), new Engine(threads, SimdWidths.Best)));
        return (TestValues.Bits(network.Parameters.Values), string.Join('\n', history.Epochs.Select(Text)));

        static string Text(EpochRecord epoch) => $"{Figures(epoch.Training)} {Figures(epoch.Validation!)}";
        static string Figures(EvaluationResult result) => $"{result.Count} {result.Loss:R} {result["accuracy"].Value:R} {result["roc-auc"].Value:R}";
    }

    private static Dataset Data(int ignored)
    {
        var random = new RandomSource(seed: 8);
        int[] labels = [.. Enumerable.Range(0, Samples).Select(i => random.Below((ulong)i, 10) < 3 ? ignored : random.Below((ulong)(Samples + i), Classes))];
        float[] features = [.. Enumerable.Range(0, Samples * Features).Select(i => (float)random.Normal((ulong)i) + (labels[i / Features] == i % Features ? 1 : 0))];
        return Dataset.FromArrays(features, [Features], labels, Classes, ignoreLabel: ignored);
    }

    private static SubsetDataset Counted(Dataset data, int ignored) => data.Subset([.. Enumerable.Range(0, data.Count).Where(index => data.GetLabel(index) != ignored)]);

    private sealed class StopAt(int step) : TrainingCallback
    {
        private int _steps;

        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress)
        {
            if (++_steps == step)
                run.Stop();
        }
    }
}
