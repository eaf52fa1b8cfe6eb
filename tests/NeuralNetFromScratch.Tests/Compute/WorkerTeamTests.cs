using System.Diagnostics;
using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Tests.Compute;

public class WorkerTeamTests
{
    [Test]
    public void Every_worker_takes_part_once([Values(1, 2, 3, 7)] int workers)
    {
        var team = new WorkerTeam(workers, rests: true);
        var counts = new int[workers];
        for (int round = 0; round < 1000; round++)
            team.Run(new CountJob(counts), workers);
        Assert.That(counts, Is.All.EqualTo(1000));
    }

    [Test]
    public void Helpers_that_come_late_do_no_part_twice()
    {
        // So many helpers for so little work that the caller does most parts, and helpers come while later jobs run.
        const int Workers = 16, Rounds = 5000;
        var team = new WorkerTeam(Workers, rests: true);
        var counts = new int[Workers];
        int[] expected = new int[Workers];
        for (int round = 0; round < Rounds; round++)
        {
            int workers = 1 + round * 7 % Workers;
            team.Run(new CountJob(counts), workers);
            for (int worker = 0; worker < workers; worker++)
                expected[worker]++;
            Assert.That(counts, Is.EqualTo(expected));
        }
    }

    [Test]
    public void Fewer_workers_can_be_asked_for_in_any_order()
    {
        var team = new WorkerTeam(4, rests: true);
        var counts = new int[4];
        for (int round = 0; round < 2000; round++)
            team.Run(new CountJob(counts), 1 + round % 4);
        Assert.That(counts, Is.EqualTo((int[])[2000, 1500, 1000, 500]));
    }

    [Test]
    public void Many_teams_one_after_another_have_few_threads()
    {
        int alive = 0, most = 0;
        for (int team = 0; team < 400; team++)
        {
            new WorkerTeam(3, rests: false, Start).Run(new SleepingJob(), 3);
            most = Math.Max(most, Volatile.Read(ref alive));
        }

        Assert.That(most, Is.LessThan(100), "threads of 400 teams of two helpers, of which one works at a time");
        Assert.That(() => Volatile.Read(ref alive), Is.Zero.After(10_000, 20), "all end");

        void Start(ThreadStart live, string name)
        {
            new Thread(() =>
            {
                Interlocked.Increment(ref alive);
                live();
                Interlocked.Decrement(ref alive);
            }) { IsBackground = true, Name = name }.Start();
        }
    }

    [Test]
    public void Workers_that_ended_idle_start_again()
    {
        var team = new WorkerTeam(2, rests: true);
        var counts = new int[2];
        team.Run(new CountJob(counts), 2);
        Thread.Sleep(2500);
        team.Run(new CountJob(counts), 2);
        Assert.That(counts, Is.All.EqualTo(2));
    }

    [Test]
    public void After_a_long_wait_the_caller_does_all_parts_for_a_while()
    {
        var team = new WorkerTeam(2, rests: true);
        // Three jobs in a row within the rest of 10 ms. On a busy machine a helper may be late without one, or the caller: so it is tried again.
        bool rested = Enumerable.Range(0, 200).Any(_ =>
        {
            team.Run(new SlowHelperJob(), 2);
            return Enumerable.Range(0, 3).All(_ => !Meet(team));
        });
        Assert.That(rested, "the helper took part at once after each wait");
        bool cameBack = Enumerable.Range(0, 200).Any(_ =>
        {
            Thread.Sleep(20);
            return Meet(team);
        });
        Assert.That(cameBack, "the helper never came back");
    }

    [Test]
    public void A_team_that_does_not_rest_takes_all_its_workers_again_after_a_wait()
    {
        var team = new WorkerTeam(2, rests: false);
        int met = 0;
        for (int round = 0; round < 50; round++)
        {
            team.Run(new SlowHelperJob(), 2);
            met += Meet(team) ? 1 : 0;
        }

        Assert.That(met, Is.Positive);
    }

    [Test]
    public void A_job_inside_a_job_is_refused()
    {
        var team = new WorkerTeam(1, rests: true);
        Assert.That(() => team.Run(new NestedJob(team), 1), Throws.InvalidOperationException);
    }

    [Test]
    public void A_job_inside_a_job_is_refused_on_every_worker([Values(0, 1, 2)] int worker, [Values] bool rests)
    {
        var team = new WorkerTeam(3, rests);
        for (int round = 0; round < 20; round++)
        {
            Assert.That(() => team.Run(new NestedOnJob(team, worker), 3), Throws.InvalidOperationException);
            var counts = new int[3];
            team.Run(new CountJob(counts), 3);
            Assert.That(counts, Is.All.EqualTo(1));
        }
    }

    [Test]
    public void Memory_that_the_garbage_collector_moves_while_a_job_runs_is_followed()
    {
        var team = new WorkerTeam(2, rests: false);
        for (int round = 0; round < 200; round++)
        {
            // Garbage before them, so that a compacting collection moves the arrays.
            object? garbage = new byte[40_000];
            int[] values = new int[1000], expected = [.. Enumerable.Range(0, 1000).Select(i => i + round)];
            GC.KeepAlive(garbage);
            garbage = null;
            team.Run(new FillJob(values, round), 2);
            Assert.That(values, Is.EqualTo(expected));
        }
    }

    [Test]
    public void Many_threads_may_share_a_team()
    {
        var team = new WorkerTeam(2, rests: true);
        var counts = new int[2];
        Parallel.For(0, 500, _ => team.Run(new CountJob(counts), 2));
        Assert.That(counts, Is.All.EqualTo(500));
    }

    [Test]
    public void Sections_cover_all_items_once([Values(0, 1, 5, 64, 1000)] int count, [Values(1, 16)] int grain, [Values(1, 2, 3, 7)] int workers)
    {
        int next = 0;
        for (int worker = 0; worker < workers; worker++)
        {
            var section = Section.Of(count, grain, worker, workers);
            Assert.That(section.Start, Is.EqualTo(next));
            Assert.That(section.Start % grain == 0 || section.Start == count);
            next = section.End;
        }

        Assert.That(next, Is.EqualTo(count));
    }

    /// <summary>Whether the workers of a job are at work at the same time.</summary>
    private static bool Meet(WorkerTeam team)
    {
        var arrived = new StrongBox<bool>();
        var met = new StrongBox<bool>();
        team.Run(new MeetingJob(arrived, met), 2);
        return met.Value;
    }

    private readonly struct MeetingJob(StrongBox<bool> arrived, StrongBox<bool> met) : IJob
    {
        public void Run(int worker, int workers)
        {
            if (worker == 1)
            {
                Volatile.Write(ref arrived.Value, true);
                return;
            }

            var watch = Stopwatch.StartNew();
            while (!met.Value && watch.ElapsedMilliseconds < 2)
                met.Value = Volatile.Read(ref arrived.Value);
        }
    }

    private readonly struct SlowHelperJob : IJob
    {
        public void Run(int worker, int workers) => Thread.Sleep(worker == 1 ? 5 : 0);
    }

    private readonly struct SleepingJob : IJob
    {
        public void Run(int worker, int workers) => Thread.Sleep(1);
    }

    private readonly struct CountJob(int[] counts) : IJob
    {
        public void Run(int worker, int workers) => counts[worker]++;
    }

    /// <summary>Fills a span, and collects garbage half-way.</summary>
    private readonly ref struct FillJob(Span<int> values, int first) : IJob
    {
        private readonly Span<int> _values = values;
        private readonly int _first = first;

        public void Run(int worker, int workers)
        {
            var part = Section.Of(_values.Length, 1, worker, workers);
            for (int i = part.Start; i < part.End; i++)
            {
                if (i == part.Start + part.Count / 2)
                    GC.Collect(1, GCCollectionMode.Forced, blocking: true, compacting: true);
                _values[i] = _first + i;
            }
        }
    }

    private readonly struct NestedOnJob(WorkerTeam team, int culprit) : IJob
    {
        public void Run(int worker, int workers)
        {
            if (worker == culprit)
                team.Run(new CountJob(new int[1]), 1);
        }
    }

    private readonly struct NestedJob(WorkerTeam team) : IJob
    {
        public void Run(int worker, int workers) => team.Run(new CountJob(new int[1]), 1);
    }
}
