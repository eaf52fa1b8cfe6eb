using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Samples;

namespace NeuralNetFromScratch.Tests.Mpi;

/// <summary>Trainings by processes that a real mpirun starts: networks, moving averages, losses and metrics have the same bits on any number of them.</summary>
[Category("Process")]
[TestFixture(MpiKind.OpenMpi)]
[TestFixture(MpiKind.Mpich)]
[Platform("Linux")]
public class MpiTrainingTests(MpiKind kind)
{
    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> ByOneProcess = new();

    [Test]
    public void Any_number_of_processes_ends_with_the_same_bits([Values("dense", "sparse")] string recipe, [Values(2, 4, 8)] int processes)
    {
        using var folder = new TemporaryFolder();
        MpiRun.Succeed(kind, processes, "train", recipe, folder.File("result"));
        ExpectBits(folder, recipe, processes);
    }

    [Test]
    public void A_training_whose_processes_are_killed_goes_on_with_another_number_of_them_to_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        string checkpoint = folder.File("run.checkpoint");
        foreach ((int processes, int steps) in ((int, int)[])[(4, 8), (2, 7), (1, 9), (8, 12)])
        {
            MpiRun.Fail(kind, processes, "train", "dense", folder.File("result"), "--checkpoint", checkpoint, "--fail", "kill", "--after", $"{steps}");
            Assert.That(File.Exists(folder.File("result.0")), Is.False);
        }

        MpiRun.Succeed(kind, 2, "train", "dense", folder.File("result"), "--checkpoint", checkpoint);
        ExpectBits(folder, "dense", 2);
    }

    // 10 is SIGUSR1, 15 is SIGTERM.
    [Test]
    public void Signals_end_all_processes_after_the_same_step_and_another_number_of_them_goes_on_to_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        string checkpoint = folder.File("run.checkpoint");
        foreach ((int processes, int signal, bool toLauncher) in ((int, int, bool)[])[(2, 10, true), (4, 15, false), (1, 10, false)])
        {
            Process run = MpiRun.Start(kind, processes, "tests/MpiProcess", "train", "dense", folder.File("result"), "--checkpoint", checkpoint, "--fail", "wait", "--after", "3");
            int[] ranks = MpiRun.Processes(run, processes);
            using (var sent = Process.Start("kill", [$"-{signal}", $"{(toLauncher ? run.Id : ranks[^1])}"]))
                sent.WaitForExit();
            (int code, string output, string error) = MpiRun.End(run);
            Assert.That(code, Is.Zero, output + error);
            string[] steps = [.. Regex.Matches(output, "rank [0-9]: cancelled after ([0-9]+) steps").Select(match => match.Groups[1].Value)];
            Assert.That(steps, Has.Length.EqualTo(processes).And.All.EqualTo(steps[0]), output);
            Assert.That(File.Exists(checkpoint), output);
        }

        MpiRun.Succeed(kind, 8, "train", "dense", folder.File("result"), "--checkpoint", checkpoint);
        ExpectBits(folder, "dense", 8);
    }

    [Test]
    public void An_exception_of_one_process_ends_all_with_its_message()
    {
        using var folder = new TemporaryFolder();
        string error = MpiRun.Fail(kind, 4, "train", "dense", folder.File("result"), "--fail", "throw", "--after", "3");
        Assert.That(error, Does.Contain("rank 3 of 4: System.IO.IOException: the disk of this process is full"));
    }

    [Test]
    public void A_number_of_processes_that_does_not_divide_the_shards_is_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.That(MpiRun.Fail(kind, 3, "train", "dense", folder.File("result")), Does.Contain("8 shards divide among 1, 2, 4 or 8 processes, not 3"));
    }

    [Test]
    public void The_sample_prints_the_same_hash_and_the_figures_of_each_process()
    {
        using var folder = new TemporaryFolder();
        string json = folder.File("figures.json");
        (int code, string output, string error) = MpiRun.End(MpiRun.Start(kind, 2, "samples/Cluster", "--epochs", "1", "--json", json));
        Assert.That(code, Is.Zero, output + error);
        (int aloneCode, string alone, string aloneError) = SampleProcess.StartProgram("samples/Cluster", folder.Root, "--epochs", "1");
        Assert.That(aloneCode, Is.Zero, aloneError);
        Assert.That(Hash(output), Is.EqualTo(Hash(alone)).And.Length.EqualTo(64));
        JsonElement[] figures = [.. JsonDocument.Parse(File.ReadAllText(json)).RootElement.EnumerateArray()];
        Assert.That(figures.Select(process => process.GetProperty("rank").GetInt32()), Is.EqualTo((int[])[0, 1]));
        Assert.That(figures.Select(process => process.GetProperty("bytesSent").GetInt64()), Has.All.GreaterThan(1_000_000));

        static string Hash(string text) => Regex.Match(text, "Hash of the network: ([0-9a-f]+)").Groups[1].Value;
    }

    private static void ExpectBits(TemporaryFolder folder, string recipe, int processes)
    {
        byte[] expected = ByOneProcess.GetOrAdd(recipe, name => new(() => TrainAlone(name))).Value;
        for (int rank = 0; rank < processes; rank++)
            Assert.That(File.ReadAllBytes(folder.File($"result.{rank}")), Is.EqualTo(expected), $"rank {rank}");
    }

    /// <summary>The result of one process that no launcher started.</summary>
    private static byte[] TrainAlone(string recipe)
    {
        using var folder = new TemporaryFolder();
        (int code, string output, string error) = MpiRun.End(Process.Start(new ProcessStartInfo("dotnet", [SampleProcess.Built("tests/MpiProcess"), "train", recipe, folder.File("result")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        Assert.That(code, Is.Zero, output + error);
        return File.ReadAllBytes(folder.File("result.0"));
    }
}
