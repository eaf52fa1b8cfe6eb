using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>Places at equal distances: steps of k, or rows of A.</summary>
/// <param name="Offset">The first place, in bytes.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct Strip(nint Offset, int Count);

/// <summary>A list of strips that grows in memory which somebody else owns.</summary>
internal unsafe struct StripList(Strip* memory, nint step)
{
    public readonly Strip* Items => memory;

    /// <summary>Bytes from one place of a strip to the next.</summary>
    public readonly nint Step => step;

    public int Count { get; private set; }

    /// <summary>Adds places behind the last; they lengthen the last strip where they go on from its end.</summary>
    public void Add(nint offset, int count)
    {
        if (Count > 0 && memory[Count - 1] is var last && last.Offset + last.Count * step == offset)
            memory[Count - 1] = last with { Count = last.Count + count };
        else if (count > 0)
            memory[Count++] = new(offset, count);
    }

    public void Clear() => Count = 0;

    /// <summary>Copies a section of the places to another list.</summary>
    public readonly void CopyTo(ref StripList destination, Section places)
    {
        destination.Clear();
        int start = 0;
        for (int i = 0; i < Count && start < places.End; start += memory[i].Count, i++)
        {
            int first = Math.Max(places.Start, start), end = Math.Min(places.End, start + memory[i].Count);
            if (first < end)
                destination.Add(memory[i].Offset + (first - start) * step, end - first);
        }
    }

    /// <summary>Writes all places one by one.</summary>
    public readonly void Expand(nint* places)
    {
        for (int i = 0; i < Count; i++)
        {
            nint offset = memory[i].Offset;
            for (int k = 0; k < memory[i].Count; k++, offset += step)
                *places++ = offset;
        }
    }
}

/// <summary>
/// A block of A that is never copied: element (row, k) is at the sum of an address for each row and one for each step. Of a convolution's patches, rows
/// are the windows' places and steps the taps and channels within a window, or the other way round for the weight gradient.
/// </summary>
/// <param name="lanes">A place in bytes for each row, and as many more as make whole tiles.</param>
/// <param name="steps">The places of the steps; those of the rows or these are addresses.</param>
internal readonly unsafe struct PatchPanels(nint* lanes, StripList steps) : IPanels
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Locate(int lane, ref Tile tile)
    {
        tile.Lanes = lanes + lane;
        tile.Strips = steps.Items;
        tile.StripCount = steps.Count;
        tile.AStep = steps.Step / sizeof(float);
    }

    /// <summary>Repeats the first place behind the last, for rows of a tile that nobody needs.</summary>
    public static void FillTile(nint* lanes, int count, int tileRows)
    {
        for (int lane = count; lane % tileRows != 0; lane++)
            lanes[lane] = lanes[0];
    }
}

/// <summary>Memory that is handed out piece by piece, each on a cache line; without memory it counts how much is needed.</summary>
internal unsafe ref struct PackArena(float* memory)
{
    /// <summary>Floats that were handed out.</summary>
    public int Length { get; private set; }

    public T* Take<T>(int count)
        where T : unmanaged
    {
        int start = Length;
        Length = checked(Length + AlignedMemory.RoundUp((int)(((long)count * sizeof(T) + sizeof(float) - 1) / sizeof(float))));
        return memory is null ? null : (T*)(memory + start);
    }
}
