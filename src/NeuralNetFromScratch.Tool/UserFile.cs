namespace NeuralNetFromScratch.Tool;

/// <summary>Checks files of the command line before they are used.</summary>
internal static class UserFile
{
    /// <summary>Checks that a file exists.</summary>
    /// <exception cref="IOException">It is a folder or does not exist.</exception>
    public static void CheckReadable(string path)
    {
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder: name a file");
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file {path}");
    }

    /// <summary>Checks that a file can be written, before a training rather than after it.</summary>
    /// <param name="option">The option with the file.</param>
    /// <param name="path">The file; null for none.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
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
            // An existing file is not changed; a new one is created and deleted as a trial.
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
