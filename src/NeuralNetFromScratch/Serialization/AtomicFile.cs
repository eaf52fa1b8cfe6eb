namespace NeuralNetFromScratch;

/// <summary>Files that are written whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a temporary file in the same folder, flushes it to disk, and gives it its name.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
#pragma warning disable RS0030 // A name that no other writer has, which nothing that is written depends on.
        string temporary = $"{full}.{Guid.NewGuid():N}.tmp";
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
            File.Delete(temporary);
            throw;
        }
    }
}
