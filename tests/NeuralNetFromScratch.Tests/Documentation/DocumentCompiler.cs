using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace NeuralNetFromScratch.Tests.Documentation;

/// <summary>Compiles a document's program as a console project of .NET does.</summary>
internal static class DocumentCompiler
{
    /// <summary>What a project of .NET uses without saying so.</summary>
    public const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    /// <summary>What a project of ASP.NET Core uses besides.</summary>
    private const string WebImplicitUsings = """
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    /// <summary>The language of the repository's projects.</summary>
    public static CSharpParseOptions Language { get; } = new(LanguageVersion.Latest);

    /// <summary>All assemblies that the tests run with.</summary>
    public static IReadOnlyList<MetadataReference> References { get; } =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>The assemblies of ASP.NET Core, which lie beside those of .NET.</summary>
    private static IEnumerable<MetadataReference> WebReferences
    {
        get
        {
            DirectoryInfo runtime = new FileInfo(typeof(object).Assembly.Location).Directory!;
            string folder = Path.Combine(runtime.Parent!.Parent!.FullName, "Microsoft.AspNetCore.App", runtime.Name);
            return Directory.EnumerateFiles(folder, "*.dll").Select(path => MetadataReference.CreateFromFile(path));
        }
    }

    /// <summary>Writes the program to a file; fails with the compiler's messages, at the document's lines.</summary>
    /// <param name="program">The program.</param>
    /// <param name="path">The assembly to write.</param>
    /// <param name="given">A source that is compiled with it.</param>
    /// <param name="replacements">Text of the source that is replaced.</param>
    public static void Compile(DocumentProgram program, string path, string given = "", params (string Old, string New)[] replacements)
    {
        string source = Source(program);
        foreach ((string old, string replacement) in replacements)
            source = source.Replace(old, replacement, StringComparison.Ordinal);
        string[] sources = [source, ImplicitUsings, given, .. program.IsWeb ? [WebImplicitUsings] : (string[])[]];
        var compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(path),
            sources.Select(text => CSharpSyntaxTree.ParseText(text, Language)),
            program.IsWeb ? [.. References, .. WebReferences] : References,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        Diagnostic[] problems = [.. compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)];
        Assert.That(problems, Is.Empty, string.Join("\n", problems.Select(problem => problem.ToString())));
        Assert.That(compilation.Emit(path).Success, program.ToString());
    }

    /// <summary>All directives, then all statements, then all types, as the language wants them.</summary>
    private static string Source(DocumentProgram program)
    {
        var usings = new List<string>();
        StringBuilder statements = new(), types = new();
        foreach ((int line, string code) in program.Blocks)
        {
            var unit = (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(code, Language).GetRoot();
            usings.AddRange(unit.Usings.Select(directive => directive.ToString()));
            foreach (MemberDeclarationSyntax member in unit.Members)
            {
                int memberLine = line + unit.SyntaxTree.GetLineSpan(member.Span).StartLinePosition.Line;
                (member is GlobalStatementSyntax ? statements : types).Append(CultureInfo.InvariantCulture, $"#line {memberLine} \"{program.Document}\"\n{member}\n");
            }
        }

        return $"{string.Join("\n", usings.Distinct())}\n{statements}{types}";
    }
}
