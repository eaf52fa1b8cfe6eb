using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>How the first layer's products treat the zeros of a data set, in a sentence.</summary>
internal static class InputSummary
{
    private const int SampleRows = 64;

    public static string Of(Sequential network, Dataset data)
    {
        network.CheckDataset(data, nameof(data));
        int rows = Math.Min(data.Count, SampleRows);
        int[] indices = [.. Enumerable.Range(0, rows).Select(i => (int)((long)i * data.Count / rows))];
        BatchView batch = new BatchBuffer().LoadFeatures(new Engine(1), data, indices);
        if (!batch.IsDense)
        {
            double share = batch.Sparse.StoredCount / ((double)rows * batch.Sparse.Columns);
            return string.Create(
                CultureInfo.InvariantCulture, $"{network.Nodes[0].Name}: sparse rows, {100 * share:F1} % of {batch.Sparse.Columns:N0} columns stored; products of the others are left out");
        }

        int first = 0;
        while (first < network.Nodes.Length - 1 && network.Nodes[first].Layer is Flatten)
            first++;
        int zeros = 0;
        foreach (float value in batch.Dense.Span)
            zeros += value == 0 ? 1 : 0;
        bool skips = network.Nodes[first].Layer is Dense dense && dense.SkipsZeros(batch.Dense);
        string products = skips ? "products of zeros that lie together are left out" : "all products are computed";
        return string.Create(CultureInfo.InvariantCulture, $"{network.Nodes[first].Name}: dense rows, {100.0 * zeros / batch.Dense.Span.Length:F1} % zeros; {products}");
    }
}
