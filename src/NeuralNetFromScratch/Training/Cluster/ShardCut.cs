namespace NeuralNetFromScratch;

/// <summary>The division of a step's samples into shards. It depends only on the numbers of samples and shards. Shards can be empty.</summary>
/// <param name="Rows">The number of samples.</param>
/// <param name="Used">The number of shards among which the samples are divided. The other shards, at the end, are empty.</param>
internal readonly record struct ShardCut(int Rows, int Used)
{
    /// <summary>The minimum number of samples in a shard if samples are mixed.</summary>
    private const int FewestMixedRows = 2;

    /// <summary>Divides a step into shards.</summary>
    /// <param name="rows">The number of samples.</param>
    /// <param name="shards">The number of shards.</param>
    /// <param name="mixesSamples">Whether a layer or mixup mixes samples. If true, no shard has exactly one sample, unless the step has exactly one.</param>
    public static ShardCut Of(int rows, int shards, bool mixesSamples) => new(rows, mixesSamples ? Math.Clamp(rows / FewestMixedRows, 1, shards) : shards);

    /// <summary>
    /// Returns the number of samples that a layer which mixes samples sees together: the number of samples in one batch (of several if gradients are accumulated)
    /// divided by the number of shards.
    /// </summary>
    public static int PartLength(int batchRows, int shards) => Math.Max((batchRows + shards - 1) / shards, FewestMixedRows);

    /// <summary>The index of a shard's first sample.</summary>
    public int Start(int shard) => shard >= Used ? Rows : (int)((long)Rows * shard / Used);
}
