using System.Globalization;
using System.Text.RegularExpressions;
using NeuralNetFromScratch.Tests.Data;

namespace NeuralNetFromScratch.Tests.Samples;

/// <summary>The samples beside the main one: each says by its exit code whether it did what it shows.</summary>
[Category("Process")]
public class SmallSampleTests
{
    [Test]
    public void Xor_is_learned() => Assert.That(Run("Xor"), Is.Zero);

    [Test]
    public void A_layer_and_an_activation_of_ones_own_pass_the_gradient_check_and_learn() => Assert.That(Run("CustomLayer"), Is.Zero);

    [Test]
    public void Pictures_of_a_folder_are_told_apart() => Assert.That(Run("Images"), Is.Zero);

    [Test]
    public void Irises_are_told_apart()
    {
        (int code, string output, string error) = Tabular();
        Assert.That(code, Is.Zero, error);
        Assert.That(output, Does.Contain("Predicts species from").And.Match(@"sepal length \(cm\) +standardized").And.Contain("Importance: petal"));
        Match found = Regex.Match(output, @"Trained on 120 rows[^$]*?accuracy +(\d\.\d+)");
        Assert.That(double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture), Is.GreaterThanOrEqualTo(0.9));
    }

    [TestCase(';')]
    [TestCase('\t')]
    public void Tables_may_be_separated_otherwise_and_have_the_class_anywhere(char separator)
    {
        using var folder = new TemporaryFolder();
        string[] lines = [.. Enumerable.Range(0, 80).Select(i => $"\"{(i % 2 == 0 ? "even, so to speak" : "odd")}\",{i % 2}.5,{(i == 7 ? "" : "x" + i % 5)}".Replace("even, so", "even so", StringComparison.Ordinal))];
        File.WriteAllText(folder.File("table.csv"), string.Join('\n', ["kind,parity,text", .. lines]).Replace(',', separator));
        (int code, string output, string error) = Tabular(folder.File("table.csv"), "--target", "kind");
        Assert.That(code, Is.Zero, error);
        Assert.That(output, Does.Contain("Predicts kind from").And.Match(@"text +categories +6 ").And.Match(@"accuracy +1\.0000"));
    }

    [Test]
    public void Numbers_are_predicted_too()
    {
        (int code, string output, string error) = Tabular("--target", "petal width (cm)", "--regression");
        Assert.That(code, Is.Zero, error);
        Assert.That(output, Does.Contain("Predicts petal width (cm) from").And.Match(@"r2 +0\.[89]"));
    }

    [TestCase("", "is empty")]
    [TestCase("a,b\n", "has a header, but no rows")]
    [TestCase("a\nx\ny\n", "no column besides the targets")]
    [TestCase("a,b\n1,x\n2\n", "line 3: expected 2 cells, as in the first line, got 1")]
    [TestCase("a,b\n1,x\n1,x\n2,x\n1,x\n1,x\n", "at least two classes")]
    [TestCase("a,b\n1,x\"y\n", "quotation mark")]
    public void A_table_that_cannot_be_learned_gets_one_clear_line(string text, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("table.csv"), text);
        Refused(message, folder.File("table.csv"));
    }

    [Test]
    public void Bad_arguments_get_one_clear_line()
    {
        using var folder = new TemporaryFolder();
        Refused("has no column \"colour\"; it has \"sepal length (cm)\"", "--target", "colour");
        Refused("none.csv", folder.File("none.csv"));
        Refused(folder.Root, folder.Root);
        Refused("--bogus", "--bogus");
    }

    private static void Refused(string message, params string[] arguments)
    {
        (int code, _, string error) = Tabular(arguments);
        Assert.That(code, Is.EqualTo(2));
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1).And.One.Contains(message));
    }

    private static (int Code, string Output, string Error) Tabular(params string[] arguments) => Start("Tabular", arguments);

    private static int Run(string sample) => Start(sample).Code;

    private static (int Code, string Output, string Error) Start(string sample, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        return SampleProcess.StartProgram($"samples/{sample}", folder.Root, arguments);
    }
}
