using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch;

/// <summary>
/// The machinery of one step up to the gradients: forward, loss and backward over a batch of any size, which goes through in blocks of
/// rows whose gradients add up. Its buffers are made for the largest batch seen, up to one block.
/// </summary>
internal sealed class TrainingStep(Sequential network, Loss loss, Engine engine)
{
    /// <summary>Rows of a block: enough for the matrix product, few enough for the cache.</summary>
    public const int BlockRows = 192;

    /// <summary>Fewest values of the output that are worth waking a worker for.</summary>
    private const int LossGrain = 256;

    private readonly bool _needsWholeBatch = network.Layers.Any(layer => layer.MixesSamples);
    private BlockBuffers _buffers = new(0, 0, 0, 0);
    private ChainMemory _memory = new(network.Chain, engine, network.Parameters, 0, isTraining: true);
    private readonly int _firstTrained = FirstTrained(network);
    private LossSums _sums = new(0);

    /// <summary>Forward, loss and backward: the gradients of the mean loss lie in the parameters.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="partLength">Samples that a layer which looks across the batch sees together; all of them where it is the batch's length.</param>
    /// <param name="random">Chance for the layers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public StepResult Run<TBatch>(TBatch batch, int partLength, RandomSource random)
        where TBatch : IBatch, allows ref struct
    {
        int maxRows = Math.Min(batch.Count, _needsWholeBatch ? partLength : BlockRows);
        Reserve(maxRows);
        float scale = 1f / batch.Count;
        StepResult total = default;
        for (int start = 0; start < batch.Count; start += maxRows)
        {
            int rows = Math.Min(maxRows, batch.Count - start);
            ReadOnlySpan<float> inputs = batch.Load(new(start, rows), _buffers, engine);
            ChainRun run = _memory.Run(rows, accumulate: start > 0, random, start, (float)rows / batch.Count);
            var view = new ReadOnlyMatrixView(inputs, rows, _buffers.InputLength);
            run.Forward(view);
            engine.Run(
                new LossJob(loss, _memory, _buffers, rows, batch.HasLabels, batch.HasWeights, scale, _sums),
                engine.WorkersFor((long)rows * _buffers.OutputLength, LossGrain));
            total += _sums.Total(rows);
            run.Backward(view, default, _firstTrained, null);
        }

        return total;
    }

    private void Reserve(int rows)
    {
        if (rows <= _buffers.MaxRows)
            return;
        _buffers = new BlockBuffers(rows, network.InputShape.ElementCount, network.OutputShape.ElementCount, engine.Threads);
        _memory = new ChainMemory(network.Chain, engine, network.Parameters, rows, isTraining: true);
        _sums = new LossSums(rows);
    }

    /// <summary>The first layer that learns: no gradient needs to go further down.</summary>
    private static int FirstTrained(Sequential network)
    {
        int first = 0;
        while (first < network.Nodes.Length && !HasTrainedParameters(network, network.Nodes[first]))
            first++;
        return first;
    }

    private static bool HasTrainedParameters(Sequential network, ChainNode node) =>
        Enumerable.Range(node.FirstParameter, node.ParameterCount).Any(i => network.Parameters[i].Role != ParameterRole.State);
}
