using System.Globalization;
using System.Text.RegularExpressions;
using NeuralNetFromScratch.Tool;
using NeuralNetFromScratch.Tool.Report;
using NeuralNetFromScratch.Tests.Data;
using SkiaSharp;

namespace NeuralNetFromScratch.Tests.Samples;

/// <summary>What the tool writes to its folder.</summary>
public class ToolReportTests
{
    private static readonly string[] Pictures = ["confusion-matrix.png", "first-layer.png", "learning-curves.png", "mistakes.png"];

    [Test]
    public async Task A_training_leaves_its_pictures_and_a_page_that_needs_nothing_else()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        string output = folder.File("new/report");
        await Run("train", "--data", folder.Root, "--epochs", "3", "--validation", "30", "--output", output, "--model", folder.File("model"));
        Assert.That(FileNames(output), Is.EqualTo((string[])[.. Pictures, "report.html"]));
        foreach (string name in Pictures)
            AssertIsDrawn(Path.Combine(output, name));
        string page = await File.ReadAllTextAsync(Path.Combine(output, "report.html"));
        string[] sources = [.. Regex.Matches(page, "(?:src|srcset|href)=\"([^\"]{0,30})").Select(match => match.Groups[1].Value)];
        Assert.That(sources, Has.Length.EqualTo(8).And.All.StartsWith("data:image/png;base64,"), "each picture, light and dark");
        Assert.That(page, Does.Not.Contain("url(").And.Not.Contain("<script").And.Not.Contain("@import"));
        Assert.That(page, Does.Contain("test accuracy").And.Contain("validation accuracy").And.Contain("<th scope=\"row\">seed</th><td>42</td>").And.Contain("3 of 3"));

        string evaluated = folder.File("evaluated");
        await Run("evaluate", "--data", folder.Root, "--model", folder.File("model"), "--output", evaluated);
        Assert.That(FileNames(evaluated), Is.EqualTo((string[])["confusion-matrix.png", "first-layer.png", "mistakes.png", "report.html"]), "nothing was trained");
    }

    [Test]
    public void An_image_without_contents_is_omitted_and_an_earlier_one_is_deleted()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        NeuralNetFromScratch.Dataset test = NeuralNetFromScratch.Mnist.Load(folder.Root).Test;
        var network = new Sequential([28, 28], 1, new ActivationLayer(Activation.Tanh), new Dense(10));
        File.WriteAllText(folder.File("mistakes.png"), "of an earlier run");
        var confusion = ConfusionMatrix.FromPredictions([0, 1], [0, 1], 10);
        IReadOnlyList<string> written = ReportFolder.Write(folder.Root, new RunReport
        {
            Title = "<b>&",
            Network = network,
            Test = test,
            Evaluation = new EvaluationResult(
                2, 0, 0, [new Accuracy(), new ConfusionMatrixMetric()], [new(1), new(1) { ConfusionMatrix = confusion }], []),
            Predictions = [new Prediction(0, 0, 1, 0), new Prediction(1, 1, 1, 1)],
            Settings = [],
        });
        Assert.That(written, Is.EqualTo((string[])["report.html", "confusion-matrix.png", "first-layer.png"]));
        Assert.That(File.Exists(folder.File("mistakes.png")), Is.False);
        Assert.That(File.ReadAllText(folder.File("report.html")), Does.Contain("<title>&lt;b&gt;&amp;</title>"));
    }

    [Test]
    public void Labels_are_drawn_without_installed_typefaces()
    {
        using var font = new SKFont(InterFont.Regular, 12);
        foreach (char needed in "0123456789,.%·±abcdefghijklmnopqrstuvwxyz")
            Assert.That(font.GetGlyph(needed), Is.Not.Zero, $"{needed}");
        Assert.That(InterFont.Regular.FamilyName, Is.EqualTo("Inter"));
    }

    [Test]
    public void Colours_of_cells_leave_their_numbers_readable([Values(0, 0.25, 0.5, 0.75, 1)] double share)
    {
        foreach (Theme theme in (Theme[])[Theme.Light, Theme.Dark])
        {
            SKColor cell = Theme.Mix(theme.Background, theme.Orange, share), text = Theme.TextOn(cell);
            double first = Luminance(cell), second = Luminance(text);
            Assert.That((Math.Max(first, second) + 0.05) / (Math.Min(first, second) + 0.05), Is.GreaterThan(4.5), "contrast after WCAG 2, level AA");
        }

        static double Luminance(SKColor colour) => 0.2126 * Linear(colour.Red) + 0.7152 * Linear(colour.Green) + 0.0722 * Linear(colour.Blue);

        static double Linear(byte channel) => channel <= 10 ? channel / 255.0 / 12.92 : Math.Pow((channel / 255.0 + 0.055) / 1.055, 2.4);
    }

    private static void AssertIsDrawn(string path)
    {
        using SKBitmap picture = SKBitmap.Decode(path);
        SKColor[] pixels = picture.Pixels;
        double white = pixels.Count(pixel => pixel == SKColors.White) / (double)pixels.Length;
        Assert.That(white, Is.InRange(0.1, 0.99), path);
        // Nothing is cut off: the outermost pixels are empty.
        for (int x = 0; x < picture.Width; x++)
            Assert.That((picture.GetPixel(x, 0), picture.GetPixel(x, picture.Height - 1)), Is.EqualTo((SKColors.White, SKColors.White)), $"{path}, column {x}");
        for (int y = 0; y < picture.Height; y++)
            Assert.That((picture.GetPixel(0, y), picture.GetPixel(picture.Width - 1, y)), Is.EqualTo((SKColors.White, SKColors.White)), $"{path}, row {y}");
    }

    private static string[] FileNames(string folder) => [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private static async Task Run(params string[] arguments)
    {
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        Assert.That(await ToolProgram.RunAsync(arguments, error, CancellationToken.None), Is.Zero, error.ToString());
    }
}
