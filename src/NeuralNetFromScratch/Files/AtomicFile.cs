namespace NeuralNetFromScratch;

/// <summary>Files that are written whole or not at all.</summary>
internal static class AtomicFile
{
    private const string TemporaryEnding = ".tmp";

    /// <summary>Whether a file's name is one that a write of another file, interrupted, leaves behind.</summary>
    public static bool IsTemporary(string path, string of) =>
        path.Length > of.Length + TemporaryEnding.Length + 1 && path.StartsWith(of + ".", StringComparison.Ordinal) && path.EndsWith(TemporaryEnding, StringComparison.Ordinal)
        && Guid.TryParseExact(path.AsSpan(of.Length + 1, path.Length - of.Length - 1 - TemporaryEnding.Length), "N", out _);

    /// <summary>Writes a temporary file in the same folder, flushes it to disk, and gives it its name.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
#pragma warning disable RS0030 // A name that no other writer has, which nothing that is written depends on.
        string temporary = $"{full}.{Guid.NewGuid():N}{TemporaryEnding}";
#pragma warning restore RS0030
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    /// <summary>Takes away a temporary file; what went wrong before is worth telling more than why that fails.</summary>
    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }
}
