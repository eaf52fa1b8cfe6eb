using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Tests.Compute;

/// <summary>Teams that share the threads of a larger team, while a job of it runs on one worker of each.</summary>
public class DividedTeamTests
{
    [Test]
    public void Every_worker_of_each_team_takes_part_once_in_each_job([Values(1, 2, 3, 4)] int teams, [Values(4, 7)] int workers, [Values] bool rests)
    {
        const int Rounds = 300, Jobs = 5;
        var team = new WorkerTeam(workers, rests);
        WorkerTeam[] divided = team.Divide(teams);
        int[][] counts = [.. divided.Select(part => new int[part.Workers])];
        var all = new int[workers];
        for (int round = 0; round < Rounds; round++)
        {
            team.Run(new OuterJob(divided, counts, Jobs), teams);
            team.Run(new CountJob(all), workers);
        }

        Assert.That(counts.SelectMany(count => count), Is.All.EqualTo(Rounds * Jobs));
        Assert.That(all, Is.All.EqualTo(Rounds));
    }

    [TestCase(8, 4, new[] { 2, 2, 2, 2 })]
    [TestCase(8, 1, new[] { 8 })]
    [TestCase(8, 8, new[] { 1, 1, 1, 1, 1, 1, 1, 1 })]
    [TestCase(7, 2, new[] { 3, 4 })]
    [TestCase(6, 4, new[] { 1, 2, 1, 2 })]
    public void All_workers_belong_to_one_team_each(int workers, int teams, int[] expected) =>
        Assert.That(new WorkerTeam(workers, rests: false).Divide(teams).Select(team => team.Workers), Is.EqualTo(expected));

    [Test]
    public void An_exception_in_one_team_is_rethrown_and_all_teams_remain_usable([Values(0, 1, 2)] int culprit, [Values(0, 1)] int worker)
    {
        var team = new WorkerTeam(6, rests: false);
        WorkerTeam[] divided = team.Divide(3);
        for (int round = 0; round < 20; round++)
        {
            Assert.That(
                () => team.Run(new FailingOuterJob(divided, culprit, worker), 3),
                Throws.TypeOf<NotSupportedException>().With.Message.EqualTo($"worker {worker}"));
            int[][] counts = [.. divided.Select(part => new int[part.Workers])];
            team.Run(new OuterJob(divided, counts, 1), 3);
            Assert.That(counts.SelectMany(count => count), Is.All.EqualTo(1));
        }
    }

    [Test]
    public void The_callers_compute_all_parts_if_no_thread_can_be_started()
    {
        var team = new WorkerTeam(6, rests: false, (_, _) => throw new InsufficientMemoryException());
        WorkerTeam[] divided = team.Divide(2);
        int[][] counts = [.. divided.Select(part => new int[part.Workers])];
        for (int round = 0; round < 10; round++)
            team.Run(new OuterJob(divided, counts, 1), 2);
        Assert.That(counts.SelectMany(count => count), Is.All.EqualTo(10));
    }

    [Test]
    public void A_job_of_a_team_inside_a_job_of_that_team_is_refused_on_every_worker([Values(0, 1)] int outer, [Values(0, 1)] int worker)
    {
        var team = new WorkerTeam(4, rests: false);
        WorkerTeam[] divided = team.Divide(2);
        Assert.That(() => team.Run(new NestedOuterJob(divided, divided[outer], outer, worker), 2), Throws.InvalidOperationException);
        Assert.That(() => team.Run(new NestedOuterJob(divided, team, outer, worker), 2), Throws.InvalidOperationException, "the larger team is busy");
    }

    private readonly struct CountJob(int[] counts) : IJob
    {
        public void Run(int worker, int workers) => counts[worker]++;
    }

    private readonly struct OuterJob(WorkerTeam[] teams, int[][] counts, int jobs) : IJob
    {
        public void Run(int worker, int workers)
        {
            for (int job = 0; job < jobs; job++)
                teams[worker].Run(new CountJob(counts[worker]), teams[worker].Workers);
        }
    }

    private readonly struct FailingOuterJob(WorkerTeam[] teams, int culprit, int culpritWorker) : IJob
    {
        public void Run(int worker, int workers)
        {
            if (worker == culprit)
                teams[worker].Run(new ThrowingJob(culpritWorker), 2);
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

    private readonly struct NestedOuterJob(WorkerTeam[] teams, WorkerTeam used, int culprit, int culpritWorker) : IJob
    {
        public void Run(int worker, int workers)
        {
            if (worker == culprit)
                teams[worker].Run(new NestedJob(used, culpritWorker), 2);
        }
    }

    private readonly struct NestedJob(WorkerTeam used, int culprit) : IJob
    {
        public void Run(int worker, int workers)
        {
            if (worker == culprit)
                used.Run(new ThrowingJob(-1), 1);
        }
    }
}
