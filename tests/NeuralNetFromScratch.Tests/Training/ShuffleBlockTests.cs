namespace NeuralNetFromScratch.Tests.Training;

public class ShuffleBlockTests
{
    private const int Window = 16;

    [Test]
    public void An_epoch_has_each_sample_once_and_neighbors_close_together([Values(1, 7, 160, 163, 1000)] int count, [Values(2, 10)] int block)
    {
        int[] order = Order(count, block, epoch: 0), again = Order(count, block, epoch: 0), next = Order(count, block, epoch: 1);
        Assert.That(order.Order(), Is.EqualTo(Enumerable.Range(0, count)));
        Assert.That(again, Is.EqualTo(order));
        if (count > 10)
            Assert.That(next, Is.Not.EqualTo(order));
        // A window has the samples of 16 whole blocks; the last block of the file, which can be short, is anywhere.
        for (int start = 0; start + Window * block <= count; start += Window * block)
            Assert.That(order.Skip(start).Take(Window * block - (block - 1)).Select(sample => sample / block).Distinct().Count(), Is.LessThanOrEqualTo(Window));
    }

    [Test]
    public void All_samples_of_a_window_change_places()
    {
        int[] order = Order(1600, 100, epoch: 3);
        Assert.That(order.Zip(order.Skip(1)).Count(pair => pair.Second == pair.First + 1), Is.LessThan(16));
    }

    [Test]
    public void A_block_of_one_sample_shuffles_all_together()
    {
        var all = new int[500];
        EpochOrder.Fill(all, shuffles: true, seed: 5, epoch: 2);
        Assert.That(Order(500, 1, epoch: 2, seed: 5), Is.EqualTo(all));
    }

    [Test]
    public void Each_block_is_announced_once_before_its_window()
    {
        var data = new Announced(1003);
        var order = new EpochOrder(new FitOptions { ShuffleBlock = 10 }, data.Count, Steps(data.Count, 32));
        var samples = new int[data.Count];
        for (int epoch = 0; epoch < 2; epoch++)
        {
            data.Ranges.Clear();
            order.Fill(samples, epoch);
            for (int place = 0; place < data.Count; place += 32)
            {
                order.Announce(data, place);
                int end = Math.Min(place + 32, data.Count);
                foreach (int sample in samples.AsSpan(place..end))
                    Assert.That(data.Ranges.Any(range => sample >= range.Start && sample < range.Start + range.Count), $"sample {sample} at {place}");
            }

            Assert.That(data.Ranges.Select(range => range.Start).Order(), Is.EqualTo(Enumerable.Range(0, 101).Select(block => 10 * block)));
            Assert.That(data.Ranges.Sum(range => range.Count), Is.EqualTo(data.Count));
        }
    }

    [Test]
    public void Each_rank_announces_the_samples_of_its_own_shards_only([Values(1, 2, 4)] int ranks, [Values(4, 64)] int shards, [Values] bool mixes, [Values(0, 43)] int omitted)
    {
        const int Count = 6_443, Length = 96;
        EpochShards steps = Steps(Count, Length, omitted) with { Count = shards, OwnCount = shards / ranks, MixesSamples = mixes };
        int[]? first = null;
        var announced = new int[Count];
        for (int rank = 0; rank < ranks; rank++)
        {
            var data = new Announced(Count);
            EpochShards own = steps with { FirstOwn = rank * steps.OwnCount };
            var order = new EpochOrder(new FitOptions { ShuffleBlock = 10 }, Count, own);
            var samples = new int[Count];
            order.Fill(samples, epoch: 2);
            Assert.That(samples.Order(), Is.EqualTo(Enumerable.Range(0, Count)));
            Assert.That(samples, Is.EqualTo(first ??= samples), "the order is the same on all ranks");
            for (int step = 0; step < own.Steps; step++)
            {
                order.Announce(data, step * Length);
                int start = own.Range(step, own.FirstOwn).Start, end = own.Range(step, own.FirstOwn + own.OwnCount - 1).End;
                foreach (int sample in samples.AsSpan(start..end))
                    Assert.That(data.Ranges.Any(range => sample >= range.Start && sample < range.Start + range.Count), $"sample {sample} in step {step}");
            }

            foreach ((int start, int count) in data.Ranges)
            {
                for (int sample = start; sample < start + count; sample++)
                    announced[sample]++;
            }
        }

        Assert.That(announced, Is.All.LessThanOrEqualTo(1));
        Assert.That(announced.Sum(), Is.GreaterThanOrEqualTo(Count - omitted));
    }

    [Test]
    public void Samples_of_a_shard_come_from_few_blocks_at_a_time()
    {
        EpochShards steps = Steps(8_000, 80) with { Count = 8, OwnCount = 8 };
        var samples = new int[8_000];
        new EpochOrder(new FitOptions { ShuffleBlock = 100 }, 8_000, steps).Fill(samples, epoch: 0);
        int[] shard = [.. Enumerable.Range(0, 20).SelectMany(step => samples[(step * 80 + 10)..(step * 80 + 20)])];
        Assert.That(shard.Select(sample => sample / 100).Distinct().Count(), Is.EqualTo(2));
        Assert.That(shard.Zip(shard.Skip(1)).Count(pair => pair.Second == pair.First + 1), Is.LessThan(10));
    }

    [Test]
    public void A_training_announces_through_subsets_and_weights()
    {
        var data = new Announced(400);
        var network = new Sequential([2], 1, new Dense(2));
        new Trainer(network, new SoftmaxCrossEntropy(), new Sgd()).Fit(
            data.WithWeights(new float[400]), new FitOptions { Epochs = 1, BatchSize = 20, ShuffleBlock = 50, ValidationFraction = 0.25 });
        Assert.That(data.Ranges, Has.Count.EqualTo(6));
        Assert.That(data.Ranges.Sum(range => range.Count), Is.GreaterThan(300));
        data.Ranges.Clear();
        data.Subset([0, 399]).Announce(0, 2);
        Assert.That(data.Ranges, Is.Empty);
    }

    [Test]
    public void Blocks_are_refused_where_samples_are_drawn()
    {
        Assert.That(() => new FitOptions { ShuffleBlock = 0 }.Validate(), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new FitOptions { ShuffleBlock = 2, SampleWithReplacement = true }.Validate(), Throws.ArgumentException.With.Message.Contains("ShuffleBlock is 2"));
        Assert.That(() => new FitOptions { ShuffleBlock = 2, SamplingWeights = [1] }.Validate(), Throws.ArgumentException.With.Message.Contains("ShuffleBlock is 2"));
    }

    private static int[] Order(int count, int block, int epoch, ulong seed = 0)
    {
        var order = new int[count];
        new EpochOrder(new FitOptions { ShuffleBlock = block, Seed = seed }, count, Steps(count, 32)).Fill(order, epoch);
        return order;
    }

    private static EpochShards Steps(int count, int length, int omitted = 0) =>
        new() { Steps = (count - omitted + length - 1) / length, StepLength = length, Samples = count - omitted };

    private sealed class Announced(int count) : Dataset
    {
        public List<(int Start, int Count)> Ranges { get; } = [];

        public override int Count => count;

        public override Shape SampleShape => [2];

        public override int ClassCount => 2;

        public override int GetLabel(int index) => index % 2;

        public override void CopyFeatures(int index, Span<float> features) => features.Fill(index);

        public override void Announce(int start, int count) => Ranges.Add((start, count));
    }
}
