using System.Diagnostics;

namespace NeuralNetFromScratch.Tests.Reference;

/// <summary>Debian's Python with its packages, where they are installed.</summary>
internal static class Peer
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Runs a script, whose path is as in the tests' source. Where its modules are missing the test is skipped, and says so.</summary>
    public static string Run(string module, string script, params string[] arguments)
    {
        if (!File.Exists(Python) || Start("-c", $"import {module}").Code != 0)
            Assert.Ignore($"{module} is not installed (Debian: python3-{module})");
        (int code, string output, string error) = Start([Path.Combine(TestContext.CurrentContext.TestDirectory, script), .. arguments]);
        Assert.That(code, Is.Zero, error);
        return output;
    }

    private static (int Code, string Output, string Error) Start(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
