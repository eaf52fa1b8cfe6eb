using System.Text.Json;

namespace NeuralNetFromScratch.Tests.Golden;

/// <summary>Schedules side by side with PyTorch's, step by step; make_schedules.py made the file.</summary>
public class ScheduleTests
{
    private const double Tolerance = 1e-9;

    private static readonly JsonElement Golden = GoldenFile.Read("schedules.json");

    private static readonly Dictionary<string, LearningRateSchedule> Schedules = new()
    {
        ["linear"] = LearningRateSchedule.Ramp(),
        ["linear-other"] = LearningRateSchedule.Ramp(0.1, 0.6, 12),
        ["constant"] = LearningRateSchedule.Hold(),
        ["constant-other"] = LearningRateSchedule.Hold(0.2, 9),
        ["exponential"] = LearningRateSchedule.Exponential(0.9),
        ["step"] = LearningRateSchedule.Step(7, 0.5),
        ["multi-step"] = LearningRateSchedule.MultiStep(0.3, 3, 8, 8, 21),
        ["cosine"] = LearningRateSchedule.Cosine(),
        ["cosine-other"] = LearningRateSchedule.Cosine(0.1),
        ["restarts"] = LearningRateSchedule.CosineRestarts(6),
        ["restarts-growing"] = LearningRateSchedule.CosineRestarts(5, growth: 2, finalFactor: 0.05),
        ["polynomial"] = LearningRateSchedule.Polynomial(),
        ["polynomial-square"] = LearningRateSchedule.Polynomial(power: 2),
        ["one-cycle"] = LearningRateSchedule.OneCycle(),
        ["one-cycle-10"] = LearningRateSchedule.OneCycle(),
        ["one-cycle-3"] = LearningRateSchedule.OneCycle(),
        ["one-cycle-linear"] = LearningRateSchedule.OneCycle(strategy: AnnealStrategy.Linear),
        ["one-cycle-three"] = LearningRateSchedule.OneCycle(threePhases: true),
        ["one-cycle-momentum"] = LearningRateSchedule.OneCycle(0.4, 10, 100, (0.8, 0.9)),
        ["one-cycle-three-linear"] = LearningRateSchedule.OneCycle(0.37, momentum: (0.8, 0.9), strategy: AnnealStrategy.Linear, threePhases: true),
        ["cyclic"] = LearningRateSchedule.Cyclic(0.1, 4),
        ["cyclic-halving"] = LearningRateSchedule.Cyclic(0.1, 3, 6, CyclicMode.Halving),
        ["cyclic-exponential"] = LearningRateSchedule.Cyclic(0.1, 5, mode: CyclicMode.Exponential, decay: 0.95),
        ["cyclic-momentum"] = LearningRateSchedule.Cyclic(0.1, 5, 2, momentum: (0.8, 0.9)),
        ["plateau"] = LearningRateSchedule.ReduceOnPlateau(0.5, 2),
        ["plateau-cooldown"] = LearningRateSchedule.ReduceOnPlateau(0.5, 1, 0.01, cooldown: 3),
        ["plateau-absolute"] = LearningRateSchedule.ReduceOnPlateau(0.5, 1, 0.05, minFactor: 0.06, thresholdMode: ThresholdMode.Absolute),
        ["plateau-accuracy"] = LearningRateSchedule.ReduceOnPlateau(0.5, 1, 0.02, metric: "accuracy"),
        ["plateau-accuracy-absolute"] = LearningRateSchedule.ReduceOnPlateau(0.5, 1, 0.02, metric: "accuracy", cooldown: 2, thresholdMode: ThresholdMode.Absolute),
        ["sequential"] = LearningRateSchedule.Hold(0.1, 100).Then(6, LearningRateSchedule.Exponential(0.9)),
        ["sequential-warm-up"] = LearningRateSchedule.Ramp(0.01, 1, 10).Then(10, LearningRateSchedule.Cosine()),
        ["chained"] = LearningRateSchedule.Ramp(0.2, 1, 8).Times(LearningRateSchedule.Exponential(0.95)),
    };

    private static IEnumerable<string> Names => Golden.GetProperty("runs").EnumerateObject().Select(run => run.Name);

    [TestCaseSource(nameof(Names))]
    public void Step_called_once_an_epoch(string name)
    {
        const int StepsPerEpoch = 7;
        LearningRateSchedule schedule = Schedules[name].PerEpoch();
        (double[] rates, double[]? momenta) = Run(name);
        for (int epoch = 0; epoch < rates.Length; epoch++)
        {
            foreach (int step in (int[])[0, 1, StepsPerEpoch - 1])
                Check(schedule, Position(epoch + (double)step / StepsPerEpoch, rates.Length, StepsPerEpoch, epoch), rates[epoch], momenta?[epoch]);
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Step_called_after_each_step(string name)
    {
        if (name.StartsWith("plateau", StringComparison.Ordinal))
            Assert.Pass("it goes by the figures of epochs");
        (double[] rates, double[]? momenta) = Run(name);
        // Epochs of a length that does not divide the number of steps, and of one step.
        foreach (int stepsPerEpoch in (int[])[1, 3, 7, 1000])
        {
            for (int step = 0; step < rates.Length; step++)
            {
                TrainingPosition position = Position((double)step / stepsPerEpoch, (double)rates.Length / stepsPerEpoch, stepsPerEpoch, 0);
                Check(Schedules[name].PerStep(), position, rates[step], momenta?[step]);
            }
        }
    }

    [Test]
    public void One_cycle_counts_steps_without_being_told_to()
    {
        (double[] rates, _) = Run("one-cycle-10");
        for (int step = 0; step < 10; step++)
            Check(LearningRateSchedule.OneCycle(), Position(step / 5.0, 2, 5, 0), rates[step], null);
    }

    [TestCaseSource(nameof(Names))]
    public void Settings_give_the_same_schedule(string name)
    {
        foreach (LearningRateSchedule schedule in (LearningRateSchedule[])[Schedules[name], Schedules[name].PerEpoch(), Schedules[name].PerStep().WithWarmUp(2, 0.1)])
        {
            Part read = BuiltInParts.Registry.Read(schedule.Settings);
            Assert.That(read, Is.EqualTo(schedule));
            Assert.That(((LearningRateSchedule)read).WatchedMetrics, Is.EqualTo(schedule.WatchedMetrics));
        }
    }

    private static (double[] Rates, double[]? Momenta) Run(string name)
    {
        JsonElement run = Golden.GetProperty("runs").GetProperty(name);
        return (Doubles(run.GetProperty("rates")), run.TryGetProperty("momenta", out JsonElement momenta) ? Doubles(momenta) : null);
    }

    private static double[] Doubles(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetDouble())];

    private static TrainingPosition Position(double epochs, double total, int stepsPerEpoch, int figures) => new(epochs, total)
    {
        StepsPerEpoch = stepsPerEpoch,
        EpochLosses = [.. Doubles(Golden.GetProperty("losses")).Take(figures)],
        EpochMetrics = new Dictionary<string, IReadOnlyList<double>> { ["accuracy"] = [.. Doubles(Golden.GetProperty("accuracies")).Take(figures).Select(value => -value)] },
    };

    private static void Check(LearningRateSchedule schedule, TrainingPosition position, double rate, double? momentum)
    {
        Assert.That(schedule.Factor(position), Is.EqualTo(rate).Within(Tolerance), $"{position.Epochs} of {position.TotalEpochs} epochs");
        if (momentum is not null)
            Assert.That(schedule.Momentum(position), Is.EqualTo(momentum).Within(Tolerance), $"momentum, {position.Epochs} of {position.TotalEpochs} epochs");
        else
            Assert.That(schedule.Momentum(position), Is.Null);
    }
}
