using System.Text.Json;
using NeuralNetFromScratch.Tests.Data;

namespace NeuralNetFromScratch.Tests.Samples;

/// <summary>Runs the sample as a user does.</summary>
[Category("Process")]
public class MnistSampleTests
{
    [Test]
    public void One_epoch_reaches_a_floor()
    {
        using var folder = new TemporaryFolder();
        (int code, string output, string error) = SampleProcess.Start("--epochs", "1", "--json", folder.File("run.json"));
        Assert.That(code, Is.Zero, error);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(folder.File("run.json")));
        string dataset = json.RootElement.GetProperty("dataset").GetString()!;
        TestContext.Out.WriteLine($"trained on {dataset}");
        Assert.That(json.RootElement.GetProperty("testAccuracy").GetDouble(), Is.GreaterThan(0.94), dataset);
        Assert.That(json.RootElement.GetProperty("parameters").GetInt32(), Is.EqualTo(101_770));
        Assert.That(json.RootElement.GetProperty("epochSeconds").GetArrayLength(), Is.EqualTo(1));
        Assert.That(output, Does.Contain("Confusion matrix").And.Contain("mistakes first").And.Not.Contain("\u001b["), "plain lines where there is no terminal");
    }

    [Test]
    public void The_lab_recipe_descends_on_all_samples_at_once()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        (int code, string output, string error) = SampleProcess.Start("--data", folder.Root, "--recipe", "lab", "--epochs", "21", "--json", folder.File("run.json"));
        Assert.That(code, Is.Zero, error);
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
        (int code, string output, string error) = SampleProcess.Start(arguments.Split(' '));
        Assert.That(code, Is.EqualTo(2));
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1).And.One.Contains(message));
    }

    [Test]
    public void Holding_out_everything_is_refused()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        (int code, string output, string error) = SampleProcess.Start("--data", folder.Root, "--validation", "300");
        Assert.That(code, Is.EqualTo(2));
        Assert.That(error, Does.Contain("--validation must leave samples"));
    }
}
