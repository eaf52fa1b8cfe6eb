namespace NeuralNetFromScratch.Hashes;

/// <summary>Small data sets from a seed.</summary>
internal static class SampleData
{
    public const int Count = 40, Classes = 5;

    public static float[] Uniform(int count, ulong seed, float low = -1, float high = 1)
    {
        var random = new RandomSource(seed);
        var values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (float)(low + (high - low) * random.Uniform((ulong)i));
        return values;
    }

    public static int[] Labels(int count = Count, int classes = Classes) => [.. Enumerable.Range(0, count).Select(i => i * 7 % classes)];

    public static Dataset WithLabels(Shape shape) => Dataset.FromArrays(Uniform(Count * shape.ElementCount, 9), shape, Labels(), Classes);

    public static Dataset WithNumbers(Shape shape) => Dataset.FromTargets(Uniform(Count * shape.ElementCount, 9), shape, Uniform(Count * Classes, 10), Classes);

    /// <summary>Targets of independent labels: 0 or 1.</summary>
    public static Dataset WithAnswers(Shape shape) => Dataset.FromTargets(
        Uniform(Count * shape.ElementCount, 9), shape, [.. Uniform(Count * Classes, 10).Select(value => value > 0 ? 1f : 0)], Classes);

    /// <summary>Rows of which a seventh is not zero.</summary>
    public static Dataset Sparse(int columns, int denseColumns)
    {
        List<int> offsets = [0], places = [];
        List<float> values = [];
        var random = new RandomSource(11);
        for (int row = 0; row < Count; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                ulong index = (ulong)(row * columns + column);
                if (random.Below(2 * index, 7) != 0)
                    continue;
                places.Add(column);
                values.Add((float)random.Uniform(2 * index + 1));
            }

            offsets.Add(places.Count);
        }

        return Dataset.FromSparse([.. offsets], [.. places], [.. values], columns, Labels(), Classes, denseColumns == 0 ? [] : Uniform(Count * denseColumns, 12));
    }
}
