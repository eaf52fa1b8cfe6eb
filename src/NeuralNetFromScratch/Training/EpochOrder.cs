namespace NeuralNetFromScratch;

/// <summary>Determines the samples that an epoch uses, and their order. The result depends only on the options, the number of shards and the number of the epoch.</summary>
internal sealed class EpochOrder
{
    private const ulong ShuffleStream = 1;

    private readonly bool _shuffles, _replaces;
    private readonly ulong _seed;
    private readonly BlockOrder? _blocks;

    /// <summary>The sum of the weights up to each sample; empty if all weights are equal.</summary>
    private readonly double[] _sums;

    /// <param name="options">The options of the training.</param>
    /// <param name="samples">The number of samples.</param>
    /// <param name="shards">The division of the steps into shards.</param>
    /// <exception cref="ArgumentException">
    /// The number of weights differs from the number of samples, a weight is negative or not finite, or all weights are 0.
    /// </exception>
    public EpochOrder(FitOptions options, int samples, EpochShards shards)
    {
        (_shuffles, _replaces, _seed) = (options.Shuffle, options.SampleWithReplacement, options.Seed);
        if (options.Shuffle && options.ShuffleBlock > 1)
            _blocks = new BlockOrder(samples, options.ShuffleBlock, shards);
        if (options.SamplingWeights is not { } weights)
        {
            _sums = [];
            return;
        }

        if (weights.Count != samples)
            throw new ArgumentException($"expected {samples} sampling weights, one for each training sample, got {weights.Count}", nameof(options));
        _sums = new double[samples];
        double sum = 0;
        for (int i = 0; i < samples; i++)
        {
            SampleWeights.ThrowIfInvalid(i, weights[i]);
            _sums[i] = sum += weights[i];
        }

        if (sum == 0)
            throw new ArgumentException("all sampling weights are 0", nameof(options));
    }

    /// <summary>Writes the samples of an epoch.</summary>
    public void Fill(int[] order, int epoch)
    {
        RandomSource random = new RandomSource(_seed).Fork(ShuffleStream).Fork((ulong)epoch);
        if (_sums.Length > 0)
        {
            for (int i = 0; i < order.Length; i++)
                order[i] = Draw(random.Uniform((ulong)i) * _sums[^1]);
        }
        else if (_replaces)
        {
            for (int i = 0; i < order.Length; i++)
                order[i] = (int)(random.Uniform((ulong)i) * order.Length);
        }
        else if (_blocks is not null)
        {
            _blocks.Fill(order, random);
        }
        else
        {
            Fill(order, _shuffles, random);
        }
    }

    /// <summary>Announces the samples that this process will read after a position of the epoch's order, if the order consists of blocks of consecutive samples.</summary>
    public void Announce(Dataset data, int place) => _blocks?.Announce(data, place);

    /// <summary>Writes the index of each sample once.</summary>
    public static void Fill(int[] order, bool shuffles, ulong seed, int epoch) =>
        Fill(order, shuffles, new RandomSource(seed).Fork(ShuffleStream).Fork((ulong)epoch));

    private static void Fill(int[] order, bool shuffles, RandomSource random)
    {
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        if (shuffles)
            random.Shuffle(order);
    }

    /// <summary>Returns the first sample whose cumulative weight is above a position, so that a sample of weight 0 is never drawn.</summary>
    private int Draw(double place)
    {
        int low = 0, high = _sums.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_sums[middle] > place)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
