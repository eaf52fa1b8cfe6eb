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
        (int code, string output, string error) = Run(folder, "--epochs", "1", "--json", "run.json", "--output", "report");
        Assert.That(code, Is.Zero, error);
        JsonElement figures = Figures(folder);
        string dataset = figures.GetProperty("dataset").GetString()!;
        TestContext.Out.WriteLine($"trained on {dataset}");
        Assert.That(figures.GetProperty("testAccuracy").GetDouble(), Is.GreaterThan(0.94), dataset);
        Assert.That(figures.GetProperty("parameters").GetInt32(), Is.EqualTo(101_770));
        Assert.That(figures.GetProperty("epochSeconds").GetArrayLength(), Is.EqualTo(1));
        Assert.That(Directory.GetFiles(folder.File("report"), "*.png"), Has.Length.EqualTo(4), "typeface and native library lie beside the sample");
        Assert.That(Sequential.Load(folder.File("report/digits.safetensors")).OutputShape.ElementCount, Is.EqualTo(10));
        Assert.That(output, Does.Contain("The surest mistakes").And.Not.Contain("\u001b["), "plain lines where there is no terminal");
        Assert.That(output.Split('\n').Max(line => line.TrimEnd().Length), Is.LessThanOrEqualTo(80).Or.GreaterThan(100), "only paths are longer than a line");
    }

    [Test]
    public void The_exit_code_says_whether_the_recipe_reached_its_accuracy()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        (int code, _, string error) = Run(folder, "--data", ".", "--recipe", "lab", "--json", "run.json", "--output", "report");
        double accuracy = Figures(folder).GetProperty("testAccuracy").GetDouble();
        Assert.That(code, Is.EqualTo(accuracy >= 0.83 ? 0 : 1), $"accuracy {accuracy}");
        Assert.That(error, accuracy >= 0.83 ? Is.Empty : Does.Contain("below the 83 % of the recipe"));
    }

    [Test]
    public void The_tool_trains_the_same_recipes([Values("default", "lab", "fast", "cnn")] string recipe)
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        (int code, _, string error) = Run(folder, "--data", ".", "--recipe", recipe, "--epochs", "11", "--threads", "1", "--json", "run.json", "--output", "report");
        Assert.That(code, Is.Zero, error);
        SampleProcess.Succeed("train", "--data", folder.Root, "--recipe", recipe, "--epochs", "11", "--json", folder.File("tool.json"));
        JsonElement sample = Figures(folder), tool = Figures(folder, "tool.json");
        foreach (string name in (string[])["testLoss", "testAccuracy", "parameters", "epochs", "dataset", "curve"])
            Assert.That(sample.GetProperty(name).GetRawText(), Is.EqualTo(tool.GetProperty(name).GetRawText()), name);
        Assert.That(sample.GetProperty("curve").GetArrayLength(), Is.EqualTo(recipe == "lab" ? 2 : 0));
    }

    [TestCase("--epochs many", "--epochs must be a whole number above 0, got many")]
    [TestCase("--recipe cake", "cake")]
    [TestCase("--data none", "train-images-idx3-ubyte")]
    [TestCase("--output file/below", "nothing can be written there")]
    public void A_bad_argument_is_one_line_that_names_it(string arguments, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("file"), "in the way");
        (int code, _, string error) = Run(folder, arguments.Split(' '));
        Assert.That(code, Is.EqualTo(2));
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1).And.One.Contains(message));
    }

    private static (int Code, string Output, string Error) Run(TemporaryFolder folder, params string[] arguments) =>
        SampleProcess.StartProgram("samples/Mnist", folder.Root, arguments);

    private static JsonElement Figures(TemporaryFolder folder, string name = "run.json")
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(folder.File(name)));
        return json.RootElement.Clone();
    }
}
