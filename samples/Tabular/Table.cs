using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace NeuralNetFromScratch.Samples.Tabular;

/// <summary>A table of numbers with a class for each row.</summary>
/// <param name="Features">The numbers of each row.</param>
/// <param name="Labels">The class of each row.</param>
/// <param name="FeatureNames">The columns of numbers.</param>
/// <param name="LabelName">The column of classes.</param>
internal sealed record Table(IReadOnlyList<float[]> Features, IReadOnlyList<string> Labels, IReadOnlyList<string> FeatureNames, string LabelName)
{
    /// <summary>Reads a file of comma-, semicolon- or tab-separated values with a header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="labelName">The column with the classes; null for the last one.</param>
    /// <exception cref="InvalidDataException">The file is no such table, or has no such column; the message says where.</exception>
    public static Table Read(string path, string? labelName)
    {
        using var file = new StreamReader(path);
        using var csv = new CsvParser(file, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            DetectDelimiter = true,
            DetectDelimiterValues = [",", ";", "\t"],
            TrimOptions = TrimOptions.Trim,
            BadDataFound = bad => throw new InvalidDataException($"{path}, line {bad.Context.Parser?.RawRow}: a quotation mark is out of place"),
        });
        string[] header = csv.Read() ? csv.Record! : throw new InvalidDataException($"{path} is empty: expected a line with the columns' names, then a line for each sample");
        int label = FindLabel(path, header, labelName);
        List<float[]> features = [];
        List<string> labels = [];
        while (csv.Read())
        {
            string[] cells = csv.Record!;
            if (cells.Length != header.Length)
                throw new InvalidDataException($"{path}, line {csv.RawRow}: expected {header.Length} cells as in the header, got {cells.Length}");
            features.Add([.. cells.Index().Where(cell => cell.Index != label).Select(cell => Number(path, csv.RawRow, header[cell.Index], cell.Item))]);
            labels.Add(cells[label].Length > 0 ? cells[label] : throw new InvalidDataException($"{path}, line {csv.RawRow}: \"{header[label]}\" is empty"));
        }

        if (features.Count == 0)
            throw new InvalidDataException($"{path} has a header but no rows");
        return new(features, labels, [.. header.Where((_, column) => column != label)], header[label]);
    }

    private static int FindLabel(string path, string[] header, string? labelName)
    {
        if (header.Length < 2)
            throw new InvalidDataException($"{path}: expected at least two columns, one of them with the classes, got \"{string.Join(", ", header)}\"");
        int label = labelName is null ? header.Length - 1 : Array.IndexOf(header, labelName);
        return label >= 0 ? label : throw new InvalidDataException($"{path} has no column \"{labelName}\"; it has {string.Join(", ", header)}");
    }

    private static float Number(string path, int line, string column, string cell)
    {
        if (float.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out float number) && float.IsFinite(number))
            return number;
        string found = cell.Length == 0 ? "is empty" : $"is \"{cell}\", not a number";
        throw new InvalidDataException($"{path}, line {line}: \"{column}\" {found}. Every cell but the class needs a number such as 1.5; --label names the column with the classes");
    }
}
