using System.Diagnostics;
using System.Text.Json;
using NeuralNetFromScratch.Data;
using NeuralNetFromScratch.Tests.Data;

namespace NeuralNetFromScratch.Tests.Samples;

/// <summary>Runs the sample as a user does.</summary>
public class MnistSampleTests
{
    [Test]
    public void One_epoch_reaches_a_floor()
    {
        using var folder = new TemporaryFolder();
        Run run = Start("--epochs", "1", "--json", folder.File("run.json"));
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(folder.File("run.json")));
        string dataset = json.RootElement.GetProperty("dataset").GetString()!;
        TestContext.Out.WriteLine($"trained on {dataset}");
        Assert.That(json.RootElement.GetProperty("testAccuracy").GetDouble(), Is.GreaterThan(0.94), dataset);
        Assert.That(json.RootElement.GetProperty("parameters").GetInt32(), Is.EqualTo(101_770));
        Assert.That(json.RootElement.GetProperty("epochSeconds").GetArrayLength(), Is.EqualTo(1));
        Assert.That(run.Output, Does.Contain("Confusion matrix").And.Contain("mistakes first").And.Not.Contain("\u001b["), "plain lines where there is no terminal");
    }

    [Test]
    public void The_lab_recipe_descends_on_all_samples_at_once()
    {
        using TemporaryFolder folder = SmallSet();
        Run run = Start("--data", folder.Root, "--recipe", "lab", "--epochs", "21", "--json", folder.File("run.json"));
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(folder.File("run.json")));
        Assert.That(json.RootElement.GetProperty("dataset").GetString(), Is.EqualTo("custom"));
        JsonElement[] curve = [.. json.RootElement.GetProperty("curve").EnumerateArray()];
        Assert.That(curve.Select(point => point.GetProperty("step").GetInt32()), Is.EqualTo((int[])[0, 10, 20]));
        Assert.That(curve[2].GetProperty("trainAccuracy").GetDouble(), Is.GreaterThan(curve[0].GetProperty("trainAccuracy").GetDouble()));
    }

    [TestCase("--epochs 0", "--epochs must be")]
    [TestCase("--batch-size -1", "--batch-size must be")]
    [TestCase("--hidden 128,x", "--hidden must be")]
    [TestCase("--optimizer foo", "--optimizer must be")]
    [TestCase("--learning-rate nan", "--learning-rate must be")]
    [TestCase("--momentum 1", "--momentum must be")]
    [TestCase("--optimizer adam --momentum 0.5", "--momentum goes with")]
    [TestCase("--threads 0", "--threads must be")]
    [TestCase("--recipe cake", "--recipe must be")]
    [TestCase("--bogus", "--bogus")]
    [TestCase("--data /does/not/exist", "train-images-idx3-ubyte")]
    public void Bad_values_get_one_clear_line_and_exit_code_2(string arguments, string message)
    {
        Run run = Start(arguments.Split(' '));
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error.TrimEnd().Split('\n'), Has.Length.EqualTo(1).And.One.Contains(message));
    }

    [Test]
    public void Holding_out_everything_is_refused()
    {
        using TemporaryFolder folder = SmallSet();
        Run run = Start("--data", folder.Root, "--validation", "300");
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("--validation must leave samples"));
    }

    private static TemporaryFolder SmallSet()
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

    private static Run Start(params string[] arguments)
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
        return new Run(process.ExitCode, output, error.Result);
    }

    private sealed record Run(int ExitCode, string Output, string Error);
}
