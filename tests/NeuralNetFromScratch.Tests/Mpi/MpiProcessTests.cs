using System.Diagnostics;
using System.Text.RegularExpressions;

namespace NeuralNetFromScratch.Tests.Mpi;

/// <summary>Processes that a real mpirun starts talk to one another, and end together, whatever happens to one of them.</summary>
[Category("Process")]
[TestFixture(MpiKind.OpenMpi)]
[TestFixture(MpiKind.Mpich)]
[Platform("Linux")]
public class MpiProcessTests(MpiKind kind)
{
    [TestCase(1)]
    [TestCase(3)]
    public void Processes_know_their_rank_and_the_library_of_their_launcher(int processes)
    {
        string output = MpiRun.Succeed(kind, processes, "about");
        string library = kind == MpiKind.OpenMpi ? "Open MPI v" : "MPICH Version: ";
        for (int rank = 0; rank < processes; rank++)
            Assert.That(output, Does.Match($"rank {rank} of {processes}, MPI: {library}[0-9.]+; any thread: True; threads: [1-9]"));
    }

    [Test]
    public void Messages_of_all_lengths_arrive_between_all_processes_and_on_other_threads()
    {
        string output = MpiRun.Succeed(kind, 4, "swap");
        Assert.That(Regex.Count(output, "rank [0-3] of 4: swapped"), Is.EqualTo(4), output);
    }

    [Test]
    public void The_runtime_still_catches_faults_of_the_processor() =>
        Assert.That(MpiRun.Succeed(kind, 2, "null"), Does.Contain("rank 0: caught").And.Contain("rank 1: caught"));

    [Test]
    public void Processes_that_forget_to_leave_end_well() => Assert.That(MpiRun.Succeed(kind, 2, "forget"), Is.Empty);

    [TestCase("throw", "rank 1 of 2: System.IO.InvalidDataException: the file of this rank is malformed")]
    [TestCase("abort", "rank 1 of 2: can't go on")]
    [TestCase("leave", "rank 1 of 2: left the cluster, and another process waits for its bytes")]
    [TestCase("exit", "rank 1 of 2: left the cluster, and another process waits for its bytes")]
    [TestCase("lengths", "all processes have to make the same calls in the same order")]
    public void All_end_where_one_does_and_say_why(string verb, string message) => Assert.That(MpiRun.Fail(kind, 2, verb), Does.Contain(message));

    [Test]
    public void A_killed_process_ends_all()
    {
        Process run = MpiRun.Start(kind, 2, "tests/MpiProcess", "signal");
        using (var killed = Process.GetProcessById(MpiRun.Processes(run, 2)[1]))
            killed.Kill();
        (int code, string output, _) = MpiRun.End(run);
        Assert.That(code, Is.Not.Zero);
        Assert.That(output, Does.Not.Contain("orderly"));
    }

    // 2 is SIGINT to one process; 10 is SIGUSR1 to the launcher, which passes it on.
    [TestCase(2, false)]
    [TestCase(10, true)]
    public void A_signal_ends_all_in_an_orderly_way(int signal, bool toLauncher)
    {
        Process run = MpiRun.Start(kind, 2, "tests/MpiProcess", "signal");
        int[] processes = MpiRun.Processes(run, 2);
        using var sent = Process.Start("kill", [$"-{signal}", $"{(toLauncher ? run.Id : processes[1])}"]);
        (int code, string output, string error) = MpiRun.End(run);
        Assert.That(code, Is.Zero, output + error);
        Assert.That(output, Does.Contain("rank 0 ends in an orderly way").And.Contain("rank 1 ends in an orderly way"));
    }

    [Test]
    public void The_library_of_another_launcher_is_told_from_the_right_one()
    {
        if (MpiRun.Find("mpirun.openmpi") is null || MpiRun.Find("mpirun.mpich") is null)
            Assert.Ignore("needs both Open MPI and MPICH");
        string other = kind == MpiKind.OpenMpi ? "libmpich.so.12" : "libmpi.so.40";
        Assert.That(MpiRun.Fail(kind, 2, "about", "--library", other), Does.Contain("started 2 processes, but").And.Contain("sees 1: it is not the launcher's library"));
    }
}
