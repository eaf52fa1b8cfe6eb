using System.Text.RegularExpressions;

namespace NeuralNetFromScratch.Tests.Documentation;

/// <summary>What the documents show compiles, runs, and prints what they say; what they link to is there.</summary>
public class DocumentTests
{
    [Category("Process")]
    [TestCaseSource(nameof(Programs))]
    public void A_program_compiles_runs_and_prints_what_its_document_says(object shown)
    {
        var program = (DocumentProgram)shown;
        string output = DocumentRun.Output(program);
        Queue<string> lines = new(output.Split('\n').Select(line => line.TrimEnd()));
        foreach (string expected in program.Output)
        {
            var pattern = new Regex($"^{Regex.Escape(expected.TrimEnd()).Replace("…", ".*", StringComparison.Ordinal)}$");
            while (lines.Count > 0 && !pattern.IsMatch(lines.Peek()))
                lines.Dequeue();
            Assert.That(lines, Is.Not.Empty, $"{program} does not print, or not in this place:\n{expected}\nIt prints:\n{output}");
            lines.Dequeue();
        }
    }

    [TestCaseSource(nameof(Documents))]
    public void Links_lead_to_files_of_the_repository(string document)
    {
        string folder = Path.GetDirectoryName(Path.Combine(DocumentReader.Repository, document))!;
        string[] broken =
        [
            .. DocumentReader.Links(document)
                .Where(link => !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith('#'))
                .Where(link => !Path.Exists(Path.Combine(folder, link.Split('#')[0]))),
        ];
        Assert.That(broken, Is.Empty);
    }

    private static IEnumerable<TestCaseData> Programs() =>
        DocumentReader.Programs.Select(program => new TestCaseData(program).SetArgDisplayNames(program.ToString()));

    private static IEnumerable<string> Documents() => DocumentReader.Documents;
}
