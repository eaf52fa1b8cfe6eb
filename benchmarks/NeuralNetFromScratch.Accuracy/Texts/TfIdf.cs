using System.Text.RegularExpressions;

namespace NeuralNetFromScratch.Published.Texts;

/// <summary>
/// Texts as sparse rows: <c>count · (log((1 + n)/(1 + d)) + 1)</c> for each word, where n is the number of training texts and d the number of those with the
/// word, divided by the row's norm. These are the defaults of scikit-learn's <c>TfidfVectorizer</c>.
/// </summary>
internal sealed partial class TfIdf
{
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private readonly double[] _weights;

    /// <param name="training">The texts whose words are the columns.</param>
    /// <param name="leastTexts">In how many of them a word must be.</param>
    public TfIdf(IReadOnlyList<string> training, int leastTexts = 1)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string text in training)
        {
            foreach (string word in Words(text).Distinct(StringComparer.Ordinal))
                counts[word] = counts.GetValueOrDefault(word) + 1;
        }

        string[] words = [.. counts.Where(word => word.Value >= leastTexts).Select(word => word.Key).Order(StringComparer.Ordinal)];
        for (int i = 0; i < words.Length; i++)
            _columns.Add(words[i], i);
        _weights = [.. words.Select(word => Math.Log((1.0 + training.Count) / (1.0 + counts[word])) + 1)];
    }

    public int ColumnCount => _columns.Count;

    public Dataset Transform(IReadOnlyList<string> texts, int[] labels, int classCount)
    {
        List<int> offsets = [0], columns = [];
        List<float> values = [];
        foreach (string text in texts)
        {
            (int Column, double Value)[] row =
            [
                .. Words(text).Where(_columns.ContainsKey).GroupBy(word => _columns[word]).OrderBy(word => word.Key).Select(word => (word.Key, word.Count() * _weights[word.Key])),
            ];
            double norm = Math.Sqrt(row.Sum(element => element.Value * element.Value));
            columns.AddRange(row.Select(element => element.Column));
            values.AddRange(row.Select(element => (float)(element.Value / norm)));
            offsets.Add(columns.Count);
        }

        return Dataset.FromSparse([.. offsets], [.. columns], [.. values], ColumnCount, labels, classCount);
    }

    private static IEnumerable<string> Words(string text) => Word().Matches(text).Select(match => match.Value.ToLowerInvariant());

    [GeneratedRegex(@"\b\w\w+\b", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
