using NeuralNetFromScratch.Mpi;

namespace NeuralNetFromScratch.Tests.Mpi;

/// <summary>A program that no launcher started, and libraries that do not fit.</summary>
public class MpiClusterTests
{
    [Test]
    public void Without_a_launcher_a_process_is_a_cluster_of_its_own()
    {
        using MpiCluster cluster = MpiCluster.Join();
        Assert.That((cluster.Rank, cluster.RankCount, cluster.AllowsAnyThread, cluster.Library), Is.EqualTo((0, 1, true, "none")));
        Assert.That(cluster.ThreadCount, Is.EqualTo(new TrainerOptions().ThreadCount));
        Assert.That(cluster.ToString(), Is.EqualTo("rank 0 of 1, MPI: none"));
        Assert.That(() => cluster.Abort("nothing happens"), Throws.Nothing);
    }

    [Test]
    public void It_may_join_again()
    {
        for (int i = 0; i < 2; i++)
        {
            using MpiCluster cluster = MpiCluster.Join();
            Assert.That(cluster.RankCount, Is.EqualTo(1));
        }
    }

    [Test]
    public void A_swap_takes_another_rank_and_equal_lengths_and_a_cluster_that_was_not_left()
    {
        MpiCluster cluster = MpiCluster.Join();
        Assert.That(() => cluster.Swap(new byte[3], new byte[4], 1), Throws.ArgumentException.With.Message.Contains("3 bytes are sent and 4 received"));
        foreach (int partner in (int[])[-1, 0, 1])
            Assert.That(() => cluster.Swap([], [], partner), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("rank 0"));
        Assert.That(() => cluster.SwapPieces(new byte[9], new byte[4], 5, 1, default(None)), Throws.ArgumentException.With.Message.Contains("4 bytes, fewer than a piece of 5"));
        Assert.That(() => cluster.SwapPieces(new byte[9], new byte[4], 0, 1, default(None)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => cluster.SwapPieces([], [], 5, 0, default(None)), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("rank 0"));
        cluster.Dispose();
        Assert.That(() => cluster.SwapPieces([], [], 5, 1, default(None)), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => cluster.Swap([], [], 1), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(cluster.Dispose, Throws.Nothing);
    }

    [Test]
    public void A_library_that_is_not_there_is_named() =>
        Assert.That(() => MpiCluster.Join("libnothing.so.1"), Throws.InvalidOperationException.With.Message.Contains("tried libnothing.so.1").And.Message.Contains("openmpi-bin or mpich"));

    [Test]
    [Platform("Linux")]
    public void A_library_that_is_not_MPI_is_refused() =>
        Assert.That(() => MpiCluster.Join("libc.so.6"), Throws.InvalidOperationException.With.Message.Contains("libc.so.6 has no function MPI_Initialized"));

    [Test]
    public void An_empty_name_is_refused() => Assert.That(() => MpiCluster.Join(" "), Throws.ArgumentException);

    [Test]
    public void An_exchange_of_one_process_may_have_any_number_of_shards()
    {
        using MpiCluster cluster = MpiCluster.Join();
        Assert.That(() => cluster.Exchange(1), Throws.Nothing);
        Assert.That(() => cluster.Exchange(1_024), Throws.Nothing);
        Assert.That(() => cluster.Exchange(3), Throws.InstanceOf<ArgumentException>());
    }

    private readonly struct None : IPieceReceiver
    {
        public void Receive(int start, ReadOnlySpan<byte> piece)
        {
        }
    }
}
