using System.Diagnostics;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Documentation;

namespace NeuralNetFromScratch.Tests.Mpi;

/// <summary>
/// The standard binary interface of MPI 5, which no library of Debian 12 has: a small one in C translates it to MPICH's. Its values are those of
/// the header that the MPI Forum publishes (mpi-abi-stubs).
/// </summary>
[Category("Process")]
[Platform("Linux")]
public class StandardInterfaceTests
{
    [Test]
    public void A_library_with_the_standard_interface_is_used_as_the_others_are()
    {
        using var folder = new TemporaryFolder();
        string library = Build(folder);
        Assert.That(MpiRun.Succeed(MpiKind.Mpich, 3, "about", "--library", library), Does.Contain("rank 2 of 3, MPI: Standard interface 1.0; any thread: True"));
        Assert.That(MpiRun.Succeed(MpiKind.Mpich, 4, "swap", "--library", library), Does.Contain("rank 3 of 4: swapped"));
    }

    [TestCase("leave", "rank 1 of 2: left the cluster, and another process waits for its bytes")]
    [TestCase("lengths", "all processes have to make the same calls in the same order")]
    [TestCase("abort", "rank 1 of 2: can't go on")]
    public void Failures_are_told_as_with_the_others(string verb, string message)
    {
        using var folder = new TemporaryFolder();
        Assert.That(MpiRun.Fail(MpiKind.Mpich, 2, verb, "--library", Build(folder)), Does.Contain(message));
    }

    private static string Build(TemporaryFolder folder)
    {
        string? compiler = MpiRun.Find("gcc") ?? MpiRun.Find("clang");
        if (compiler is null)
            Assert.Ignore("needs gcc or clang");
        MpiRun.Launcher(MpiKind.Mpich);
        string source = Path.Combine(DocumentReader.Repository, "tests", "NeuralNetFromScratch.Tests", "Mpi", "standard_interface.c"), library = folder.File("libmpi_abi.so.1");
        using var run = Process.Start(compiler!, ["-shared", "-fPIC", "-o", library, source, "-ldl"]);
        run.WaitForExit();
        Assert.That(run.ExitCode, Is.Zero);
        return library;
    }
}
