using System.Text.Json;
using NeuralNetFromScratch.Tests.Data;

namespace NeuralNetFromScratch.Tests.Samples;

/// <summary>Runs the sample, which calls the tool, as a user does.</summary>
[Category("Process")]
public class MnistSampleTests
{
    [Test]
    public void One_epoch_reaches_a_floor()
    {
        using var folder = new TemporaryFolder();
        (int code, string output, string error) = SampleProcess.StartProgram("samples/Mnist", folder.Root, "--epochs", "1", "--json", "run.json", "--output", "report");
        Assert.That(code, Is.Zero, error);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(folder.File("run.json")));
        string dataset = json.RootElement.GetProperty("dataset").GetString()!;
        TestContext.Out.WriteLine($"trained on {dataset}");
        Assert.That(json.RootElement.GetProperty("testAccuracy").GetDouble(), Is.GreaterThan(0.94), dataset);
        Assert.That(json.RootElement.GetProperty("parameters").GetInt32(), Is.EqualTo(101_770));
        Assert.That(json.RootElement.GetProperty("epochSeconds").GetArrayLength(), Is.EqualTo(1));
        Assert.That(Directory.GetFiles(folder.File("report"), "*.png"), Has.Length.EqualTo(4), "typeface and native library lie beside the sample");
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
}
