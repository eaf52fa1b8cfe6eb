using System.Diagnostics;
using NeuralNetFromScratch.Data;
using NeuralNetFromScratch.Tests.Data;

namespace NeuralNetFromScratch.Tests.Samples;

/// <summary>Runs the sample as a process of its own.</summary>
internal static class SampleProcess
{
    public static string Succeed(params string[] arguments)
    {
        (int code, string output, string error) = Start(arguments);
        Assert.That(code, Is.Zero, error);
        return output;
    }

    public static (int Code, string Output, string Error) Start(params string[] arguments)
    {
        string program = Path.Combine(TestContext.CurrentContext.TestDirectory, "Mnist.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
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
                digits.CopySample(i, features);
                labels[i] = (byte)digits.Label(i);
                for (int p = 0; p < 784; p++)
                    pixels[i * 784 + p] = (byte)Math.Round(features[p] * 255);
            }

            IdxFile.Write(folder.File($"{prefix}-images-idx3-ubyte"), [count, 28, 28], pixels);
            IdxFile.Write(folder.File($"{prefix}-labels-idx1-ubyte"), [count], labels);
        }
    }
}
