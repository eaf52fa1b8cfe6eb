using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Data;

/// <summary>Batches whose samples are mixed, against a plain reference in double precision.</summary>
public class MixupTests
{
    private const int Count = 70, Length = 37, Classes = 5, Outputs = 3;

    private static readonly int[] Indices = [.. Enumerable.Range(0, Count).Select(i => i * 11 % Count)];

    private static readonly Mixup Mixup = new(0.4, new RandomSource(3), FirstPlace: 100);

    [Test]
    public void Features_and_one_hot_targets_are_weighted_means([Values(2, 3, 17, 64)] int rows, [Values] RegisterWidth width)
    {
        Dataset data = WithLabels();
        SampleBatch batch = Load(data, rows, new Engine(2, (SimdWidth)width), start: 5);
        int[] partners = Partners(rows, start: 5);
        for (int row = 0; row < rows; row++)
        {
            double share = Mixup.Share(5 + row);
            int own = Indices[5 + row], other = Indices[5 + partners[row]];
            AssertMean(batch.Inputs.Dense.Row(row), Features(data, own), Features(data, other), share);
            AssertMean(batch.Targets.Row(row), OneHot(data.GetLabel(own)), OneHot(data.GetLabel(other)), share);
            Assert.That(batch.Targets.Row(row).ToArray().Sum(target => (double)target), Is.EqualTo(1).Within(1e-7));
            Assert.That(batch.Labels[row], Is.EqualTo(data.GetLabel(share >= 0.5 ? own : other)));
        }
    }

    [Test]
    public void Dense_targets_are_weighted_means([Values(2, 9, 64)] int rows)
    {
        Dataset data = WithTargets();
        SampleBatch batch = Load(data, rows, new Engine(3, SimdWidths.Best), start: 0);
        int[] partners = Partners(rows, start: 0);
        for (int row = 0; row < rows; row++)
        {
            double share = Mixup.Share(row);
            int own = Indices[row], other = Indices[partners[row]];
            AssertMean(batch.Inputs.Dense.Row(row), Features(data, own), Features(data, other), share);
            AssertMean(batch.Targets.Row(row), Target(data, own), Target(data, other), share);
        }

        Assert.That(batch.HasLabels, Is.False);
    }

    [Test]
    public void Each_sample_has_another_one_as_its_partner_and_is_the_partner_of_one([Values(2, 3, 4, 5, 63, 64)] int rows)
    {
        int[] partners = Partners(rows, start: 0);
        Assert.That(partners.Order(), Is.EqualTo(Enumerable.Range(0, rows)));
        Assert.That(partners.Where((partner, row) => partner == row), Is.Empty);
        if (rows > 4)
            Assert.That(partners, Is.Not.EqualTo(Partners(rows, start: rows)), "another block has other pairs");
    }

    [Test]
    public void The_bits_do_not_depend_on_threads_and_registers([Values] bool hasLabels, [Values(1, 2, 3, 7)] int threads, [Values] RegisterWidth width)
    {
        Dataset data = hasLabels ? WithLabels() : WithTargets();
        Assert.That(Bits(new Engine(threads, (SimdWidth)width)), Is.EqualTo(Bits(new Engine(1, SimdWidth.Scalar))));

        int[] Bits(Engine engine)
        {
            SampleBatch batch = Load(data, 65, engine, start: 2);
            return [.. TestValues.Bits(batch.Inputs.Dense.Span), .. TestValues.Bits(batch.Targets.Span), .. batch.Labels];
        }
    }

    [Test]
    public void A_slice_of_the_samples_keeps_their_places_in_the_epoch()
    {
        BatchSource source = Source(WithLabels());
        var engine = new Engine(1);
        SampleBatch whole = new BatchBuffer().Load(engine, source, 20, 30, Classes), part = new BatchBuffer().Load(engine, source.Slice(15, 40), 5, 30, Classes);
        Assert.That(TestValues.Bits(part.Inputs.Dense.Span), Is.EqualTo(TestValues.Bits(whole.Inputs.Dense.Span)));
        Assert.That(TestValues.Bits(part.Targets.Span), Is.EqualTo(TestValues.Bits(whole.Targets.Span)));
    }

    [Test]
    public void Samples_are_augmented_before_they_are_mixed()
    {
        Dataset data = WithLabels();
        BatchSource source = new(data, Indices) { Augmentation = new Doubling(), Mixup = Mixup };
        SampleBatch doubled = new BatchBuffer().Load(new Engine(1), source, 0, 20, Classes), plain = Load(data, 20, new Engine(1), start: 0);
        Assert.That(doubled.Inputs.Dense.Span.ToArray(), Is.EqualTo(plain.Inputs.Dense.Span.ToArray().Select(value => 2 * value)));
    }

    [Test]
    public void A_feature_that_is_not_finite_stays_so()
    {
        float[] features = TestValues.Uniform(2 * Length, 1);
        features[3] = float.NaN;
        features[4] = float.PositiveInfinity;
        SampleBatch batch = new BatchBuffer().Load(
            new Engine(1), new BatchSource(Dataset.FromArrays(features, [Length], [0, 1], 2), [0, 1]) { Mixup = new Mixup(1e-20, new RandomSource(1), 0) }, 0, 2, 2);
        for (int row = 0; row < 2; row++)
        {
            Assert.That(float.IsFinite(batch.Inputs.Dense[row, 3]) || float.IsFinite(batch.Inputs.Dense[row, 4]), Is.False);
            Assert.That(float.IsFinite(batch.Inputs.Dense[row, 5]));
        }
    }

    [Test]
    public void Loading_allocates_nothing_once_warm([Values] bool hasLabels, [Values(1, 2)] int threads)
    {
        Dataset data = hasLabels ? WithLabels() : WithTargets();
        var engine = new Engine(threads, SimdWidths.Best);
        var buffer = new BatchBuffer();
        Assert.That(Allocation.Least(engine, () => buffer.Load(engine, Source(data), 1, 65, hasLabels ? Classes : Outputs)), Is.Zero);
    }

    private static SampleBatch Load(Dataset data, int rows, Engine engine, int start) =>
        new BatchBuffer().Load(engine, Source(data), start, rows, data.ClassCount > 0 ? Classes : Outputs);

    private static BatchSource Source(Dataset data) => new(data, Indices) { Mixup = Mixup };

    /// <summary>The partner of each row: consecutive rows of the order are partners of each other, and the last three of an odd number are in a cycle.</summary>
    private static int[] Partners(int rows, int start)
    {
        var order = new int[rows];
        Mixup.From(start).Order(order);
        var partners = new int[rows];
        for (int i = 0; i < rows; i++)
        {
            bool isInCycleOfThree = rows % 2 == 1 && i >= rows - 3;
            partners[order[i]] = order[isInCycleOfThree ? rows - 3 + (i - rows + 4) % 3 : i ^ 1];
        }

        return partners;
    }

    private static void AssertMean(ReadOnlySpan<float> actual, float[] own, float[] other, double share) => Assert.That(
        actual.ToArray(), Is.EqualTo(own.Zip(other, (first, second) => share * first + (1 - share) * second)).Within(3e-7));

    private static float[] Features(Dataset data, int index)
    {
        var features = new float[Length];
        data.CopyFeatures(index, features);
        return features;
    }

    private static float[] Target(Dataset data, int index)
    {
        var target = new float[Outputs];
        data.CopyTarget(index, target);
        return target;
    }

    private static float[] OneHot(int label) => [.. Enumerable.Range(0, Classes).Select(i => i == label ? 1f : 0)];

    private static Dataset WithLabels() => Dataset.FromArrays(TestValues.Uniform(Count * Length, 1), [Length], TestValues.Labels(Count, Classes, 2), Classes);

    private static Dataset WithTargets() => Dataset.FromTargets(TestValues.Uniform(Count * Length, 1), [Length], TestValues.Uniform(Count * Outputs, 2), Outputs);

    private sealed class Doubling() : Augmentation(new Settings("doubling"))
    {
        public override void Apply(ReadOnlySpan<float> sample, Shape sampleShape, Span<float> result, RandomSource random, Span<float> scratch)
        {
            for (int i = 0; i < sample.Length; i++)
                result[i] = 2 * sample[i];
        }
    }
}
