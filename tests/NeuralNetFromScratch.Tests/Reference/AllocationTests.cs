using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Tests.Reference;

public class AllocationTests
{
    [Test]
    public void Every_worker_of_the_engine_counts([Values(1, 2, 3)] int threads)
    {
        var engine = new Engine(threads, SimdWidths.Best);
        Assert.That(Allocation.Least(engine, () => engine.Run(new AllocatingJob(-1), threads)), Is.Zero);
        for (int worker = 0; worker < threads; worker++)
            Assert.That(Allocation.Least(engine, () => engine.Run(new AllocatingJob(worker), threads)), Is.GreaterThanOrEqualTo(1000));
    }

    [Test]
    public void Allocations_of_the_rest_of_the_process_do_not_count()
    {
        using var stop = new CancellationTokenSource();
        var other = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
                GC.KeepAlive(new byte[1000]);
        });
        other.Start();
        long least = Allocation.Least(() => Thread.Sleep(5));
        stop.Cancel();
        other.Join();
        Assert.That(least, Is.Zero);
    }

    private readonly struct AllocatingJob(int allocates) : IJob
    {
        public void Run(int worker, int workers)
        {
            if (worker == allocates)
                GC.KeepAlive(new byte[1000]);
        }
    }
}
