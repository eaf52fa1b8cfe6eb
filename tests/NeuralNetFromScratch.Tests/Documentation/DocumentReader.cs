using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace NeuralNetFromScratch.Tests.Documentation;

/// <summary>
/// The programs and links of the documents. A C# block that has using directives begins a program; those after it go on with it. A block
/// of plain text after a C# block is what the program prints there, with … for whatever differs. Comments say what readers need not see:
/// <c>&lt;!-- given: CODE --&gt;</c> before a fragment, <c>&lt;!-- file: NAME --&gt;</c> before the contents of a file.
/// </summary>
internal static class DocumentReader
{
    private const string Given = "<!-- given:", File = "<!-- file:", CommentEnd = "-->";

    /// <summary>The folder with the solution.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The documents that are checked, by their paths in the repository.</summary>
    public static IEnumerable<string> Documents =>
    [
        "README.md",
        .. Directory.EnumerateFiles(Path.Combine(Repository, "docs"), "*.md").Select(path => $"docs/{Path.GetFileName(path)}").Order(StringComparer.Ordinal),
        "src/NeuralNetFromScratch/PACKAGE.md",
        "src/NeuralNetFromScratch.Images/PACKAGE.md",
        "src/NeuralNetFromScratch.Mpi/PACKAGE.md",
        "src/NeuralNetFromScratch.Onnx/PACKAGE.md",
        "src/NeuralNetFromScratch.Tables/PACKAGE.md",
        "src/NeuralNetFromScratch.Tool/PACKAGE.md",
    ];

    public static IEnumerable<DocumentProgram> Programs => Documents.SelectMany(ProgramsOf);

    /// <summary>Where a document's links and pictures lead.</summary>
    public static IEnumerable<string> Links(string document) => Parse(document).Descendants<LinkInline>().Select(link => link.Url ?? "");

    private static List<DocumentProgram> ProgramsOf(string document)
    {
        var programs = new List<DocumentProgram>();
        var files = new Dictionary<string, string>();
        string comment = "";
        bool followsCode = false;
        foreach (Block block in Parse(document))
        {
            if (block is HtmlBlock html)
            {
                comment = html.Lines.ToString().Trim();
                continue;
            }

            if (block is FencedCodeBlock { Info: "csharp" } code)
            {
                string text = code.Lines.ToString();
                if (text.StartsWith("using ", StringComparison.Ordinal))
                    programs.Add(new(document, block.Line + 1));
                Assert.That(programs, Is.Not.Empty, $"{document}:{block.Line + 1}: a program begins with its using directives");
                if (Argument(comment, Given) is { } given)
                    programs[^1].Blocks.Add((block.Line + 1, given));
                programs[^1].Blocks.Add((block.Line + 2, text));
                foreach ((string name, string contents) in files)
                    programs[^1].Files[name] = contents;
            }
            else if (block is FencedCodeBlock { Info: "text" } output && followsCode)
            {
                programs[^1].Output.AddRange(output.Lines.ToString().Split('\n').Where(line => line.Length > 0));
            }
            else if (block is FencedCodeBlock file && Argument(comment, File) is { } fileName)
            {
                files[fileName] = file.Lines + "\n";
            }

            followsCode = block is FencedCodeBlock { Info: "csharp" } || (followsCode && block is ParagraphBlock);
            comment = "";
        }

        return programs;
    }

    private static string? Argument(string comment, string kind) =>
        comment.StartsWith(kind, StringComparison.Ordinal) ? comment[kind.Length..^CommentEnd.Length].Trim() : null;

    private static MarkdownDocument Parse(string document) =>
        Markdown.Parse(System.IO.File.ReadAllText(Path.Combine(Repository, document)), new MarkdownPipelineBuilder().UsePipeTables().Build());

    private static string FindRepository()
    {
        string folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "NeuralNetFromScratch.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests do not lie in the repository");
        return folder;
    }
}
