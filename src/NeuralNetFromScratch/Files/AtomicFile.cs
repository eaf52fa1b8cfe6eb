namespace NeuralNetFromScratch;

/// <summary>Files that are written whole or not at all.</summary>
internal static class AtomicFile
{
    private const string TemporaryEnding = ".tmp";
    private const int MostTries = 8;

    /// <summary>Whether a file's name is one that a write of another file, interrupted, leaves behind.</summary>
    public static bool IsTemporary(string path, string of) =>
        path.Length > of.Length + TemporaryEnding.Length + 1 && path.StartsWith(of + ".", StringComparison.Ordinal) && path.EndsWith(TemporaryEnding, StringComparison.Ordinal)
        && Guid.TryParseExact(path.AsSpan(of.Length + 1, path.Length - of.Length - 1 - TemporaryEnding.Length), "N", out _);

    /// <summary>
    /// Writes a temporary file in the same folder, which is made where it is missing, flushes it to the disk, gives it its name, and flushes the
    /// folder. A link is followed, and a file that is there hands its permissions on. What writes that were killed left behind is taken away.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the contents.</param>
    /// <param name="flush">Flushes them to the disk; for tests of disks that fail.</param>
    /// <exception cref="IOException">The name belongs to a folder or a device, or the disk is full or failed: a file that was there is as it was.</exception>
    public static void Write(string path, Action<Stream> write, Action<FileStream, string>? flush = null)
    {
        string target = Target(path), folder = Path.GetDirectoryName(target) ?? target;
        Directory.CreateDirectory(folder);
        RemoveLeftovers(folder, file => IsTemporary(file, target));
        using (FileStream file = Create(path, target))
        {
            try
            {
                write(file);
                (flush ?? NativeFile.Flush)(file, path);
                // The file is renamed while it is open and locked, so that nobody takes it for a leftover.
                File.Move(file.Name, target, overwrite: true);
            }
            catch
            {
                Remove(file.Name);
                throw;
            }
        }

        NativeFile.FlushFolder(folder);
    }

    /// <summary>Takes away the temporary files in a folder that no writer has open any more.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isLeftover">Which of its files are looked at.</param>
    public static void RemoveLeftovers(string folder, Predicate<string> isLeftover)
    {
        try
        {
            foreach (string left in Directory.EnumerateFiles(folder, "*" + TemporaryEnding))
            {
                if (isLeftover(left))
                    RemoveUnlessOpen(left);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A folder may be written to that cannot be listed.
        }
    }

    /// <summary>The regular file that a path stands for, or will.</summary>
    private static string Target(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        if (new FileInfo(full).LinkTarget is not null)
            full = File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
        if (Directory.Exists(full) || Path.EndsInDirectorySeparator(full))
            throw new IOException($"{path}: is a folder, not a file");
        if (NativeFile.IsSpecial(full))
            throw new IOException($"{path}: is no regular file, and is not replaced");
        return full;
    }

    /// <summary>
    /// A temporary file that is open to this writer alone. Whoever looks for leftovers locks them first: one that is caught between being made and
    /// being locked is made anew.
    /// </summary>
    private static FileStream Create(string path, string target)
    {
        for (int tries = 1; ; tries++)
        {
#pragma warning disable RS0030 // A name that no other writer has, which nothing that is written depends on.
            string temporary = $"{target}.{Guid.NewGuid():N}{TemporaryEnding}";
#pragma warning restore RS0030
            try
            {
                FileStream file = Open(temporary, target);
                // Before it was locked, it may have been taken for a leftover and removed.
                if (File.Exists(temporary))
                    return file;
                file.Dispose();
            }
            catch (UnauthorizedAccessException exception)
            {
                throw new UnauthorizedAccessException($"{path}: access to the folder is denied", exception);
            }
            catch (IOException exception) when (tries >= MostTries)
            {
                throw new IOException($"{path}: no temporary file can be made beside it", exception);
            }
            catch (IOException)
            {
            }
        }
    }

    /// <summary>Opens a new file, with the permissions of the one that it is going to replace.</summary>
    private static FileStream Open(string temporary, string target)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Delete };
        if (OperatingSystem.IsWindows() || !File.Exists(target))
            return new FileStream(temporary, options);
        UnixFileMode mode = File.GetUnixFileMode(target);
        options.UnixCreateMode = mode;
        var file = new FileStream(temporary, options);
        // The process's mask has taken bits away.
        File.SetUnixFileMode(file.SafeFileHandle, mode);
        return file;
    }

    /// <summary>Removes a file unless it is open: a writer that is alive holds a lock.</summary>
    private static void RemoveUnlessOpen(string left)
    {
        try
        {
            new FileStream(left, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
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
