namespace NeuralNetFromScratch;

/// <summary>Finds the files of a collection in a folder under their usual names.</summary>
internal static class DataFileSearch
{
    private const int DeepestFolder = 4, MostEntries = 100_000;

    /// <summary>Returns the path of a file; null if it does not exist.</summary>
    /// <exception cref="InvalidDataException">Several folders at the same depth have the file.</exception>
    public static string? Find(string directory, string name)
    {
        // A file in the folder itself requires no search in the folders below.
        if (Forms(name).Select(form => Path.Combine(directory, form)).FirstOrDefault(File.Exists) is { } direct)
            return direct;
        List<string> forms = [.. Forms(name)];
        (string Path, int Form, int Depth)[] found =
        [
            .. Entries(directory)
                .Select(path => (Path: path, Form: forms.FindIndex(form => form.Equals(Path.GetFileName(path), StringComparison.OrdinalIgnoreCase)), Depth: Depth(path)))
                .Where(file => file.Form >= 0)
                .OrderBy(file => file.Depth).ThenBy(file => file.Form).ThenBy(file => file.Path, StringComparer.Ordinal),
        ];
        if (found.Length == 0)
            return null;
        if (Array.Find(found, file => file.Depth == found[0].Depth && Path.GetDirectoryName(file.Path) != Path.GetDirectoryName(found[0].Path)).Path is { } other)
            throw new InvalidDataException($"{name} is in several folders: {MessageText.Escape(found[0].Path)} and {MessageText.Escape(other)}; specify the folder of one collection");
        return found[0].Path;
    }

    /// <exception cref="FileNotFoundException">The file does not exist. The message names the file with the most similar name.</exception>
    public static string FindOrThrow(string directory, string name)
    {
        if (Find(directory, name) is { } path)
            return path;
        string where = Directory.Exists(directory) ? $"{directory} or a folder below it" : $"{directory}, which does not exist";
        string message = $"neither {name} nor {name}.gz is in {where}";
        string[] names = [.. Entries(directory).Select(file => Path.GetFileName(file))];
        if (Array.Exists(names, IsOf("emnist-")) && !name.StartsWith("emnist-", StringComparison.Ordinal))
            message += "; the folder has files of EMNIST, which Emnist.Load reads";
        else if (Array.Exists(names, IsOf("qmnist-")) && !name.StartsWith("qmnist-", StringComparison.Ordinal))
            message += "; the folder has files of QMNIST, which Qmnist.Load reads";
        else if (names.MinBy(other => Distance(other, name)) is { } nearest && Distance(nearest, name) <= name.Length / 2)
            message += $"; the most similar name is {MessageText.Of(nearest)}";
        throw new FileNotFoundException(message, name);

        static Predicate<string> IsOf(string prefix) => other => other.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Returns the names under which a file occurs, the usual one first.</summary>
    private static IEnumerable<string> Forms(string name)
    {
        string dotted = name.Replace("-idx", ".idx", StringComparison.Ordinal);
        return [name, name + ".gz", dotted, dotted + ".gz"];
    }

    private static IEnumerable<string> Entries(string directory) => Directory.Exists(directory)
        ? Directory.EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = DeepestFolder, IgnoreInaccessible = true }).Take(MostEntries)
        : [];

    private static int Depth(string path) => path.Count(letter => letter == Path.DirectorySeparatorChar);

    /// <summary>
    /// Computes the number of insertions, deletions and replacements of letters that convert one name to the other (Levenshtein 1966).
    /// </summary>
    private static int Distance(string name, string other)
    {
        int[] previous = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 1; i <= name.Length; i++)
        {
            var current = new int[other.Length + 1];
            current[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                int replaced = previous[j - 1] + (char.ToLowerInvariant(name[i - 1]) == char.ToLowerInvariant(other[j - 1]) ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            }

            previous = current;
        }

        return previous[^1];
    }
}
