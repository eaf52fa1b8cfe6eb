using NeuralNetFromScratch;

namespace Consumer;

/// <summary>A table with classes that have names.</summary>
internal static class Table
{
    public static void Run()
    {
        float[][] features = [.. Enumerable.Range(0, 90).Select(i => new float[] { i % 3 * 10 + i % 7, i % 5 })];
        string[] labels = [.. Enumerable.Range(0, 90).Select(i => (i % 3) switch { 0 => "low", 1 => "middle", _ => "high" })];
        var classifier = new TabularClassifier<string>();
        classifier.Fit(features, labels);
        Console.WriteLine($"table: {string.Join(", ", classifier.Predict([[3, 2], [13, 2], [23, 2]]))}");
    }
}
