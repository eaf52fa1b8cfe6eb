using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NeuralNetFromScratch.Tests.Documentation;

namespace NeuralNetFromScratch.Tests.Architecture;

/// <summary>The rules of the house, checked on its sources.</summary>
public class ArchitectureTests
{
    private const int MostLines = 300;

    /// <summary>Each folder of the core uses those before it in this list, and no other.</summary>
    private static readonly string[] Folders =
    [
        "Numerics", "Tensors", "Randomness", "Files", "Compute", "Parts", "Initializers", "Schedules", "Activations", "Metrics", "Losses", "Optimizers", "Data", "Layers",
        "Networks", "Storage", "Training", "Estimators", "Checks",
    ];

    /// <summary>Where the parts of each kind lie.</summary>
    private static readonly (string Base, string Folder)[] Homes =
    [
        ("Initializer", "Initializers"), ("LearningRateSchedule", "Schedules"), ("Activation", "Activations"), ("Metric", "Metrics"), ("Loss", "Losses"),
        ("Optimizer", "Optimizers"), ("Dataset", "Data"), ("Augmentation", "Data"), ("Layer", "Layers"), ("TrainingCallback", "Training"),
    ];

    [Test]
    public void The_sources_compile_by_themselves() =>
        Assert.That(CoreSources.Compilation.GetDiagnostics().Where(problem => problem.Severity == DiagnosticSeverity.Error && problem.Id != CoreSources.WrittenByAGenerator).Select(problem => problem.ToString()), Is.Empty);

    [Test]
    public void Every_source_lies_in_a_folder_of_the_list() =>
        Assert.That(CoreSources.Trees.Select(tree => tree.FilePath).Where(path => !Folders.Contains(CoreSources.Folder(path))), Is.Empty);

    [Test]
    public void A_folder_uses_only_the_folders_above_it()
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (SyntaxTree tree in CoreSources.Trees)
        {
            SemanticModel model = CoreSources.Meaning(tree);
            int floor = Floor(tree.FilePath);
            foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (model.GetSymbolInfo(name).Symbol is { } symbol && Declared(symbol) is { } path && Floor(path) > floor)
                    found.TryAdd($"{tree.FilePath} -> {CoreSources.Folder(path)}", $"{Place(name)} uses {symbol.ToDisplayString()} of {path}");
            }
        }

        AssertNone(found);
    }

    [Test]
    public void Pointers_are_used_in_Compute_only()
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (SyntaxTree tree in CoreSources.Trees.Where(tree => CoreSources.Folder(tree.FilePath) != "Compute"))
        {
            SemanticModel model = CoreSources.Meaning(tree);
            foreach (SyntaxToken token in tree.GetRoot().DescendantTokens().Where(token => token.IsKind(SyntaxKind.UnsafeKeyword) || token.IsKind(SyntaxKind.FixedKeyword)))
                found.TryAdd(tree.FilePath, $"{Place(token.Parent!)}: {token}");
            foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>().Where(name => IsPointerLike(model.GetSymbolInfo(name).Symbol)))
                found.TryAdd(tree.FilePath, $"{Place(name)}: {name.Parent}");
        }

        AssertNone(found);
    }

    [Test]
    public void Native_functions_are_declared_in_one_file_of_Files()
    {
        string[] declared =
        [
            .. CoreSources.Trees
                .Where(tree => tree.GetRoot().DescendantNodes().OfType<AttributeSyntax>().Any(attribute => attribute.Name.ToString() is "DllImport" or "LibraryImport"))
                .Select(tree => tree.FilePath),
        ];
        Assert.That(declared, Has.Length.LessThanOrEqualTo(1).And.All.StartsWith("Files/"));
    }

    [Test]
    public void No_source_has_more_than_300_lines()
    {
        string sources = Path.Combine(DocumentReader.Repository, "src");
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string path in CoreSources.Written(sources, "*.cs"))
        {
            int lines = File.ReadLines(path).Count();
            if (lines > MostLines)
                found.Add(Path.GetRelativePath(sources, path).Replace(Path.DirectorySeparatorChar, '/'), $"{path} has {lines} lines");
        }

        AssertNone(found);
    }

    [Test]
    public void No_project_uses_a_sample()
    {
        string[] uses =
        [
            .. from path in CoreSources.Written(DocumentReader.Repository, "*.csproj")
            from reference in XDocument.Load(path).Descendants("ProjectReference")
            where reference.Attribute("Include")!.Value.Replace('\\', '/').Contains("samples/", StringComparison.Ordinal)
            // Built before, to be run as a program.
            where reference.Attribute("ReferenceOutputAssembly")?.Value != "false"
            select $"{path}: {reference}",
        ];
        Assert.That(uses, Is.Empty);
    }

    [Test]
    public void The_rooms_are_built_with_the_public_interface_alone()
    {
        string rooms = Path.Combine(DocumentReader.Repository, "tests", "NeuralNetFromScratch.Tests", "Rooms");
        string[] sources = ["global using NUnit.Framework;", DocumentCompiler.ImplicitUsings, .. CoreSources.Written(rooms, "*.cs").Select(File.ReadAllText)];
        // In an assembly to which the library shows no internals.
        var stranger = CSharpCompilation.Create(
            "Stranger",
            sources.Select(source => CSharpSyntaxTree.ParseText(source, DocumentCompiler.Language)),
            DocumentCompiler.References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        Assert.That(stranger.GetDiagnostics().Where(problem => problem.Severity == DiagnosticSeverity.Error && problem.Id != CoreSources.WrittenByAGenerator).Select(problem => problem.ToString()), Is.Empty);
    }

    [Test]
    public void No_state_is_static()
    {
        string[] state =
        [
            .. from tree in CoreSources.Trees
            let model = CoreSources.Meaning(tree)
            from declaration in tree.GetRoot().DescendantNodes()
            where declaration is VariableDeclaratorSyntax or PropertyDeclarationSyntax
            let symbol = model.GetDeclaredSymbol(declaration)
            where symbol is IFieldSymbol { IsStatic: true, IsConst: false, IsReadOnly: false } or IPropertySymbol { IsStatic: true, SetMethod: not null }
            select $"{Place(declaration)}: {symbol.ToDisplayString()}",
        ];
        Assert.That(state, Is.Empty);
    }

    [Test]
    public void Public_types_are_in_the_root_namespace()
    {
        string[] elsewhere = [.. PublicTypes().Where(type => type.ContainingNamespace.ToDisplayString() != "NeuralNetFromScratch").Select(type => type.ToDisplayString())];
        Assert.That(elsewhere, Is.Empty);
    }

    [Test]
    public void A_public_part_lies_in_the_folder_of_its_kind()
    {
        string[] strays =
        [
            .. from type in PublicTypes()
            from home in Homes
            where BasesAndSelf(type).Any(ancestor => ancestor.Name == home.Base)
            let folder = CoreSources.Folder(Declared(type)!)
            where folder != home.Folder
            select $"{type.Name}, a {home.Base}, is in {folder}",
        ];
        Assert.That(strays, Is.Empty);
    }

    [Test]
    public void A_file_with_public_types_is_named_after_a_type_in_it()
    {
        string[] misnamed =
        [
            .. PublicTypes().GroupBy(type => Declared(type)!)
                .Where(file => !CoreSources.Compilation.ContainsSymbolsWithName(Path.GetFileName(file.Key).Split('.')[0], SymbolFilter.Type))
                .Select(file => $"{file.Key} has {string.Join(", ", file.Select(type => type.Name))}"),
        ];
        Assert.That(misnamed, Is.Empty);
    }

    private static IEnumerable<INamedTypeSymbol> PublicTypes() =>
        from tree in CoreSources.Trees
        let model = CoreSources.Meaning(tree)
        from declaration in tree.GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        let type = (INamedTypeSymbol)model.GetDeclaredSymbol(declaration)!
        where type.DeclaredAccessibility == Accessibility.Public && type.ContainingType is null
        select type;

    private static IEnumerable<INamedTypeSymbol> BasesAndSelf(INamedTypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
            yield return type;
    }

    /// <summary>Where a type or a member of the core is declared; of several places, the one that is highest in the list. Null elsewhere.</summary>
    private static string? Declared(ISymbol symbol) => symbol is INamedTypeSymbol or IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol
        ? symbol.OriginalDefinition.Locations.Select(location => location.SourceTree?.FilePath).Where(path => path?.Length > 0).MinBy(path => Floor(path!))
        : null;

    private static int Floor(string path) => Array.IndexOf(Folders, CoreSources.Folder(path));

    private static bool IsPointerLike(ISymbol? symbol) => symbol?.ToDisplayString() is { } name
        && (name == "System.Runtime.CompilerServices.Unsafe"
            || (symbol is IMethodSymbol { ContainingType.Name: "MemoryMarshal" } && symbol.Name is "GetReference" or "GetArrayDataReference" or "CreateSpan" or "CreateReadOnlySpan"));

    private static string Place(SyntaxNode node) => $"{node.SyntaxTree.FilePath}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";

    private static void AssertNone(SortedDictionary<string, string> found) => Assert.That(found, Is.Empty, string.Join('\n', found.Values));
}
