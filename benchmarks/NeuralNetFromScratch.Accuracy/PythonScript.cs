using System.Diagnostics;

namespace NeuralNetFromScratch.Published;

/// <summary>A script that lies beside the program.</summary>
internal static class PythonScript
{
    /// <summary>Runs it with Debian's Python, which has the packages of the distribution.</summary>
    public static void Run(string script, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, script), folder]))!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{script} ended with code {process.ExitCode}");
    }
}
