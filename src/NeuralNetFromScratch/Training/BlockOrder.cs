namespace NeuralNetFromScratch;

/// <summary>
/// A random order of samples that keeps neighbors close in time. Blocks of consecutive samples are put in a random order and divided among the shards of the steps,
/// so that a process reads only the blocks of its own shards. In each shard, the samples of some successive blocks are shuffled together. The order depends only on
/// a random source and on the number of shards.
/// </summary>
internal sealed class BlockOrder
{
    /// <summary>The number of blocks whose samples are shuffled together, over all shards; and the minimum in each shard.</summary>
    private const int WindowBlocks = 16, FewestBlocks = 2;

    private readonly int _count, _length, _windowBlocks;
    private readonly EpochShards _shards;
    private readonly int[] _blocks, _window;

    /// <summary>The first sample of each shard, as the position of its block in the order and its index in this block; and the end of the last shard.</summary>
    private readonly (int Block, int Sample)[] _starts;

    /// <summary>For each shard, the position of the first block that is not announced.</summary>
    private readonly int[] _announced;

    /// <param name="count">The number of samples.</param>
    /// <param name="length">The number of samples in a block; the last one can have fewer.</param>
    /// <param name="shards">The division of the steps into shards.</param>
    public BlockOrder(int count, int length, EpochShards shards)
    {
        (_count, _length, _shards) = (count, length, shards);
        _windowBlocks = Math.Max(WindowBlocks / shards.Count, FewestBlocks);
        _blocks = new int[(int)(((long)count + length - 1) / length)];
        _window = new int[(int)Math.Min((long)_windowBlocks * length, count)];
        _starts = new (int, int)[shards.Count + 1];
        _announced = new int[shards.Count];
    }

    /// <summary>Writes the index of each sample once.</summary>
    public void Fill(int[] order, RandomSource random)
    {
        for (int i = 0; i < _blocks.Length; i++)
            _blocks[i] = i;
        random.Shuffle(_blocks);
        int windows = 0, left = _count;
        (int Block, int Sample) next = (0, 0);
        for (int shard = 0; shard < _shards.Count; shard++)
        {
            (_starts[shard], _announced[shard]) = (next, next.Block);
            var places = new Places(_shards, shard, _count);
            // Samples that no step uses follow the last shard.
            int ofShard = shard == _shards.Count - 1 ? left : _shards.SamplesOf(shard);
            left -= ofShard;
            for (int filled; ofShard > 0; ofShard -= filled)
            {
                filled = FillWindow(ofShard, ref next);
                random.Fork((ulong)windows++).Shuffle(_window.AsSpan(0, filled));
                foreach (int sample in _window.AsSpan(0, filled))
                    order[places.Next()] = sample;
            }
        }

        _starts[^1] = next;
    }

    /// <summary>
    /// Announces the blocks of the window at a position of the order and of the next window, for the shards of this process. Each block is announced once in an epoch.
    /// </summary>
    public void Announce(Dataset data, int place)
    {
        int step = place / _shards.StepLength;
        for (int shard = _shards.FirstOwn; shard < _shards.FirstOwn + _shards.OwnCount; shard++)
        {
            ((int first, int sample), (int last, int lastSample)) = (_starts[shard], _starts[shard + 1]);
            int window = (sample + _shards.SamplesBefore(step, shard)) / _length / _windowBlocks * _windowBlocks;
            int end = (int)Math.Min(first + window + 2L * _windowBlocks, lastSample > 0 ? last + 1 : last);
            for (int block = _announced[shard] = Math.Max(_announced[shard], first + window); block < end; block++, _announced[shard]++)
            {
                (int start, int count) = Block(block);
                int from = block == first ? sample : 0, to = block == last ? lastSample : count;
                if (to > from)
                    data.Announce(start + from, to - from);
            }
        }
    }

    /// <summary>Writes the next samples of the blocks to the window, and returns their number.</summary>
    private int FillWindow(int most, ref (int Block, int Sample) next)
    {
        int filled = 0;
        for (int i = 0; i < _windowBlocks && filled < most; i++)
        {
            (int start, int count) = Block(next.Block);
            int taken = Math.Min(count - next.Sample, most - filled);
            for (int sample = next.Sample; sample < next.Sample + taken; sample++)
                _window[filled++] = start + sample;
            next = next.Sample + taken == count ? (next.Block + 1, 0) : (next.Block, next.Sample + taken);
        }

        return filled;
    }

    /// <summary>Returns the samples of a block, by its position in the order.</summary>
    private (int Start, int Count) Block(int place)
    {
        int start = (int)((long)_blocks[place] * _length);
        return (start, Math.Min(_length, _count - start));
    }

    /// <summary>The positions of a shard's samples in the order, step by step, and then those that no step uses.</summary>
    private struct Places(EpochShards shards, int shard, int count)
    {
        private int _step = -1, _place, _end;

        public int Next()
        {
            while (_place == _end)
                (_place, _end) = ++_step < shards.Steps ? shards.Range(_step, shard) : (shards.Samples, count);
            return _place++;
        }
    }
}
