namespace NeuralNetFromScratch.Published.Pictures;

/// <summary>The middle lines of a shape (Zhang and Suen 1984).</summary>
internal static class Skeleton
{
    public static bool[] Of(bool[] shape, int side)
    {
        bool[] rest = (bool[])shape.Clone();
        int[] around = [-side, -side + 1, 1, side + 1, side, side - 1, -1, -side - 1];
        var inside = new List<int>();
        for (int i = 0; i < rest.Length; i++)
        {
            if (i % side == 0 || i % side == side - 1 || i < side || i >= rest.Length - side)
                rest[i] = false;
            else if (rest[i])
                inside.Add(i);
        }

        int before;
        do
        {
            before = inside.Count;
            for (int pass = 0; pass < 2; pass++)
            {
                var gone = inside.Where(i => IsRemovable(rest, i, around, pass)).ToHashSet();
                foreach (int i in gone)
                    rest[i] = false;
                inside.RemoveAll(gone.Contains);
            }
        }
        while (inside.Count < before);
        return rest;
    }

    private static bool IsRemovable(bool[] shape, int i, int[] around, int pass)
    {
        int count = 0, changes = 0;
        for (int k = 0; k < 8; k++)
        {
            bool here = shape[i + around[k]];
            count += here ? 1 : 0;
            changes += !here && shape[i + around[(k + 1) % 8]] ? 1 : 0;
        }

        bool north = shape[i + around[0]], east = shape[i + around[2]], south = shape[i + around[4]], west = shape[i + around[6]];
        return count is >= 2 and <= 6 && changes == 1
            && (pass == 0 ? !(north && east && south) && !(east && south && west) : !(north && east && west) && !(north && south && west));
    }
}
