namespace NeuralNetFromScratch;

/// <summary>A random choice of samples with the classes in proportion.</summary>
internal static class StratifiedChoice
{
    /// <summary>Marks <paramref name="count"/> samples. Each class gives its share, rounded so that the total is exact.</summary>
    public static bool[] Of(Dataset dataset, int count, ulong seed)
    {
        bool hasLabels = dataset.ClassCount > 0;
        List<int>[] members = [.. Enumerable.Range(0, hasLabels ? dataset.ClassCount : 1).Select(_ => new List<int>())];
        for (int index = 0; index < dataset.Count; index++)
        {
            int label = hasLabels ? dataset.GetLabel(index) : 0;
            if ((uint)label >= (uint)members.Length)
                throw Labels.Outside(index, label, members.Length);
            members[label].Add(index);
        }

        int[] quotas = Apportion(count, [.. members.Select(list => list.Count)]);
        var chosen = new bool[dataset.Count];
        for (int label = 0; label < members.Length; label++)
        {
            int[] shuffled = [.. members[label]];
            new RandomSource(seed).Fork((ulong)label).Shuffle(shuffled);
            foreach (int index in shuffled.AsSpan(0, quotas[label]))
                chosen[index] = true;
        }

        return chosen;
    }

    /// <summary>Largest remainders (Hamilton's method): whole parts first, then one more for those that lost most in rounding.</summary>
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
