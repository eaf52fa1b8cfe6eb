using System.Diagnostics;
using NeuralNetFromScratch.Tests.Data;

namespace NeuralNetFromScratch.Tests.Samples;

/// <summary>Runs the command line tool and other programs of the repository, each as a process of its own.</summary>
internal static class SampleProcess
{
    /// <summary>The command line tool, beside the tests.</summary>
    public static string Tool => Path.Combine(TestContext.CurrentContext.TestDirectory, "NeuralNetFromScratch.Tool.dll");

    /// <summary>Runs the tool, which has to exit with 0, and returns what it prints.</summary>
    public static string Succeed(params string[] arguments)
    {
        (int code, string output, string error) = Start(arguments);
        Assert.That(code, Is.Zero, error);
        return output;
    }

    /// <summary>Runs the tool.</summary>
    public static (int Code, string Output, string Error) Start(params string[] arguments) => End(Launch("dotnet", [Tool, .. arguments]));

    /// <summary>Runs a program that is built under its own project.</summary>
    /// <param name="project">The project's folder in the repository, named as its assembly.</param>
    /// <param name="folder">The folder to run it in.</param>
    /// <param name="arguments">Its arguments.</param>
    public static (int Code, string Output, string Error) StartProgram(string project, string folder, params string[] arguments) =>
        End(Launch("dotnet", folder, [Built(project), .. arguments]));

    /// <summary>Starts a program, and does not wait for it.</summary>
    public static Process Launch(string program, params string[] arguments) => Launch(program, TestContext.CurrentContext.WorkDirectory, arguments);

    /// <summary>The assembly of a project, built in the same configuration as this one.</summary>
    public static string Built(string project)
    {
        var framework = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        DirectoryInfo configuration = framework.Parent!, root = configuration.Parent!.Parent!.Parent!.Parent!;
        return Path.Combine(root.FullName, project, "bin", configuration.Name, framework.Name, $"{Path.GetFileName(project)}.dll");
    }

    private static Process Launch(string program, string folder, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private static (int Code, string Output, string Error) End(Process started)
    {
        using Process process = started;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    /// <summary>A folder with digits in MNIST's format: 300 to train on, 50 to test with.</summary>
    public static TemporaryFolder SmallSet()
    {
        var folder = new TemporaryFolder();
        Write("train", 300);
        Write("t10k", 50);
        return folder;

        void Write(string prefix, int count)
        {
            Dataset digits = SyntheticDigits.Create(count, 1);
            var pixels = new byte[count * 784];
            var labels = new byte[count];
            var features = new float[784];
            for (int i = 0; i < count; i++)
            {
                digits.CopyFeatures(i, features);
                labels[i] = (byte)digits.GetLabel(i);
                for (int p = 0; p < 784; p++)
                    pixels[i * 784 + p] = (byte)Math.Round(features[p] * 255);
            }

            IdxFile.Write(folder.File($"{prefix}-images-idx3-ubyte"), [count, 28, 28], pixels);
            IdxFile.Write(folder.File($"{prefix}-labels-idx1-ubyte"), [count], labels);
        }
    }
}
