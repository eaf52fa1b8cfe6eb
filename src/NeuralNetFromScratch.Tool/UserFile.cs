namespace NeuralNetFromScratch.Tool;

/// <summary>Files that the command line names, looked at before anything is done with them.</summary>
internal static class UserFile
{
    /// <summary>Sees whether a file can be read.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    public static void CheckReadable(string path)
    {
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder: name a file");
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file {path}");
    }

    /// <summary>Sees whether a file can be written: better before a training than after it.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="path">The file; null if none is to be written.</param>
    /// <exception cref="IOException">It cannot.</exception>
    public static void CheckWritable(string option, string? path)
    {
        if (path is null)
            return;
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? throw new IOException($"{option} {path} is a folder: name a file");
        if (Directory.Exists(path))
            throw new IOException($"{option} {path} is a folder: name a file");
        if (!Directory.Exists(folder))
            throw new IOException($"{option} {path}: there is no folder {folder}. Make it first, or name another");
        try
        {
            // An existing file stays as it is; whether a new one can be made shows only if one is made.
            using FileStream trial = File.Exists(path)
                ? new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)
                : new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{option} {path} cannot be written. Name another file. {exception.Message}", exception);
        }
    }
}
