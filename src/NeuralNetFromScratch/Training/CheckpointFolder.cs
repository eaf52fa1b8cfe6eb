using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Keeps the last few checkpoints, and takes away what an interrupted write left behind.</summary>
internal static class CheckpointFolder
{
    public static void Write(CheckpointOptions options, long step, Action<string> write)
    {
        string path = Path.GetFullPath(options.Path), folder = Path.GetDirectoryName(path)!, name = Path.GetFileName(path);
        Directory.CreateDirectory(folder);
        foreach (string left in Directory.EnumerateFiles(folder, $"{name}.*.tmp"))
            File.Delete(left);
        write(path);
        if (options.Keep == 1)
            return;

        // The newest lies under the plain name; it is copied, so that there is no moment without it.
        string numbered = string.Create(CultureInfo.InvariantCulture, $"{path}.{step:D9}");
        AtomicFile.Write(numbered, stream =>
        {
            using FileStream newest = File.OpenRead(path);
            newest.CopyTo(stream);
        });
        string[] older = [.. Directory.EnumerateFiles(folder, $"{name}.*").Where(file => IsNumbered(file[path.Length..])).Order(StringComparer.Ordinal)];
        foreach (string old in older.SkipLast(options.Keep))
            File.Delete(old);
    }

    private static bool IsNumbered(string ending) => ending is ['.', .. var digits] && digits.Length >= 9 && digits.All(char.IsAsciiDigit);
}
