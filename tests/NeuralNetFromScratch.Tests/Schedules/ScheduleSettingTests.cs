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
        () => LearningRateSchedule.OneCycle(0.6, threePhases: true), () => LearningRateSchedule.OneCycle(strategy: (AnnealStrategy)2), () => LearningRateSchedule.ReduceOnPlateau(cooldown: -1),
        () => LearningRateSchedule.ReduceOnPlateau(thresholdMode: (ThresholdMode)7), () => LearningRateSchedule.ReduceOnPlateau(threshold: -1, thresholdMode: ThresholdMode.Absolute),
        () => LearningRateSchedule.Ramp(-1), () => LearningRateSchedule.Ramp(to: double.NaN), () => LearningRateSchedule.Ramp(epochs: 0), () => LearningRateSchedule.Hold(-1), () => LearningRateSchedule.Hold(epochs: 0),
        () => LearningRateSchedule.MultiStep(0, 1), () => LearningRateSchedule.MultiStep(0.5, 3, 2), () => LearningRateSchedule.MultiStep(0.5, -1), () => LearningRateSchedule.Polynomial(0),
        () => LearningRateSchedule.Polynomial(finalFactor: 2), () => LearningRateSchedule.CosineRestarts(0), () => LearningRateSchedule.CosineRestarts(1, 0.5), () => LearningRateSchedule.CosineRestarts(1, finalFactor: -1),
        () => LearningRateSchedule.Cyclic(2, 1), () => LearningRateSchedule.Cyclic(0.1, 0), () => LearningRateSchedule.Cyclic(0.1, 1, -1), () => LearningRateSchedule.Cyclic(0.1, 1, mode: (CyclicMode)9),
        () => LearningRateSchedule.Cyclic(0.1, 1, decay: 0), () => LearningRateSchedule.Cyclic(0.1, 1, momentum: (0.8, 1)), () => LearningRateSchedule.Constant.WithWarmUp(1, 2), () => Assert.That(new TrainingPosition(0, 1) { StepsPerEpoch = 0 }.Steps, Is.Zero),
        () => LearningRateSchedule.Exponential(double.PositiveInfinity), () => LearningRateSchedule.Constant.Then(double.PositiveInfinity, LearningRateSchedule.Constant),
    ];

    [TestCaseSource(nameof(Refused))]
    public void Values_out_of_range_are_refused(Action create) => Assert.That(create, Throws.InstanceOf<ArgumentOutOfRangeException>());

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
