using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Keeps the last few checkpoints, and takes away what an interrupted write left behind.</summary>
internal static class CheckpointFolder
{
    private const int Digits = 9;

    public static void Write(CheckpointOptions options, long step, Action<string> write)
    {
        string path = Path.GetFullPath(options.Path), folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        foreach (string left in Directory.EnumerateFiles(folder, "*.tmp").Where(file => IsLeftBehind(file, path)))
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
        // Those of later steps belong to another training, or to what became of this one before it was taken up at an earlier step.
        string[] older = [.. Directory.EnumerateFiles(folder).Where(file => StepOf(file, path) <= step).OrderBy(file => StepOf(file, path))];
        foreach (string old in older.SkipLast(options.Keep))
            File.Delete(old);
    }

    private static bool IsLeftBehind(string file, string path) =>
        AtomicFile.IsTemporary(file, path) || (file.Length > path.Length && file.LastIndexOf('.', file.Length - 5) is > 0 and var end && StepOf(file[..end], path) is not null && AtomicFile.IsTemporary(file, file[..end]));

    /// <summary>The step in the name of an older checkpoint; null if the file is none.</summary>
    private static long? StepOf(string file, string path) =>
        file.StartsWith(path + ".", StringComparison.Ordinal) && file.Length >= path.Length + 1 + Digits
        && long.TryParse(file.AsSpan(path.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long step) ? step : null;
}
