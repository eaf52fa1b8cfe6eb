using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NeuralNetFromScratch.Tests.Documentation;

namespace NeuralNetFromScratch.Tests.Architecture;

/// <summary>The sources of the core, compiled, so that every name in them leads to what it means.</summary>
internal static class CoreSources
{
    /// <summary>The error that native functions give, whose other half a source generator writes.</summary>
    public const string WrittenByAGenerator = "CS8795";

    private static readonly ConcurrentDictionary<SyntaxTree, SemanticModel> Models = new();

    /// <summary>The core's folder.</summary>
    public static string Root { get; } = Path.Combine(DocumentReader.Repository, "src", "NeuralNetFromScratch");

    /// <summary>The sources as one compilation; a tree's path begins with its folder, as "Layers/Dense.cs".</summary>
    public static CSharpCompilation Compilation { get; } = Compile();

    /// <summary>The trees of files, without the implicit usings.</summary>
    public static IEnumerable<SyntaxTree> Trees => Compilation.SyntaxTrees.Where(tree => tree.FilePath.Length > 0);

    /// <summary>What the names in a tree mean; looked up once for all tests.</summary>
    public static SemanticModel Meaning(SyntaxTree tree) => Models.GetOrAdd(tree, static key => Compilation.GetSemanticModel(key));

    /// <summary>The files below a folder that a person writes: what is built stays out.</summary>
    public static IEnumerable<string> Written(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "artifacts"))
            .Order(StringComparer.Ordinal);

    /// <summary>The folder of a file: the first part of its path.</summary>
    public static string Folder(string path) => path.Contains('/', StringComparison.Ordinal) ? path[..path.IndexOf('/', StringComparison.Ordinal)] : "";

    private static CSharpCompilation Compile()
    {
        IEnumerable<SyntaxTree> trees = Written(Root, "*.cs").Select(path => CSharpSyntaxTree.ParseText(
            File.ReadAllText(path), DocumentCompiler.Language, Path.GetRelativePath(Root, path).Replace(Path.DirectorySeparatorChar, '/')));
        // All that the tests run with but the library itself: the framework and the core's own packages.
        IEnumerable<MetadataReference> references = DocumentCompiler.References
            .Where(reference => Path.GetFileName(reference.Display!) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "mscorlib.dll" or "netstandard.dll"));
        return CSharpCompilation.Create(
            "NeuralNetFromScratch",
            [CSharpSyntaxTree.ParseText(DocumentCompiler.ImplicitUsings, DocumentCompiler.Language), .. trees],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
    }
}
