#:property PublishAot=false
// Checks what is in the packages: dotnet run CheckPackages.cs -- FOLDER FOLDER-OF-A-SECOND-BUILD
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;

const int CoreLimit = 1_000_000;
var failures = new List<string>();
string folder = args[0], second = args[1];
foreach (string id in (string[])["NeuralNetFromScratch", "NeuralNetFromScratch.Onnx", "NeuralNetFromScratch.Images", "NeuralNetFromScratch.Mpi", "NeuralNetFromScratch.Tables"])
{
    string path = Directory.GetFiles(folder, $"{id}.?.*.nupkg").Single(file => char.IsAsciiDigit(Path.GetFileName(file)[id.Length + 1]));
    long size = new FileInfo(path).Length;
    Dictionary<string, byte[]> package = Read(path), symbols = Read(Path.ChangeExtension(path, ".snupkg"));
    Console.WriteLine($"{Path.GetFileName(path)}: {size:N0} bytes, {string.Join(", ", package.Keys.Order(StringComparer.Ordinal))}");
    string[] entries = [$"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml", "PACKAGE.md", "icon.png"];
    foreach (string entry in id == "NeuralNetFromScratch" ? [.. entries, $"buildTransitive/net10.0/{id}.targets"] : entries)
        Expect(package.ContainsKey(entry), $"{id}: {entry} is missing");
    Expect(symbols.ContainsKey($"lib/net10.0/{id}.pdb"), $"{id}: the symbol package holds no symbols");
    if (failures.Count > 0)
        break;

    XElement metadata = XDocument.Load(new MemoryStream(package[$"{id}.nuspec"])).Root!.Elements().Single();
    string? Value(string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;
    foreach ((string name, string value) in ((string, string)[])[("license", "MIT"), ("readme", "PACKAGE.md"), ("icon", "icon.png")])
        Expect(Value(name) == value, $"{id}: {name} is {Value(name)}, expected {value}");
    foreach (string name in (string[])["description", "tags", "authors", "releaseNotes"])
        Expect(!string.IsNullOrWhiteSpace(Value(name)), $"{id}: no {name}");
    XElement? repository = metadata.Elements().SingleOrDefault(element => element.Name.LocalName == "repository");
    Expect(repository?.Attribute("commit")?.Value.Length == 40, $"{id}: the commit is not named");
    Expect(repository?.Attribute("url")?.Value.StartsWith("https://", StringComparison.Ordinal) ?? true, $"{id}: the repository is {repository?.Attribute("url")?.Value}");

    string[] dependencies = [.. metadata.Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value).Order()];
    string[] expected = id switch
    {
        "NeuralNetFromScratch" => ["System.Numerics.Tensors"],
        "NeuralNetFromScratch.Onnx" => ["Google.Protobuf", "NeuralNetFromScratch"],
        "NeuralNetFromScratch.Images" => ["NeuralNetFromScratch", "SkiaSharp", "SkiaSharp.NativeAssets.Linux.NoDependencies"],
        "NeuralNetFromScratch.Mpi" => ["NeuralNetFromScratch"],
        _ => ["NeuralNetFromScratch", "Parquet.Net", "Sep"],
    };
    Expect(dependencies.SequenceEqual(expected), $"{id}: depends on {string.Join(", ", dependencies)}");
    Expect(id != "NeuralNetFromScratch" || size < CoreLimit, $"{id}: {size} bytes, expected fewer than {CoreLimit}");

    string readme = System.Text.Encoding.UTF8.GetString(package["PACKAGE.md"]);
    foreach (Match link in Regex.Matches(readme, @"\]\((?!https://)([^)]*)\)"))
        Expect(false, $"{id}: the link {link.Groups[1].Value} leads nowhere on the page of a package");

    CheckPaths(id, package[$"lib/net10.0/{id}.dll"], symbols[$"lib/net10.0/{id}.pdb"]);

    string other = Path.Combine(second, Path.GetFileName(path));
    Dictionary<string, byte[]> again = Read(other), symbolsAgain = Read(Path.ChangeExtension(other, ".snupkg"));
    foreach (string entry in package.Keys.Where(entry => !entry.EndsWith(".psmdcp", StringComparison.Ordinal) && entry != "_rels/.rels"))
        Expect(again.TryGetValue(entry, out byte[]? bytes) && bytes.AsSpan().SequenceEqual(package[entry]), $"{id}: {entry} differs when built again in another folder");
    Expect(symbolsAgain[$"lib/net10.0/{id}.pdb"].AsSpan().SequenceEqual(symbols[$"lib/net10.0/{id}.pdb"]), $"{id}: the symbols differ when built again in another folder");
}

CheckTool(Directory.GetFiles(folder, "NeuralNetFromScratch.Tool.*.nupkg").Single());

foreach (string failure in failures)
    Console.Error.WriteLine(failure);
Console.WriteLine(failures.Count == 0 ? "packages: as they should be" : $"packages: {failures.Count} faults");
return failures.Count == 0 ? 0 : 1;

void Expect(bool condition, string message)
{
    if (!condition)
        failures.Add(message);
}

// A tool has all that it needs in its package, the typeface and the native library of the pictures included, and no dependency.
void CheckTool(string path)
{
    Dictionary<string, byte[]> package = Read(path);
    Console.WriteLine($"{Path.GetFileName(path)}: {new FileInfo(path).Length:N0} bytes, {package.Count} files");
    string[] files =
    [
        "NeuralNetFromScratch.Tool.dll", "NeuralNetFromScratch.dll", "DotnetToolSettings.xml", "Avalonia.Fonts.Inter.dll",
        "runtimes/linux-x64/native/libSkiaSharp.so", "runtimes/win-x64/native/libSkiaSharp.dll", "runtimes/osx/native/libSkiaSharp.dylib",
    ];
    foreach (string entry in (string[])["PACKAGE.md", "icon.png", .. files.Select(file => $"tools/net10.0/any/{file}")])
        Expect(package.ContainsKey(entry), $"{Path.GetFileName(path)}: {entry} is missing");
}

// Every source is named from the root of the repository, /_/, never by a path of the machine that built it.
void CheckPaths(string id, byte[] assembly, byte[] symbols)
{
    using var portable = new PEReader(new MemoryStream(assembly));
    foreach (DebugDirectoryEntry entry in portable.ReadDebugDirectory().Where(entry => entry.Type == DebugDirectoryEntryType.CodeView))
        Expect(portable.ReadCodeViewDebugDirectoryData(entry).Path is var path && (!Path.IsPathRooted(path) || path.StartsWith("/_", StringComparison.Ordinal)), $"{id}: the assembly names {path}");
    Expect(portable.ReadDebugDirectory().Any(entry => entry.Type == DebugDirectoryEntryType.Reproducible), $"{id}: the assembly is not deterministic");
    using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(symbols));
    MetadataReader reader = provider.GetMetadataReader();
    int sources = 0;
    foreach (DocumentHandle handle in reader.Documents)
    {
        string name = reader.GetString(reader.GetDocument(handle).Name);
        Expect(name.StartsWith("/_/", StringComparison.Ordinal) || !Path.IsPathRooted(name) || name.StartsWith("/.NETCoreApp", StringComparison.Ordinal), $"{id}: the symbols name {name}");
        sources++;
    }

    Expect(sources > 1, $"{id}: the symbols name no sources");
}

static Dictionary<string, byte[]> Read(string path)
{
    using ZipArchive archive = ZipFile.OpenRead(path);
    var entries = new Dictionary<string, byte[]>();
    foreach (ZipArchiveEntry entry in archive.Entries)
    {
        using Stream stream = entry.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        entries[entry.FullName] = memory.ToArray();
    }

    return entries;
}
