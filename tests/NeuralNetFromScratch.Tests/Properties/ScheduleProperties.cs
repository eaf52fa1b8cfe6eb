using CsCheck;

namespace NeuralNetFromScratch.Tests.Properties;

public class ScheduleProperties
{
    private const double Tolerance = 1e-9;

    /// <summary>A share of the training, far enough from both its ends for the slopes to be finite.</summary>
    private static readonly Gen<double> Share = Gen.Double[0.05, 0.95];

    private static readonly Gen<LearningRateSchedule> Falling = Gen.OneOf<LearningRateSchedule>(
        Share.Select(final => LearningRateSchedule.Cosine(final)),
        Gen.Select(Share, Share, (final, constant) => LearningRateSchedule.Linear(final, constant)),
        Gen.Double[0.5, 1].Select(LearningRateSchedule.Exponential),
        Gen.Double[0.01, 2].Select(LearningRateSchedule.InverseTime),
        Gen.Select(Gen.Int[1, 7], Gen.Double[0.1, 1], (interval, factor) => LearningRateSchedule.Step(interval, factor)));

    private static readonly Gen<LearningRateSchedule> Cycles =
        Gen.Select(Share, Gen.Double[1, 50], Gen.Double[1, 1e4], (rise, start, final) => LearningRateSchedule.OneCycle(rise, start, final));

    private static readonly Gen<LearningRateSchedule> Any = Gen.Select(Gen.OneOf<LearningRateSchedule>(Falling, Cycles), Gen.OneOf<LearningRateSchedule>(Falling, Cycles), Gen.Int[0, 3], Gen.Double[1, 9])
        .Select((first, second, how, epochs) => how switch
        {
            0 => first,
            1 => first.Times(second),
            2 => first.Then(epochs, second),
            _ => first.WithWarmUp(epochs),
        });

    private static readonly Gen<TrainingPosition> Positions =
        Gen.Select(Gen.Double[0, 1], Gen.Double[10, 100], (share, total) => new TrainingPosition(share * total, total));

    [Test]
    public void A_factor_is_at_least_0_and_at_most_1() => Property.Holds(
        Gen.Select(Any, Positions), value => Assert.That(value.Item1.Factor(value.Item2), Is.InRange(0, 1 + Tolerance)), count: 1000);

    [Test]
    public void A_decreasing_schedule_never_increases() => Property.Holds(Gen.Select(Falling, Positions, Gen.Double[0, 5]), value =>
    {
        (LearningRateSchedule schedule, TrainingPosition position, double later) = value;
        Assert.That(schedule.Factor(position with { Epochs = position.Epochs + later }), Is.LessThanOrEqualTo(schedule.Factor(position) + Tolerance));
    });

    [Test]
    public void A_cycle_rises_to_1_and_falls_from_it_without_a_jump() => Property.Holds(
        Gen.Select(Share, Gen.Double[1, 50], Gen.Double[1, 1e4], Gen.Double[10, 100]),
        value =>
        {
            (double rise, double start, double final, double epochs) = value;
            const int StepsPerEpoch = 50;
            double total = epochs * StepsPerEpoch, peak = rise * total - 1, last = total - 1;
            var schedule = LearningRateSchedule.OneCycle(rise, start, final, (0.85, 0.95));
            Assert.That(At(0), Is.EqualTo(1 / start).Within(Tolerance));
            Assert.That(At(peak), Is.EqualTo(1).Within(1e-6));
            Assert.That(At(peak - 1e-3), Is.EqualTo(1).Within(1e-3));
            Assert.That(At(last), Is.EqualTo(1 / (start * final)).Within(1e-6));
            Assert.That(schedule.Momentum(Position(peak)), Is.EqualTo(0.85).Within(1e-6));
            Assert.That(schedule.Momentum(Position(last)), Is.EqualTo(0.95).Within(1e-6));

            double At(double step) => schedule.Factor(Position(step));
            TrainingPosition Position(double step) => new(step / StepsPerEpoch, epochs) { StepsPerEpoch = StepsPerEpoch };
        });

    [Test]
    public void A_warm_up_from_0_rises_in_a_line_and_ends_without_a_jump() => Property.Holds(
        Gen.Select(Any, Gen.Double[1, 9], Gen.Double[0, 1]),
        value =>
        {
            (LearningRateSchedule schedule, double epochs, double share) = value;
            LearningRateSchedule warmed = schedule.WithWarmUp(epochs, start: 0);
            TrainingPosition within = new(share * epochs, 50), end = new(epochs, 50), after = new(epochs + share, 50);
            Assert.That(warmed.Factor(new(0, 50)), Is.Zero);
            Assert.That(warmed.Factor(within), Is.EqualTo(share * schedule.Factor(within)).Within(Tolerance));
            Assert.That(warmed.Factor(end), Is.EqualTo(schedule.Factor(end)));
            Assert.That(warmed.Factor(after), Is.EqualTo(schedule.Factor(after)));
        });

    [Test]
    public void One_after_the_other_each_sees_its_own_part_as_the_whole() => Property.Holds(
        Gen.Select(Any, Any, Gen.Double[1, 9], Gen.Double[0, 1]),
        value =>
        {
            (LearningRateSchedule first, LearningRateSchedule second, double epochs, double share) = value;
            LearningRateSchedule both = first.Then(epochs, second);
            double before = share * epochs * (1 - Tolerance), after = share * (50 - epochs);
            Assert.That(both.Factor(new(before, 50)), Is.EqualTo(first.Factor(new(before, epochs))));
            Assert.That(both.Factor(new(epochs, 50)), Is.EqualTo(second.Factor(new(0, 50 - epochs))));
            Assert.That(both.Factor(new(epochs + after, 50)), Is.EqualTo(second.Factor(new(epochs + after - epochs, 50 - epochs))));
        });

    [Test]
    public void A_product_is_of_both_in_any_order_and_grouping() => Property.Holds(Gen.Select(Any, Any, Any, Positions), value =>
    {
        (LearningRateSchedule a, LearningRateSchedule b, LearningRateSchedule c, TrainingPosition at) = value;
        double product = a.Factor(at) * b.Factor(at);
        Assert.That(a.Times(b).Factor(at), Is.EqualTo(product));
        Assert.That(b.Times(a).Factor(at), Is.EqualTo(product));
        Assert.That(a.Times(b.Times(c)).Factor(at), Is.EqualTo(a.Times(b).Times(c).Factor(at)).Within(Tolerance));
        Assert.That(a.Times(LearningRateSchedule.Constant).Factor(at), Is.EqualTo(a.Factor(at)));
    });

    [Test]
    public void A_plateau_lowers_the_rate_step_by_step_and_not_below_the_lowest() => Property.Holds(
        Gen.Select(Gen.Double[0.1, 0.9], Gen.Int[0, 4], Gen.Double[0, 0.1], Gen.Double[0, 1].Array[0, 40]),
        value =>
        {
            (double factor, int patience, double lowest, double[] losses) = value;
            var schedule = LearningRateSchedule.ReduceOnPlateau(factor, patience, minFactor: lowest);
            double previous = 1;
            for (int epoch = 0; epoch <= losses.Length; epoch++)
            {
                double now = schedule.Factor(new(epoch, 50) { EpochLosses = losses[..epoch] });
                Assert.That(now, Is.EqualTo(previous).Or.EqualTo(Math.Max(previous * factor, lowest)));
                previous = now;
            }

            // A loss that improves each epoch leaves the rate alone.
            double[] improving = [.. Enumerable.Range(0, 40).Select(epoch => Math.Pow(0.5, epoch))];
            Assert.That(schedule.Factor(new(40, 50) { EpochLosses = improving }), Is.EqualTo(1));
        });
}
