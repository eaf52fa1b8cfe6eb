using System.Text.Json;
using NeuralNetFromScratch.Tests.Golden;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training;

public class EarlyStoppingTests
{
    /// <summary>The loss curves of scikit-learn's classifier end where its rule ends them; make_stopping.py made them.</summary>
    [Test]
    public void A_rule_that_follows_every_improvement_stops_where_scikit_learn_does()
    {
        foreach (JsonElement run in GoldenFile.Read("stopping.json").GetProperty("runs").EnumerateArray())
        {
            var rule = new EarlyStopping
            {
                MinImprovement = run.GetProperty("tol").GetDouble(),
                Patience = run.GetProperty("patience").GetInt32(),
                WatchesTraining = true,
                FollowsEveryImprovement = true,
                RestoresBest = false,
            };
            double[] losses = [.. run.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble())];
            Assert.That(StopsAfter(rule, losses), Is.EqualTo(run.GetProperty("epochs").GetInt32()));
        }
    }

    [Test]
    public void Small_improvements_add_up_unless_the_rule_follows_each()
    {
        // Each epoch is better by less than asked for, two together by more.
        double[] losses = [1, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.58];
        Assert.That(StopsAfter(new EarlyStopping { MinImprovement = 0.1, Patience = 1, WatchesTraining = true, RestoresBest = false }, losses), Is.EqualTo(0));
        Assert.That(
            StopsAfter(new EarlyStopping { MinImprovement = 0.1, Patience = 1, WatchesTraining = true, RestoresBest = false, FollowsEveryImprovement = true }, losses), Is.EqualTo(3));
    }

    [Test]
    public void Beside_a_moving_average_the_averaged_network_is_watched_and_restored()
    {
        // A rate at which the network itself jumps about, and its average does not.
        Dataset samples = Samples(60, 1), validation = Samples(40, 2);
        var network = new Sequential([3], 1, new Dense(16, Activation.Tanh), new Dense(2));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(2) { EmaDecay = 0.95f });
        var watched = new List<double>();
        TrainingHistory history = trainer.Fit(samples, new FitOptions
        {
            Epochs = 12,
            BatchSize = 10,
            Validation = validation,
            EarlyStopping = new EarlyStopping { Patience = 20 },
            Callbacks = [new AtEachEpoch(() => watched.Add(trainer.AveragedNetwork!.Evaluate(validation).Loss))],
        });
        Assert.That(history.Epochs.Select(epoch => epoch.Validation!.Loss), Is.EqualTo(watched));
        Assert.That(trainer.AveragedNetwork!.Evaluate(validation).Loss, Is.EqualTo(watched.Min()), "the best epoch's average");
        Assert.That(network.Evaluate(validation).Loss, Is.Not.EqualTo(watched.Min()));
    }

    private static int StopsAfter(EarlyStopping rule, double[] losses)
    {
        var state = new TrainingState(new Sequential([1], 1, new Dense(1)), new Sgd());
        for (int epoch = 1; epoch <= losses.Length; epoch++)
        {
            if (rule.Follow(state, new EpochRecord(epoch, new EvaluationResult(1, 0, losses[epoch - 1], [], [], []), null, TimeSpan.Zero, 1)))
                return epoch;
        }

        // The longest curve may also have ended with its last epoch.
        return 0;
    }

    private static Dataset Samples(int count, ulong seed)
    {
        float[] features = TestValues.Uniform(3 * count, seed);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => features[3 * i] * features[3 * i + 1] > 0 ? 1 : 0)];
        return Dataset.FromArrays(features, [3], labels, 2);
    }

    private sealed class AtEachEpoch(Action action) : TrainingCallback
    {
        public override void OnEpochEnd(TrainingRun run, EpochRecord epoch) => action();
    }
}
