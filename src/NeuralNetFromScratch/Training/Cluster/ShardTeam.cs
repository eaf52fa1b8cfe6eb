namespace NeuralNetFromScratch;

/// <summary>
/// Some of the threads of a process, which compute consecutive shards one after another and add their gradients. The teams of a process compute at the same time.
/// Each has its own gradients and buffers, and all use the same parameters.
/// </summary>
/// <param name="owner">Is notified when the gradients of a layer are complete.</param>
/// <param name="engine">The threads.</param>
/// <param name="pass">Computes the gradients of a shard.</param>
/// <param name="parameters">The store that receives the gradients.</param>
/// <param name="shards">The number of shards.</param>
internal sealed class ShardTeam(ShardedPass owner, Engine engine, GradientPass pass, ParameterStore parameters, int shards) : ILayerObserver
{
    private readonly ShardTree _tree = new(parameters, engine, shards);
    private int _ready;

    public Engine Engine => engine;

    /// <summary>The gradients of the last shard, and from <see cref="Ready"/> on the sum of those of all shards.</summary>
    public Span<float> Gradients => parameters.KnownGradients;

    /// <summary>The index from which on the gradients are complete.</summary>
    public int Ready => Volatile.Read(ref _ready);

    /// <summary>Begins a step.</summary>
    public void Begin() => Volatile.Write(ref _ready, parameters.ElementCount);

    /// <summary>Computes the gradients of a shard.</summary>
    /// <param name="shard">The index of the shard among those of the team.</param>
    /// <param name="batch">The samples of the shard.</param>
    /// <param name="random">The random source of the step.</param>
    /// <param name="blocks">Receives the outputs and losses; may be null.</param>
    /// <param name="refusesNonFinite">Whether a feature that is not finite makes the loss NaN at once.</param>
    /// <returns>The sum of the losses.</returns>
    public double Compute(int shard, in TrainingBatch batch, RandomSource random, BlockFigures? blocks, bool refusesNonFinite)
    {
        bool isLast = shard == shards - 1;
        double lossSum = 0;
        if (batch.Rows > 0)
            lossSum = pass.Run(batch, random, accumulate: false, blocks, isLast ? this : null, refusesNonFinite).LossSum;
        else
            parameters.Gradients.Clear();
        if (isLast)
            Finish(0);
        else
            _tree.Keep(shard);
        return lossSum;
    }

    void ILayerObserver.OnLayerFinished(int firstParameter, int parameterCount)
    {
        if (parameterCount > 0)
            Finish(parameters[firstParameter].Offset);
    }

    /// <summary>Completes the gradients from an index on.</summary>
    private void Finish(int start)
    {
        int ready = Ready;
        if (start >= ready)
            return;
        _tree.Finish(start, ready - start);
        Volatile.Write(ref _ready, start);
        owner.OnGradientsFinished(this);
    }
}
