using NeuralNetFromScratch.Data;

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
        Check(LearningRateSchedule.Cosine().WithWarmUp(2), Math.Min(1, epochs / 2) * (1 + Math.Cos(Math.PI * epochs / 10)) / 2);

        void Check(LearningRateSchedule schedule, double expected) => Assert.That(schedule.Factor(position), Is.EqualTo(expected).Within(Tolerance));
    }

    [Test]
    public void One_cycle_rises_peaks_and_falls()
    {
        LearningRateSchedule schedule = LearningRateSchedule.OneCycle(0.25, 20, 100);
        Assert.That(schedule.Factor(new(0, 8)), Is.EqualTo(1.0 / 20).Within(Tolerance));
        Assert.That(schedule.Factor(new(1, 8)), Is.EqualTo((1 + 1.0 / 20) / 2).Within(Tolerance));
        Assert.That(schedule.Factor(new(2, 8)), Is.EqualTo(1).Within(Tolerance));
        Assert.That(schedule.Factor(new(5, 8)), Is.EqualTo((1 + 1.0 / 2000) / 2).Within(Tolerance));
        Assert.That(schedule.Factor(new(8, 8)), Is.EqualTo(1.0 / 2000).Within(Tolerance));
    }

    [Test]
    public void Fit_multiplies_the_rate_step_by_step()
    {
        // One weight, one sample: the gradient is the same in each step, so that the path adds up the rates.
        var network = new Sequential([1], 1, new Dense(1, weights: Initializer.Zeros));
        var trainer = new Trainer(network, new ConstantSlope(), new Sgd(0.5f));
        Dataset data = Dataset.FromArrays([1, 1], [1], [0, 0], 1);
        trainer.Fit(data, new FitOptions { Epochs = 2, BatchSize = 1, Schedule = LearningRateSchedule.Linear() });
        Assert.That(network.Parameters["dense1.weight"].Values[0], Is.EqualTo(-0.5 * (1 + 0.75 + 0.5 + 0.25)).Within(1e-6));
    }

    [Test]
    public void Values_out_of_range_are_refused()
    {
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

    private sealed class ConstantSlope : Loss
    {
        public override string Name => "constant slope";

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
