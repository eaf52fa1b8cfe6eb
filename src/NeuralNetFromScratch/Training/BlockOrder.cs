namespace NeuralNetFromScratch;

/// <summary>
/// A random order of samples that keeps neighbors close in time. Blocks of consecutive samples are put in a random order, and then the samples of 16 successive
/// blocks are shuffled together. The order depends only on a random source.
/// </summary>
internal sealed class BlockOrder
{
    /// <summary>The number of blocks whose samples are shuffled together.</summary>
    private const int WindowBlocks = 16;

    private readonly int _count, _length;
    private readonly int[] _blocks;
    private int _announced;

    /// <param name="count">The number of samples.</param>
    /// <param name="length">The number of samples in a block; the last one can have fewer.</param>
    public BlockOrder(int count, int length)
    {
        (_count, _length) = (count, length);
        _blocks = new int[(int)(((long)count + length - 1) / length)];
    }

    /// <summary>Writes the index of each sample once.</summary>
    public void Fill(int[] order, RandomSource random)
    {
        for (int i = 0; i < _blocks.Length; i++)
            _blocks[i] = i;
        random.Shuffle(_blocks);
        int filled = 0, window = 0;
        for (int i = 0; i < _blocks.Length; i++)
        {
            (int start, int count) = Block(i);
            for (int sample = 0; sample < count; sample++)
                order[filled++] = start + sample;
            if (i % WindowBlocks != WindowBlocks - 1 && i != _blocks.Length - 1)
                continue;
            random.Fork((ulong)(i / WindowBlocks)).Shuffle(order.AsSpan(window..filled));
            window = filled;
        }

        _announced = 0;
    }

    /// <summary>Announces the blocks of the window at a position of the order and of the next window. Each block is announced once in an epoch.</summary>
    public void Announce(Dataset data, int place)
    {
        int window = place / _length / WindowBlocks * WindowBlocks, end = Math.Min(window + 2 * WindowBlocks, _blocks.Length);
        for (_announced = Math.Max(_announced, window); _announced < end; _announced++)
        {
            (int start, int count) = Block(_announced);
            data.Announce(start, count);
        }
    }

    /// <summary>Returns the samples of a block, by its position in the order.</summary>
    private (int Start, int Count) Block(int place)
    {
        int start = (int)((long)_blocks[place] * _length);
        return (start, Math.Min(_length, _count - start));
    }
}
