namespace NeuralNetFromScratch;

/// <summary>The division of a step's samples into shards, a function of their numbers alone. Shards can be empty.</summary>
/// <param name="Rows">The number of samples.</param>
/// <param name="Used">The number of shards that samples are divided among, the first ones.</param>
internal readonly record struct ShardCut(int Rows, int Used)
{
    /// <summary>A layer that mixes samples needs two.</summary>
    private const int FewestMixedRows = 2;

    /// <summary>Cuts a step.</summary>
    /// <param name="rows">The number of samples.</param>
    /// <param name="shards">The number of shards.</param>
    /// <param name="mixesSamples">Whether a layer mixes samples. Then no shard has a single one, unless the step has a single one.</param>
    public static ShardCut Of(int rows, int shards, bool mixesSamples) => new(rows, mixesSamples ? Math.Clamp(rows / FewestMixedRows, 1, shards) : shards);

    /// <summary>The number of samples that a layer which mixes samples sees together: those of one batch of several that are accumulated, divided by the number of shards.</summary>
    public static int PartLength(int batchRows, int shards) => Math.Max((batchRows + shards - 1) / shards, FewestMixedRows);

    /// <summary>The index of a shard's first sample.</summary>
    public int Start(int shard) => shard >= Used ? Rows : (int)((long)Rows * shard / Used);
}
