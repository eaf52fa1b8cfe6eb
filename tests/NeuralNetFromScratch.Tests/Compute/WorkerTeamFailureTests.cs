using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Tests.Compute;

/// <summary>A team goes on as before whatever its jobs, its threads and the system do to it.</summary>
public class WorkerTeamFailureTests
{
    [Test]
    public void A_caller_that_is_interrupted_waits_until_its_helpers_have_left_the_job()
    {
        var team = new WorkerTeam(2, rests: false);
        Exception? failure = null;
        int early = 0, interrupted = 0;
        var caller = new Thread(() =>
        {
            try
            {
                for (int round = 0; round < 50; round++)
                {
                    var left = new StrongBox<bool>();
                    try
                    {
                        team.Run(new InterruptingJob(Thread.CurrentThread, left), 2);
                        early += left.Value ? 0 : 1;
                        Thread.Sleep(1);
                    }
                    catch (ThreadInterruptedException)
                    {
                        early += left.Value ? 0 : 1;
                        interrupted++;
                    }
                }
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        caller.Start();
        caller.Join();
        Assert.That(failure, Is.Null);
        Assert.That(early, Is.Zero, "Run returned while the helper was in the job");
        Assert.That(interrupted, Is.EqualTo(50), "interruptions that arrived");
        var counts = new int[2];
        team.Run(new CountJob(counts), 2);
        Assert.That(counts, Is.All.EqualTo(1));
    }

    [TestCase(typeof(InsufficientMemoryException))]
    [TestCase(typeof(ThreadStateException))]
    [TestCase(typeof(InvalidOperationException))]
    public void The_caller_computes_all_parts_if_no_thread_can_be_started(Type reason)
    {
        int tries = 0;
        var team = new WorkerTeam(3, rests: false, (_, _) =>
        {
            tries++;
            throw (Exception)Activator.CreateInstance(reason)!;
        });
        var counts = new int[3];
        for (int round = 0; round < 10; round++)
            team.Run(new CountJob(counts), 3);
        Assert.That(counts, Is.All.EqualTo(10));
        Assert.That(tries, Is.EqualTo(20), "each job tries again");
    }

    [Test]
    public void A_job_that_interrupts_its_helper_does_not_end_the_process()
    {
        var team = new WorkerTeam(2, rests: false);
        for (int round = 0; round < 20; round++)
        {
            team.Run(new InterruptedHelperJob(), 2);
            Thread.Sleep(1);
        }

        var counts = new int[2];
        team.Run(new CountJob(counts), 2);
        Assert.That(counts, Is.All.EqualTo(1));
    }

    [Test]
    public void An_exception_of_a_worker_is_rethrown_and_the_team_remains_usable([Values(0, 1, 2)] int culprit)
    {
        var team = new WorkerTeam(3, rests: true);
        Assert.That(() => team.Run(new ThrowingJob(culprit), 3), Throws.TypeOf<NotSupportedException>().With.Message.EqualTo($"worker {culprit}"));
        var counts = new int[3];
        team.Run(new CountJob(counts), 3);
        Assert.That(counts, Is.All.EqualTo(1));
    }

    private readonly struct CountJob(int[] counts) : IJob
    {
        public void Run(int worker, int workers) => counts[worker]++;
    }

    /// <summary>The helper interrupts the caller, and stays a while.</summary>
    private readonly struct InterruptingJob(Thread caller, StrongBox<bool> left) : IJob
    {
        public void Run(int worker, int workers)
        {
            if (worker == 0)
            {
                // Until the helper has begun, or the caller would take its part.
                Thread.SpinWait(2000);
                return;
            }

            caller.Interrupt();
            if (Thread.CurrentThread != caller)
                Thread.Sleep(2);
            left.Value = true;
        }
    }

    private readonly struct InterruptedHelperJob : IJob
    {
        public void Run(int worker, int workers)
        {
            if (worker == 1 && Thread.CurrentThread.Name?.StartsWith("NeuralNetFromScratch", StringComparison.Ordinal) == true)
                Thread.CurrentThread.Interrupt();
            else if (worker == 0)
                Thread.SpinWait(2000);
        }
    }

    private readonly struct ThrowingJob(int culprit) : IJob
    {
        public void Run(int worker, int workers)
        {
            if (worker == culprit)
                throw new NotSupportedException($"worker {worker}");
        }
    }
}
