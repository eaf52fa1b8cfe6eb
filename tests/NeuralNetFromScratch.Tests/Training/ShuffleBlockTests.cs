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
        var order = new EpochOrder(new FitOptions { ShuffleBlock = 10 }, data.Count);
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
        new EpochOrder(new FitOptions { ShuffleBlock = block, Seed = seed }, count).Fill(order, epoch);
        return order;
    }

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
