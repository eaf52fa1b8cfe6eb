namespace NeuralNetFromScratch.Tests.Randomness;

public class RandomSourceTests
{
    /// <summary>The known answers of the Random123 library (kat_vectors, philox4x32 with 10 rounds).</summary>
    [TestCase(0ul, 0ul, 0ul, 0xe169c58d6627e8d5ul, 0x9b00dbd8bc57ac4cul)]
    [TestCase(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0x41c83b0e408f276dul, 0x6d5451fda20bc7c6ul)]
    [TestCase(0x85a308d3243f6a88ul, 0x0370734413198a2eul, 0x299f31d0a4093822ul, 0x94fdccebd16cfe09ul, 0x24126ea15001e420ul)]
    public void Philox_gives_the_known_answers(ulong counterLow, ulong counterHigh, ulong key, ulong low, ulong high) =>
        Assert.That(Philox.Block(counterLow, counterHigh, key), Is.EqualTo((low, high)));

    [Test]
    public void Uniform_values_fill_the_unit_interval_evenly()
    {
        var random = new RandomSource(7);
        double[] values = [.. Enumerable.Range(0, 100_000).Select(i => random.Uniform((ulong)i))];
        Assert.That(values, Is.All.InRange(0, 1).And.None.EqualTo(1));
        Assert.That(values.Average(), Is.EqualTo(0.5).Within(0.005));
        Assert.That(values.Sum(value => Math.Pow(value - 0.5, 2)) / values.Length, Is.EqualTo(1.0 / 12).Within(0.001));
    }

    [Test]
    public void Normal_values_have_mean_0_and_variance_1()
    {
        var random = new RandomSource(7);
        double[] values = [.. Enumerable.Range(0, 100_000).Select(i => random.Normal((ulong)i))];
        Assert.That(values.Average(), Is.EqualTo(0).Within(0.01));
        Assert.That(values.Average(value => value * value), Is.EqualTo(1).Within(0.02));
        Assert.That(values.Count(value => Math.Abs(value) > 1.96) / 100_000.0, Is.EqualTo(0.05).Within(0.005));
    }

    [Test]
    public void Integers_stay_below_their_limit_and_reach_each_value()
    {
        var random = new RandomSource(7);
        int[] counts = new int[7];
        for (ulong i = 0; i < 7000; i++)
            counts[random.Below(i, 7)]++;
        Assert.That(counts, Is.All.InRange(850, 1150));
        Assert.That(() => random.Below(0, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_shuffle_is_a_permutation_that_the_seed_decides()
    {
        int[] Shuffled(ulong seed)
        {
            int[] items = [.. Enumerable.Range(0, 100)];
            new RandomSource(seed).Shuffle(items);
            return items;
        }

        Assert.That(Shuffled(1).Order(), Is.EqualTo(Enumerable.Range(0, 100)));
        int[] first = Shuffled(1), again = Shuffled(1);
        Assert.That(again, Is.EqualTo(first));
        Assert.That(Shuffled(1), Is.Not.EqualTo(Shuffled(2)));
    }

    [Test]
    public void Forks_are_streams_of_their_own()
    {
        var random = new RandomSource(1);
        ulong[] first = [random.Bits(0), random.Fork(0).Bits(0), random.Fork(1).Bits(0), random.Fork(0).Fork(0).Bits(0), new RandomSource(2).Bits(0)];
        Assert.That(first, Is.Unique);
        RandomSource fork = random.Fork(1);
        Assert.That(fork.Bits(5), Is.EqualTo(random.Fork(1).Bits(5)));
    }
}
