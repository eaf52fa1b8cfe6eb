using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training.Cluster;

/// <summary>Shards, the tree over them, and the stages of a step.</summary>
public class GradientExchangeTests
{
    private const int Rows = 45, Inputs = 7, Outputs = 3;

    [Test]
    public void The_gradient_of_the_shards_is_that_of_the_whole_batch_in_double_precision([Values(2, 8, 64)] int shards)
    {
        float[] x = TestValues.Uniform(Rows * Inputs, 1), t = TestValues.Uniform(Rows * Outputs, 2);
        var network = new Sequential([Inputs], 3, new Dense(Outputs));
        float[] weight = network.Parameters[0].Values.ToArray(), bias = network.Parameters[1].Values.ToArray();
        var expected = new double[Inputs * Outputs];
        double lossSum = 0;
        for (int row = 0; row < Rows; row++)
        {
            for (int o = 0; o < Outputs; o++)
            {
                double y = bias[o];
                for (int i = 0; i < Inputs; i++)
                    y += (double)x[row * Inputs + i] * weight[i * Outputs + o];
                double error = y - t[row * Outputs + o];
                lossSum += error * error / Outputs;
                for (int i = 0; i < Inputs; i++)
                    expected[i * Outputs + o] += 2 * error * x[row * Inputs + i] / (Outputs * Rows);
            }
        }

        var trainer = new Trainer(network, new MeanSquaredError(), new Sgd(0.1f), new TrainerOptions { Exchange = new GradientExchange(Communicator.Alone, shards) });
        StepTotals totals = trainer.Exchange(trainer.ComputeGradients(trainer.Load(new ReadOnlyMatrixView(x, Rows, Inputs), new ReadOnlyMatrixView(t, Rows, Outputs))));
        Assert.That(network.Parameters[0].Gradients.ToArray().Select(value => (double)value), Is.EqualTo(expected).Within(1e-6));
        Assert.That(totals.LossSum, Is.EqualTo(lossSum).Within(1e-5));
        Assert.That((totals.Samples, totals.Divisor), Is.EqualTo((Rows, (double)Rows)));
    }

    [Test]
    public void Running_statistics_are_the_means_over_the_shards()
    {
        float[] x = TestValues.Uniform(40 * 2, 1);
        var network = new Sequential([2], 3, new BatchNormalization(momentum: 1), new Dense(2));
        var trainer = new Trainer(network, new MeanSquaredError(), new Sgd(0), new TrainerOptions { Exchange = new GradientExchange(Communicator.Alone) });
        trainer.TrainStep(new ReadOnlyMatrixView(x, 40, 2), new ReadOnlyMatrixView(new float[80], 40, 2));
        for (int column = 0; column < 2; column++)
        {
            double[] values = [.. Enumerable.Range(0, 40).Select(row => (double)x[row * 2 + column])];
            double variance = values.Chunk(5).Average(shard => shard.Sum(value => Math.Pow(value - shard.Average(), 2)) / 4);
            Assert.That(network.Parameters["batchnorm1.mean"].Values[column], Is.EqualTo(values.Average()).Within(1e-6));
            Assert.That(network.Parameters["batchnorm1.variance"].Values[column], Is.EqualTo(variance).Within(1e-6));
        }
    }

    [Test]
    public void A_number_of_shards_that_does_not_fit_is_refused()
    {
        Assert.That(() => new GradientExchange(null!), Throws.ArgumentNullException);
        foreach (int shards in (int[])[0, -8, 3, 12, 2048])
            Assert.That(() => new GradientExchange(Communicator.Alone, shards), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("a power of two from 1 to 1024"));
        (_, Exception?[] failures, _) = InProcessCluster.TryRun(3, communicator => new GradientExchange(communicator));
        Assert.That(failures, Is.All.InstanceOf<ArgumentException>());
        Assert.That(failures[0]!.Message, Does.StartWith("8 shards divide among 1, 2, 4 or 8 processes, not 3"));
        Assert.That(() => new GradientExchange(Communicator.Alone) { ComparisonInterval = -1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void The_stages_of_a_step_come_in_order()
    {
        float[] x = new float[Inputs], t = new float[Outputs];
        var trainer = new Trainer(
            new([Inputs], 3, new Dense(Outputs)), new MeanSquaredError(), new Sgd(), new TrainerOptions { Exchange = new GradientExchange(Communicator.Alone) });
        TrainingBatch Batch() => trainer.Load(new ReadOnlyMatrixView(x, 1, Inputs), new ReadOnlyMatrixView(t, 1, Outputs));
        Assert.That(() => trainer.Exchange(default), Throws.InvalidOperationException.With.Message.Contains("call ComputeGradients before Exchange"));
        StepTotals totals = trainer.ComputeGradients(Batch());
        Assert.That(() => trainer.ComputeGradients(Batch()), Throws.InvalidOperationException.With.Message.Contains("call Exchange between"));
        Assert.That(() => trainer.Update(), Throws.InvalidOperationException.With.Message.Contains("call Exchange before Update"));
        trainer.Exchange(totals);
        trainer.Update();
        Assert.That(() => trainer.ComputeGradients(Batch(), accumulate: true), Throws.ArgumentException.With.Message.Contains("pass all samples of the step in one batch"));
    }

    [Test]
    public void Every_sample_is_in_one_shard_and_none_is_alone_where_samples_mix([Values(1, 2, 8, 64)] int shards, [Values] bool mixes)
    {
        for (int rows = 1; rows < 200; rows++)
        {
            ShardCut cut = ShardCut.Of(rows, shards, mixes);
            int[] sizes = [.. Enumerable.Range(0, shards).Select(shard => cut.Start(shard + 1) - cut.Start(shard))];
            Assert.That(sizes.Sum(), Is.EqualTo(rows));
            Assert.That(sizes, Is.All.Not.Negative);
            Assert.That(sizes.Max(), Is.LessThanOrEqualTo(Math.Max((rows + shards - 1) / shards, mixes ? 3 : 1)), $"{rows} rows");
            if (mixes && rows > 1)
                Assert.That(sizes, Is.All.Not.EqualTo(1), $"{rows} rows");
        }
    }

    [Test]
    public void Sums_over_ranks_are_those_of_the_tree([Values(2, 4, 8)] int ranks, [Values(1, 5, 4097, 20_001, 40_000, 500_003)] int length)
    {
        float[][] values = [.. Enumerable.Range(0, ranks).Select(rank => TestValues.Uniform(length, (ulong)rank))];
        float[] Tree(int first, int count)
        {
            if (count == 1)
                return values[first];
            float[] left = Tree(first, count / 2), right = Tree(first + count / 2, count / 2);
            return [.. left.Zip(right, (a, b) => a + b)];
        }

        float[] expected = Tree(0, ranks);
        Assert.That(
            InProcessCluster.Run(ranks, communicator =>
            {
                float[] sum = [.. values[communicator.Rank]];
                new Collectives(communicator).Sum(sum);
                return sum;
            }),
            Is.All.EqualTo(expected));
    }

    [Test]
    public void Bytes_of_every_length_reach_every_rank([Values(1, 2, 8)] int ranks)
    {
        byte[] Bytes(int rank) => [.. Enumerable.Range(0, rank * 7 % 5).Select(i => (byte)(rank + i))];
        foreach (byte[][] gathered in InProcessCluster.Run(ranks, communicator => new Collectives(communicator).Gather(Bytes(communicator.Rank))))
            Assert.That(gathered, Is.EqualTo(Enumerable.Range(0, ranks).Select(Bytes)));
        byte[] large = [.. Enumerable.Range(0, (1 << 20) + 77).Select(i => (byte)(i * 31))];
        Assert.That(InProcessCluster.Run(ranks, communicator => new Collectives(communicator).BroadcastBlob(communicator.Rank == 0 ? large : [])), Is.All.EqualTo(large));
    }

    [Test]
    public void Statistics_count_steps_and_bytes()
    {
        ExchangeStatistics Train(Communicator communicator)
        {
            var exchange = new GradientExchange(communicator);
            ClusterRecipes.Fit(exchange, ClusterRecipes.Plain(), new Sgd(), ClusterRecipes.Few, new() { Epochs = 2, BatchSize = 10 });
            return exchange.Statistics;
        }

        Assert.That(Train(Communicator.Alone) is { Steps: 8, BytesSent: 0 });
        foreach (ExchangeStatistics statistics in InProcessCluster.Run(2, Train))
        {
            Assert.That(statistics.Steps, Is.EqualTo(8));
            Assert.That(statistics.BytesSent, Is.GreaterThan(8L * ClusterRecipes.Plain().Parameters.Values.Length * sizeof(float)));
            Assert.That(statistics.Computing, Is.GreaterThan(TimeSpan.Zero));
        }
    }

    [Test]
    public void A_network_in_two_buckets_has_two() => Assert.That(new GradientBuckets(ClusterRecipes.TwoBuckets()).Count, Is.EqualTo(2));

    [Test]
    public void A_warm_step_allocates_nothing([Values(1, 2)] int ranks)
    {
        float[] x = TestValues.Uniform(64 * 784, 1);
        int[] labels = TestValues.Labels(64, 10, 2);
        long[] least = InProcessCluster.Run(ranks, communicator =>
        {
            var trainer = new Trainer(
                ClusterRecipes.Normalized(), new SoftmaxCrossEntropy { IgnoreLabel = 3 }, new Sgd(0.1f), new TrainerOptions { ThreadCount = 1, Exchange = new GradientExchange(communicator) { ComparisonInterval = 2 } });
            long fewest = long.MaxValue;
            for (int step = 0; step < 60; step++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                trainer.TrainStep(new ReadOnlyMatrixView(x, 64, 784), labels);
                trainer.TrainStep(new ReadOnlyMatrixView(x, 64, 784), labels);
                fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            return fewest;
        });
        Assert.That(least, Is.All.Zero);
    }

    [Test]
    public void The_thread_that_exchanges_allocates_nothing_once_warm()
    {
        float[] x = TestValues.Uniform(64 * 784, 1);
        int[] labels = TestValues.Labels(64, 10, 2);
        long[] least = InProcessCluster.Run(2, communicator =>
        {
            var watched = new Watched(communicator);
            var trainer = new Trainer(ClusterRecipes.TwoBuckets(), new SoftmaxCrossEntropy(), new Sgd(0.1f), new TrainerOptions { ThreadCount = 1, Exchange = new GradientExchange(watched) });
            for (int step = 0; step < 60; step++)
                trainer.TrainStep(new ReadOnlyMatrixView(x, 64, 784), labels);
            Assert.That(watched.OtherSwaps, Is.GreaterThanOrEqualTo(60), "gradients are exchanged on another thread");
            return watched.LeastBetweenSwaps;
        });
        Assert.That(least, Is.All.Zero);
    }

    /// <summary>Measures what another thread than the training's allocates from one swap to the next.</summary>
    private sealed class Watched(Communicator inner) : Communicator
    {
        private readonly int _trainer = Environment.CurrentManagedThreadId;
        private (int Thread, long Bytes) _last;

        public int OtherSwaps { get; private set; }

        public long LeastBetweenSwaps { get; private set; } = long.MaxValue;

        public override int Rank => inner.Rank;

        public override int RankCount => inner.RankCount;

        public override void Swap(ReadOnlySpan<byte> sent, Span<byte> received, int partner)
        {
            int thread = Environment.CurrentManagedThreadId;
            if (thread != _trainer)
            {
                OtherSwaps++;
                long bytes = GC.GetAllocatedBytesForCurrentThread();
                if (thread == _last.Thread)
                    LeastBetweenSwaps = Math.Min(LeastBetweenSwaps, bytes - _last.Bytes);
                _last = (thread, bytes);
            }

            inner.Swap(sent, received, partner);
        }

        public override void Abort(string reason) => inner.Abort(reason);
    }
}
