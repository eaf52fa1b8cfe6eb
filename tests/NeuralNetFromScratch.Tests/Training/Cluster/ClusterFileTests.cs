using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training.Cluster;

/// <summary>A training on files, each rank with a data set of its own, has the bits of one rank with the samples in memory.</summary>
public class ClusterFileTests
{
    private const int Count = 230, Length = 12, Classes = 3, Batch = 48;

    [Test]
    public void Files_have_the_bits_of_memory_on_any_number_of_ranks([Values(1, 20)] int block)
    {
        using var folder = new TemporaryFolder();
        var random = new RandomSource(4);
        byte[] pixels = [.. Enumerable.Range(0, Count * Length).Select(i => (byte)random.Bits((ulong)i))], labels = [.. Enumerable.Range(0, Count).Select(i => (byte)(i * 7 % Classes))];
        (string, string)[] files = [Write("a", 0, 100), Write("b", 100, Count - 100)];
        float[] expected = Trained(Dataset.FromBytes(pixels, [Length], labels, Classes), Communicator.Alone);
        foreach (int ranks in (int[])[1, 2, 8])
        {
            float[][] networks = InProcessCluster.Run(ranks, communicator =>
            {
                using FileDataset data = IdxFile.OpenDataset(files, Classes);
                return Trained(data, communicator);
            });
            foreach (float[] network in networks)
                Assert.That(TestValues.Bits(network), Is.EqualTo(TestValues.Bits(expected)), $"{ranks} ranks");
        }

        float[] Trained(Dataset data, Communicator communicator)
        {
            var network = new Sequential([Length], 1, new Dense(8, Activation.Relu), new Dropout(0.2f), new Dense(Classes));
            new Trainer(network, new SoftmaxCrossEntropy(), new Adam(), new TrainerOptions { ThreadCount = 1, Exchange = new GradientExchange(communicator) })
                .Fit(data, new FitOptions { Epochs = 3, BatchSize = Batch, ShuffleBlock = block, ValidationFraction = 0.1 });
            return [.. network.Parameters.Values];
        }

        (string, string) Write(string name, int start, int count)
        {
            IdxFile.Write(folder.File($"{name}.images"), [count, Length], pixels.AsSpan(start * Length, count * Length));
            IdxFile.Write(folder.File($"{name}.labels"), [count], labels.AsSpan(start, count));
            return (folder.File($"{name}.images"), folder.File($"{name}.labels"));
        }
    }

    [Test]
    public void A_rank_reads_the_samples_of_its_own_shards_only()
    {
        int[][] reads = InProcessCluster.Run(4, communicator =>
        {
            var data = new CountingDataset(64, Length, Classes);
            var network = new Sequential([Length], 1, new Dense(Classes));
            new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(), new TrainerOptions { ThreadCount = 1, Exchange = new GradientExchange(communicator) })
                .Fit(data, new FitOptions { Epochs = 1, BatchSize = 32, ShuffleBlock = 8 });
            return data.Reads;
        });
        Assert.That(reads.Select(own => own.Sum()), Is.All.EqualTo(16));
        Assert.That(Enumerable.Range(0, 64).Select(sample => reads.Sum(own => own[sample])), Is.All.EqualTo(1));
    }
}
