namespace NeuralNetFromScratch.Tests.Schedules;

public class ScheduleSettingTests
{
    private static readonly Action[] Refused =
    [
        () => LearningRateSchedule.OneCycle(1), () => LearningRateSchedule.OneCycle(double.NaN), () => LearningRateSchedule.OneCycle(0.3, 25, 0.5),
        () => LearningRateSchedule.OneCycle(momentum: (-0.1, 0.9)), () => LearningRateSchedule.OneCycle(momentum: (0.8, 1)), () => LearningRateSchedule.OneCycle(momentum: (0.8, double.NaN)),
        () => LearningRateSchedule.Linear(-0.1), () => LearningRateSchedule.Linear(0, -0.1), () => LearningRateSchedule.Linear(0, double.NaN), () => LearningRateSchedule.Cosine(double.NaN),
        () => LearningRateSchedule.ReduceOnPlateau(1), () => LearningRateSchedule.ReduceOnPlateau(0), () => LearningRateSchedule.ReduceOnPlateau(patience: -1),
        () => LearningRateSchedule.ReduceOnPlateau(threshold: 1), () => LearningRateSchedule.ReduceOnPlateau(threshold: -0.1), () => LearningRateSchedule.ReduceOnPlateau(minFactor: 2),
        () => LearningRateSchedule.Exponential(double.PositiveInfinity), () => LearningRateSchedule.Constant.Then(double.PositiveInfinity, LearningRateSchedule.Constant),
    ];

    [TestCaseSource(nameof(Refused))]
    public void What_lies_outside_its_range_is_refused(Action create) => Assert.That(create, Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void A_product_takes_the_first_momentum_that_is_set()
    {
        LearningRateSchedule with = LearningRateSchedule.OneCycle(momentum: (0.85, 0.95)), without = LearningRateSchedule.Constant;
        var start = new TrainingPosition(0, 10);
        Assert.That(without.Times(with).Momentum(start), Is.EqualTo(0.95).Within(1e-12));
        Assert.That(with.Times(without).Momentum(start), Is.EqualTo(0.95).Within(1e-12));
        Assert.That(without.Times(without).Momentum(start), Is.Null);
        Assert.That(without.Then(3, with).Momentum(start), Is.Null);
        Assert.That(without.Then(3, with).Momentum(new(3, 10)), Is.EqualTo(0.95).Within(1e-12));
    }
}
