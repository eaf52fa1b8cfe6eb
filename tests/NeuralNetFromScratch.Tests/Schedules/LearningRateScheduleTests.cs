
namespace NeuralNetFromScratch.Tests.Schedules;

public class LearningRateScheduleTests
{
    private const double Tolerance = 1e-12;

    [Test]
    public void Each_schedule_is_its_formula([Values(0, 0.5, 1, 3.25, 7.999, 10)] double epochs)
    {
        var position = new TrainingPosition(epochs, 10);
        Check(LearningRateSchedule.Constant, 1);
        Check(LearningRateSchedule.Step(3, 0.5), Math.Pow(0.5, (int)(epochs / 3)));
        Check(LearningRateSchedule.Exponential(0.9), Math.Pow(0.9, epochs));
        Check(LearningRateSchedule.InverseTime(0.2), 1 / (1 + 0.2 * epochs));
        Check(LearningRateSchedule.Cosine(0.1), 0.1 + 0.9 * (1 + Math.Cos(Math.PI * epochs / 10)) / 2);
        Check(LearningRateSchedule.Linear(0.2), 1 - 0.8 * epochs / 10);
        Check(LearningRateSchedule.Linear(0, 0.5), epochs <= 5 ? 1 : 1 - (epochs - 5) / 5);
        Check(LearningRateSchedule.Cosine().WithWarmUp(2), Math.Min(1, (epochs + 1) / 2) * (1 + Math.Cos(Math.PI * epochs / 10)) / 2);
        Check(LearningRateSchedule.Exponential(0.9).PerEpoch(), Math.Pow(0.9, Math.Floor(epochs)));
        Check(LearningRateSchedule.Cosine().WithWarmUp(2, start: 0), Math.Min(1, epochs / 2) * (1 + Math.Cos(Math.PI * epochs / 10)) / 2);

        void Check(LearningRateSchedule schedule, double expected) => Assert.That(schedule.Factor(position), Is.EqualTo(expected).Within(Tolerance));
    }

    [Test]
    public void One_cycle_rises_peaks_and_falls()
    {
        // Of twelve steps the last one of the first quarter is the peak.
        LearningRateSchedule schedule = LearningRateSchedule.OneCycle(0.25, 20, 100);
        Assert.That(At(0), Is.EqualTo(1.0 / 20).Within(Tolerance));
        Assert.That(At(1), Is.EqualTo((1 + 1.0 / 20) / 2).Within(Tolerance));
        Assert.That(At(2), Is.EqualTo(1).Within(Tolerance));
        Assert.That(At(6.5), Is.EqualTo((1 + 1.0 / 2000) / 2).Within(Tolerance));
        Assert.That(At(11), Is.EqualTo(1.0 / 2000).Within(Tolerance));

        double At(double step) => schedule.Factor(new(step / 4, 3) { StepsPerEpoch = 4 });
    }

    [Test]
    public void A_warm_up_moves_from_the_first_step_on()
    {
        LearningRateSchedule schedule = LearningRateSchedule.Constant.WithWarmUp(2);
        Assert.That(Enumerable.Range(0, 6).Select(step => schedule.Factor(new(step / 2.0, 10) { StepsPerEpoch = 2 })), Is.EqualTo((double[])[0.25, 0.5, 0.75, 1, 1, 1]));
        Assert.That(Enumerable.Range(0, 6).Select(epoch => schedule.Factor(new(epoch, 10))), Is.EqualTo((double[])[0.5, 1, 1, 1, 1, 1]), "whole epochs");

        LearningRateSchedule from = LearningRateSchedule.Constant.WithWarmUp(2, start: 0.2);
        Assert.That(Enumerable.Range(0, 6).Select(step => from.Factor(new(step / 2.0, 10) { StepsPerEpoch = 2 })), Is.EqualTo((double[])[0.2, 0.4, 0.6, 0.8, 1, 1]).Within(Tolerance));
    }

    [Test]
    public void Fit_multiplies_the_rate_step_by_step()
    {
        // One weight, one sample: the gradient is the same in each step, so that the path adds up the rates.
        var network = new Sequential([1], 1, new Dense(1, weightInitializer: Initializer.Zeros));
        var trainer = new Trainer(network, new ConstantSlope(), new Sgd(0.5f));
        Dataset data = Dataset.FromArrays([1, 1], [1], [0, 0], 1);
        trainer.Fit(data, new FitOptions { Epochs = 2, BatchSize = 1, Schedule = LearningRateSchedule.Linear() });
        Assert.That(network.Parameters["dense1.weight"].Values[0], Is.EqualTo(-0.5 * (1 + 0.75 + 0.5 + 0.25)).Within(1e-6));
    }

    [Test]
    public void Fit_tells_a_schedule_its_steps()
    {
        // Four steps of the same slope: 1/4, 2/4, 3/4 and 1 of the rate.
        var network = new Sequential([1], 1, new Dense(1, weightInitializer: Initializer.Zeros));
        Dataset data = Dataset.FromArrays([1, 1], [1], [0, 0], 1);
        new Trainer(network, new ConstantSlope(), new Sgd(0.5f)).Fit(data, new FitOptions { Epochs = 2, BatchSize = 1, Schedule = LearningRateSchedule.Constant.WithWarmUp(2) });
        Assert.That(network.Parameters["dense1.weight"].Values[0], Is.EqualTo(-0.5 * (0.25 + 0.5 + 0.75 + 1)).Within(1e-6));
    }

    [Test]
    public void Schedules_compose()
    {
        LearningRateSchedule product = LearningRateSchedule.Step(1, 0.5).Times(LearningRateSchedule.OneCycle(momentum: (0.8, 0.9)));
        Assert.That(product.Factor(new(2.5, 10)), Is.EqualTo(0.25 * LearningRateSchedule.OneCycle().Factor(new(2.5, 10))));
        Assert.That(product.Momentum(new(0, 10)), Is.EqualTo(0.9));
        Assert.That(product.WithWarmUp(1).Momentum(new(2, 10)), Is.EqualTo(0.8).Within(1e-12));

        LearningRateSchedule chain = LearningRateSchedule.Linear().Then(4, LearningRateSchedule.Cosine(0.1));
        Assert.That(chain.Factor(new(1, 10)), Is.EqualTo(0.75));
        Assert.That(chain.Factor(new(4, 10)), Is.EqualTo(1));
        Assert.That(chain.Factor(new(7, 10)), Is.EqualTo(0.55).Within(1e-12));
        Assert.That(chain.Factor(new(10, 10)), Is.EqualTo(0.1).Within(1e-12));
    }

    [Test]
    public void A_plateau_lowers_the_rate_of_a_training_that_does_not_get_better()
    {
        var network = new Sequential([1], 1, new Dense(1, null, Initializer.Zeros)) { OutputActivation = OutputActivation.None };
        var data = NeuralNetFromScratch.Dataset.FromArrays([0], [1], [0], 1);
        var trainer = new Trainer(network, new ConstantSlope(), new Sgd(1));
        // The loss is always 0: the first epoch is the best, the next two are borne, the third halves the rate for what comes after.
        trainer.Fit(data, new FitOptions { Epochs = 6, Schedule = LearningRateSchedule.ReduceOnPlateau(0.5, patience: 2) });
        Assert.That(network.Parameters["dense1.bias"].Values[0], Is.EqualTo(-(1 + 1 + 1 + 1 + 0.5 + 0.5)).Within(1e-6));
    }

    [Test]
    public void Values_out_of_range_are_refused()
    {
        Assert.That(() => LearningRateSchedule.OneCycle(momentum: (-0.1, 0.9)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => LearningRateSchedule.ReduceOnPlateau(1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => LearningRateSchedule.ReduceOnPlateau(0.5, -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => LearningRateSchedule.ReduceOnPlateau(0.5, 1, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => LearningRateSchedule.Constant.Then(0, LearningRateSchedule.Constant), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => LearningRateSchedule.Step(0, 0.5), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => LearningRateSchedule.Step(1, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => LearningRateSchedule.Exponential(double.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => LearningRateSchedule.InverseTime(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => LearningRateSchedule.Cosine(1.5), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => LearningRateSchedule.Linear(0, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => LearningRateSchedule.OneCycle(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => LearningRateSchedule.OneCycle(0.3, 0.5), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => LearningRateSchedule.Constant.WithWarmUp(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void The_rate_falls_when_a_metric_stays_on_a_plateau()
    {
        LearningRateSchedule schedule = LearningRateSchedule.ReduceOnPlateau(0.1, patience: 1, threshold: 0.01, metric: "accuracy");
        Assert.That(Factor(schedule, [-0.5, -0.6, -0.7]), Is.EqualTo(1), "it rises");
        Assert.That(Factor(schedule, [-0.5, -0.6, -0.605]), Is.EqualTo(1), "once no better by a hundredth");
        Assert.That(Factor(schedule, [-0.5, -0.6, -0.605, -0.604]), Is.EqualTo(0.1), "twice");
        Assert.That(schedule.WatchedMetrics, Is.EqualTo((string[])["accuracy"]));
        LearningRateSchedule both = schedule.Times(LearningRateSchedule.ReduceOnPlateau(metric: "f1")).Then(5, schedule).WithWarmUp(2);
        Assert.That(both.WatchedMetrics, Is.EqualTo((string[])["accuracy", "f1"]));
        Assert.That(BuiltInParts.Registry.Read(both.Settings), Is.EqualTo(both));
        Assert.That(LearningRateSchedule.ReduceOnPlateau().WatchedMetrics, Is.Empty);

        static double Factor(LearningRateSchedule schedule, double[] figures) => schedule.Factor(
            new(figures.Length, 50) { EpochLosses = [1, 1, 1, 1], EpochMetrics = new Dictionary<string, IReadOnlyList<double>> { ["accuracy"] = figures } });
    }

    private sealed class ConstantSlope() : Loss(new Settings("constant-slope"))
    {
        public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, float scale, MatrixView gradient)
        {
            for (int row = 0; row < gradient.Rows; row++)
                gradient[row, 0] = scale;
            return 0;
        }

        public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlyMatrixView targets, float scale, MatrixView gradient) =>
            throw new NotSupportedException();
    }
}
