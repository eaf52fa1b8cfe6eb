using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training;

/// <summary>Which samples an epoch takes.</summary>
public class SamplingTests
{
    private const int Samples = 10;

    private static readonly FitOptions[] Choices =
    [
        new() { DropLast = true }, new() { SampleWithReplacement = true }, new() { SamplingWeights = [1, 0, 2, 0, 3, 0, 4, 0, 5, 0] },
        new() { SamplingWeights = [1, 0, 2, 0, 3, 0, 4, 0, 5, 0], DropLast = true },
    ];

    [Test]
    public void An_epoch_that_drops_its_last_step_takes_other_samples_each_time()
    {
        (List<int[]> epochs, TrainingHistory history) = Taken(new FitOptions { DropLast = true, BatchSize = 4, Epochs = 20 });
        Assert.That(epochs.Select(epoch => epoch.Length), Is.All.EqualTo(8));
        Assert.That(epochs.Select(epoch => epoch.Distinct().Count()), Is.All.EqualTo(8));
        Assert.That(epochs.SelectMany(epoch => epoch).Distinct().Count(), Is.EqualTo(Samples));
        Assert.That(history.Epochs.Select(epoch => (epoch.SampleCount, epoch.Training.Count)), Is.All.EqualTo((8, 8)));
        Assert.That(
            () => Taken(new FitOptions { DropLast = true, BatchSize = 11 }),
            Throws.ArgumentException.With.Message.Contains("there are 10 training samples, fewer than a step of 11, which DropLast omits"));
    }

    [Test]
    public void Samples_are_drawn_from_all_with_replacement()
    {
        (List<int[]> epochs, _) = Taken(new FitOptions { SampleWithReplacement = true, BatchSize = 5, Epochs = 2000 });
        Assert.That(epochs.Count(epoch => epoch.Distinct().Count() < Samples), Is.GreaterThan(1900));
        ExpectShares(epochs, [.. Enumerable.Repeat(0.1, Samples)]);
    }

    [Test]
    public void Samples_are_drawn_in_proportion_to_their_weights()
    {
        float[] weights = [1, 0, 2, 0, 3, 0, 4, 0, 5, 0];
        (List<int[]> epochs, _) = Taken(new FitOptions { SamplingWeights = weights, BatchSize = 5, Epochs = 2000 });
        Assert.That(epochs.SelectMany(epoch => epoch).Any(index => weights[index] == 0), Is.False);
        ExpectShares(epochs, [.. weights.Select(weight => weight / 15.0)]);
    }

    [TestCaseSource(nameof(Choices))]
    public void A_resumed_training_has_the_same_bits(FitOptions choice)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("checkpoint");
        FitOptions Options(int epochs) => choice with { Epochs = epochs, BatchSize = 4, Seed = 3, Checkpoint = new CheckpointOptions { Path = path, EverySteps = 5 } };
        Sequential whole = Network(), resumed = Network();
        Trainer(whole).Fit(Data(), Options(6));
        Trainer(Network()).Fit(Data(), Options(3));
        Trainer(resumed).Resume(path, Data(), Options(6));
        Assert.That(TestValues.Bits(resumed.Parameters.Values), Is.EqualTo(TestValues.Bits(whole.Parameters.Values)));
        Assert.That(() => Trainer(Network()).Resume(path, Data(), Options(6) with { DropLast = !choice.DropLast }), Throws.InstanceOf<InvalidDataException>());
        Assert.That(
            () => Trainer(Network()).Resume(path, Data(), Options(6) with { SamplingWeights = [1, 0, 2, 0, 3, 0, 4, 0, 5, 1] }), Throws.InstanceOf<InvalidDataException>());
    }

    [Test]
    public void Weights_that_do_not_fit_are_refused()
    {
        Refused([1, 2], "expected 10 sampling weights, one for each training sample, got 2");
        Refused([1, 2, 3, 4, 5, 6, 7, 8, 9, -1], "weight 9 must be finite and not negative");
        Refused(new float[10], "all sampling weights are 0");

        static void Refused(float[] weights, string message) =>
            Assert.That(() => Taken(new FitOptions { SamplingWeights = weights }), Throws.ArgumentException.With.Message.Contains(message));
    }

    /// <summary>Shares of 20,000 draws, within five standard deviations.</summary>
    private static void ExpectShares(List<int[]> epochs, double[] shares)
    {
        int[] all = [.. epochs.SelectMany(epoch => epoch)];
        for (int i = 0; i < shares.Length; i++)
        {
            double deviation = Math.Sqrt(all.Length * shares[i] * (1 - shares[i]));
            Assert.That(all.Count(index => index == i), Is.EqualTo(all.Length * shares[i]).Within(5 * deviation + 1e-9), $"sample {i}");
        }
    }

    private static (List<int[]> Epochs, TrainingHistory History) Taken(FitOptions options)
    {
        var data = new Recorder();
        var epochs = new List<int[]>();
        TrainingHistory history = Trainer(Network()).Fit(data, options with { Callbacks = [new AtEachEpoch(() => epochs.Add(data.Take()))] });
        return (epochs, history);
    }

    private static Sequential Network() => new([1], 1, new Dense(2));

    private static Trainer Trainer(Sequential network) => new(network, new SoftmaxCrossEntropy(), new Sgd(0.1f, 0.9f), new TrainerOptions { ThreadCount = 1 });

    private static Dataset Data() => Dataset.FromArrays(TestValues.Uniform(Samples, 1), [1], [.. Enumerable.Range(0, Samples).Select(i => i % 2)], 2);

    private sealed class AtEachEpoch(Action action) : TrainingCallback
    {
        public override void OnEpochEnd(TrainingRun run, EpochRecord epoch) => action();
    }

    /// <summary>Notes which samples are read.</summary>
    private sealed class Recorder : Dataset
    {
        private readonly List<int> _taken = [];

        public override int Count => Samples;

        public override Shape SampleShape => [1];

        public override int ClassCount => 2;

        public override int GetLabel(int index) => index % 2;

        public override void CopyFeatures(int index, Span<float> features)
        {
            _taken.Add(index);
            features[0] = index;
        }

        public int[] Take()
        {
            int[] taken = [.. _taken];
            _taken.Clear();
            return taken;
        }
    }
}
