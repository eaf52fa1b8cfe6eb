namespace NeuralNetFromScratch;

/// <summary>Writes files atomically: completely or not at all.</summary>
internal static class AtomicFile
{
    private const string TemporaryEnding = ".tmp";
    private const int MostTries = 8;

    /// <summary>Whether a file's name is that of a temporary file, which an interrupted write of another file leaves behind.</summary>
    public static bool IsTemporary(string path, string of) =>
        path.Length > of.Length + TemporaryEnding.Length + 1 && path.StartsWith(of + ".", StringComparison.Ordinal) && path.EndsWith(TemporaryEnding, StringComparison.Ordinal)
        && Guid.TryParseExact(path.AsSpan(of.Length + 1, path.Length - of.Length - 1 - TemporaryEnding.Length), "N", out _);

    /// <summary>
    /// Writes a temporary file in the same folder, flushes it to disk, renames it, and flushes the folder. A missing folder is created, a link is
    /// followed, and the new file gets the permissions of an existing one. Temporary files of interrupted writes are removed.
    /// </summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="write">Writes the contents.</param>
    /// <param name="flush">Flushes the contents to disk; for tests of failing disks.</param>
    /// <exception cref="IOException">
    /// The path is that of a folder or a device, or the disk is full or failed. An existing file is unchanged.
    /// </exception>
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
                // The file is renamed while it is open and locked, so that no other process removes it as a leftover.
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

    /// <summary>Removes the temporary files in a folder that no writer has open.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isLeftover">Selects the files to examine.</param>
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
            // A folder can be writable without being readable.
        }
    }

    /// <summary>Returns the path of the regular file to which a path refers.</summary>
    private static string Target(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        if (new FileInfo(full).LinkTarget is not null)
            full = File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
        if (Directory.Exists(full) || Path.EndsInDirectorySeparator(full))
            throw new IOException($"{path} is a folder, not a file");
        if (NativeFile.IsSpecial(full))
            throw new IOException($"{path} is not a regular file and is not replaced");
        return full;
    }

    /// <summary>
    /// Creates a temporary file that is locked by this writer. A process that removes leftovers locks them first; a file that was removed between
    /// its creation and its locking is created again.
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
                // Before it was locked, another process may have removed it as a leftover.
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
                throw new IOException($"{path}: a temporary file cannot be created in its folder", exception);
            }
            catch (IOException)
            {
            }
        }
    }

    /// <summary>Opens a new file with the permissions of the one that it will replace.</summary>
    private static FileStream Open(string temporary, string target)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Delete };
        if (OperatingSystem.IsWindows() || !File.Exists(target))
            return new FileStream(temporary, options);
        UnixFileMode mode = File.GetUnixFileMode(target);
        options.UnixCreateMode = mode;
        var file = new FileStream(temporary, options);
        // The umask of the process has removed permissions.
        File.SetUnixFileMode(file.SafeFileHandle, mode);
        return file;
    }

    /// <summary>Removes a file unless it is open: an active writer holds a lock.</summary>
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

    /// <summary>Removes a temporary file. Errors are ignored, because the preceding error is more important.</summary>
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
