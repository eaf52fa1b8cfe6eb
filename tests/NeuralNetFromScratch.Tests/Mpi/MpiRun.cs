using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using NeuralNetFromScratch.Tests.Samples;

namespace NeuralNetFromScratch.Tests.Mpi;

/// <summary>An MPI that tests run programs with.</summary>
public enum MpiKind
{
    OpenMpi,
    Mpich,
}

/// <summary>Starts programs of the repository with a real mpirun; a test that needs one that is not installed is skipped.</summary>
internal static class MpiRun
{
    /// <summary>More than any run takes on a busy machine; a run that hangs is ended and fails.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    /// <summary>Runs a verb of tests/MpiProcess, which has to exit with 0, and returns what it prints.</summary>
    public static string Succeed(MpiKind kind, int processes, params string[] arguments)
    {
        (int code, string output, string error) = End(Start(kind, processes, "tests/MpiProcess", arguments));
        Assert.That(code, Is.Zero, output + error);
        return output;
    }

    /// <summary>Runs a verb of tests/MpiProcess, which has to fail within the time limit, and returns what it writes to standard error.</summary>
    public static string Fail(MpiKind kind, int processes, params string[] arguments)
    {
        (int code, string output, string error) = End(Start(kind, processes, "tests/MpiProcess", arguments));
        Assert.That(code, Is.Not.Zero, output + error);
        return error;
    }

    /// <summary>Starts a program of the repository, and does not wait for it.</summary>
    public static Process Start(MpiKind kind, int processes, string project, params string[] arguments) =>
        Start(Launcher(kind), kind, processes, ["dotnet", SampleProcess.Built(project), .. arguments]);

    /// <summary>Waits for the end of a run.</summary>
    public static (int Code, string Output, string Error) End(Process started)
    {
        using Process process = started;
        Task<string> error = process.StandardError.ReadToEndAsync(), output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Longest))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"no end after {Longest}: {output.Result}\n{error.Result}");
        }

        return (process.ExitCode, output.Result, error.Result);
    }

    /// <summary>The identifiers of the processes of a run that print them, because they wait for signals, in the order of ranks.</summary>
    public static int[] Processes(Process run, int count)
    {
        var processes = new int[count];
        for (int i = 0; i < count; i++)
        {
            Match said = Regex.Match(run.StandardOutput.ReadLine() ?? "", "rank ([0-9]) is process ([0-9]+)");
            Assert.That(said.Success, Is.True, "the processes did not start");
            processes[Number(said.Groups[1])] = Number(said.Groups[2]);
        }

        return processes;

        static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);
    }

    /// <summary>The path of a program; null if it is not installed.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>The launcher of an MPI, under the name that Debian and its relatives give it.</summary>
    public static string Launcher(MpiKind kind)
    {
        string name = kind == MpiKind.OpenMpi ? "mpirun.openmpi" : "mpirun.mpich";
        if (Find(name) is { } path)
            return path;
        Assert.Ignore($"{name} is not installed");
        return "";
    }

    /// <summary>Starts a command with a launcher.</summary>
    public static Process Start(string launcher, MpiKind kind, int processes, string[] command, params (string Name, string Value)[] environment)
    {
        string[] options = kind == MpiKind.OpenMpi ? ["--allow-run-as-root", "--oversubscribe"] : [];
        var start = new ProcessStartInfo(launcher, [.. options, "-n", $"{processes}", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Open MPI gives its processes a terminal, which the runtime would send commands to.
        start.Environment["TERM"] = "dumb";
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
