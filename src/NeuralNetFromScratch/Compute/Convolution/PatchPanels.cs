using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>Positions at equal distances: steps of k, or rows of A.</summary>
/// <param name="Offset">The offset of the first position, in bytes.</param>
/// <param name="Count">The number of positions.</param>
internal readonly record struct Strip(nint Offset, int Count);

/// <summary>A list of strips in memory that it does not own.</summary>
internal unsafe struct StripList(Strip* memory, nint step)
{
    public readonly Strip* Items => memory;

    /// <summary>The number of bytes from one position of a strip to the next.</summary>
    public readonly nint Step => step;

    public int Count { get; private set; }

    /// <summary>Appends positions. They extend the last strip if they continue it.</summary>
    public void Add(nint offset, int count)
    {
        if (Count > 0 && memory[Count - 1] is var last && last.Offset + last.Count * step == offset)
            memory[Count - 1] = last with { Count = last.Count + count };
        else if (count > 0)
            memory[Count++] = new(offset, count);
    }

    public void Clear() => Count = 0;

    /// <summary>Copies a section of the positions to another list.</summary>
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

    /// <summary>Writes the offsets of all positions one by one.</summary>
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
/// A block of A that is read in place: element (row, k) is at the sum of an address for each row and an offset for each step. For the patches of
/// a convolution, rows are the positions of windows, and steps are the taps and channels within a window, or vice versa for the weight gradient.
/// </summary>
/// <param name="lanes">An offset in bytes for each row, with additional ones that complete the last tile.</param>
/// <param name="steps">The offsets of the steps. Either these or the offsets of the rows are addresses.</param>
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

    /// <summary>Repeats the first offset after the last one, for the unused rows of a tile, wherever the last tile starts.</summary>
    public static void FillTile(nint* lanes, int count, int tileRows) => new Span<nint>(lanes + count, tileRows).Fill(lanes[0]);
}

/// <summary>Memory that is allocated in pieces, each aligned to a cache line. If the pointer is null, only the required length is counted.</summary>
internal unsafe ref struct PackArena(float* memory)
{
    /// <summary>The number of floats that were allocated or counted.</summary>
    public int Length { get; private set; }

    public T* Take<T>(int count)
        where T : unmanaged
    {
        int start = Length;
        Length = checked(Length + AlignedMemory.RoundUp((int)(((long)count * sizeof(T) + sizeof(float) - 1) / sizeof(float))));
        return memory is null ? null : (T*)(memory + start);
    }
}
