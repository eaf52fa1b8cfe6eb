namespace NeuralNetFromScratch;

/// <summary>Stratified random selection of samples. The samples of each class are shuffled once; parts take them in order.</summary>
internal static class StratifiedChoice
{
    /// <summary>Assigns samples to parts of given sizes. Each class gives its fraction, rounded so that the total is exact.</summary>
    /// <returns>The part of each sample; −1 for samples in no part.</returns>
    public static int[] Assign(Dataset dataset, ReadOnlySpan<int> counts, ulong seed)
    {
        int[][] members = Shuffled(dataset, seed);
        var parts = new int[dataset.Count];
        Array.Fill(parts, -1);
        for (int part = 0; part < counts.Length; part++)
        {
            int[] quotas = Apportion(counts[part], [.. members.Select(list => list.Length)]);
            for (int label = 0; label < members.Length; label++)
            {
                foreach (int index in members[label].AsSpan(0, quotas[label]))
                    parts[index] = part;
                members[label] = members[label][quotas[label]..];
            }
        }

        return parts;
    }

    /// <summary>Assigns all samples in turn, class by class, so that the parts' numbers of each class differ by at most one.</summary>
    /// <returns>The part of each sample.</returns>
    public static int[] Deal(Dataset dataset, int count, ulong seed)
    {
        var parts = new int[dataset.Count];
        int dealt = 0;
        foreach (int index in Shuffled(dataset, seed).SelectMany(list => list))
            parts[index] = dealt++ % count;
        return parts;
    }

    /// <summary>Returns the samples of each class, and those whose label is ignored, in random order; all samples as one class if there are no labels.</summary>
    private static int[][] Shuffled(Dataset dataset, ulong seed)
    {
        bool hasLabels = dataset.ClassCount > 0;
        int classes = hasLabels ? dataset.ClassCount : 1;
        List<int>[] members = [.. Enumerable.Range(0, classes + 1).Select(_ => new List<int>())];
        for (int index = 0; index < dataset.Count; index++)
        {
            int label = hasLabels ? dataset.GetLabel(index) : 0;
            bool isIgnored = hasLabels && label == dataset.IgnoreLabel;
            if ((uint)label >= (uint)classes && !isIgnored)
                throw Labels.Outside(index, label, classes);
            members[isIgnored ? classes : label].Add(index);
        }

        int[][] shuffled = [.. members.Select(list => list.ToArray())];
        for (int label = 0; label < shuffled.Length; label++)
            new RandomSource(seed).Fork((ulong)label).Shuffle(shuffled[label]);
        return shuffled;
    }

    /// <summary>
    /// Apportions by largest remainders (Hamilton's method): whole parts first, then one more for those that lost most by rounding.
    /// </summary>
    private static int[] Apportion(int count, int[] sizes)
    {
        long total = sizes.Sum(size => (long)size);
        if (total == 0)
            return new int[sizes.Length];
        int[] quotas = [.. sizes.Select(size => (int)((long)size * count / total))];
        IEnumerable<int> byRemainder = Enumerable.Range(0, sizes.Length).OrderByDescending(i => (long)sizes[i] * count % total);
        foreach (int i in byRemainder.Take(count - quotas.Sum()))
            quotas[i]++;
        return quotas;
    }
}
