namespace NeuralNetFromScratch.Tests.Data;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nnfs-");

    public string Root => _folder.FullName;

    public IEnumerable<string> FileNames => _folder.EnumerateFiles().Select(file => file.Name).Order();

    public string File(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
