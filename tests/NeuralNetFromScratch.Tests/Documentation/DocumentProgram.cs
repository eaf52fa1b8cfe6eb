namespace NeuralNetFromScratch.Tests.Documentation;

/// <summary>A program that a document shows, in one C# block or several.</summary>
/// <param name="Document">The document's path in the repository.</param>
/// <param name="Line">The line of the first block, from 1.</param>
internal sealed record DocumentProgram(string Document, int Line)
{
    /// <summary>The C# blocks, with the line where each begins and what a comment before it says is given.</summary>
    public List<(int Line, string Code)> Blocks { get; } = [];

    /// <summary>What the document says that it prints.</summary>
    public List<string> Output { get; } = [];

    /// <summary>Files that the document gives it.</summary>
    public Dictionary<string, string> Files { get; } = [];

    /// <summary>Whether it is a program of ASP.NET Core.</summary>
    public bool IsWeb => Blocks.Exists(block => block.Code.Contains("WebApplication", StringComparison.Ordinal));

    public override string ToString() => $"{Document}:{Line}";
}
