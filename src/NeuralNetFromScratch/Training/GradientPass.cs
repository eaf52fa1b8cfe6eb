using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// The first stage of a step: forward pass, loss and backward pass over a batch of any size. The batch is processed in blocks of rows whose
/// gradients are added. The buffers have the size of the largest batch seen, up to one block.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="loss">The loss.</param>
/// <param name="engine">The compute engine.</param>
/// <param name="frozen">For each parameter, whether it is frozen.</param>
/// <param name="parameters">The network's parameters, or a store of the same values with other gradients.</param>
internal sealed class GradientPass(Sequential network, Loss loss, Engine engine, bool[] frozen, ParameterStore parameters)
{
    /// <summary>
    /// The number of rows in a block. It is large enough for an efficient matrix product, small enough for the cache, and a multiple of the
    /// metrics' chunk.
    /// </summary>
    private readonly int _blockRows = network.Chain.BlockRows(most: 12 * MetricAccumulator.ChunkRows);
    private readonly bool _mixesSamples = network.Chain.MixesSamples;
    private readonly int _firstTrained = FirstTrained(network, frozen);
    private readonly BatchBuffer _buffer = new();
    private ChainMemory _memory = new(network.Chain, engine, parameters, 0, isTraining: true);
    private double[] _losses = [];

    /// <summary>
    /// Computes the gradients of the sum of the losses divided by the divisor, and the batch's contributions to running statistics, and stores
    /// them as the parameters' gradients.
    /// </summary>
    /// <param name="batch">The samples.</param>
    /// <param name="random">The random source of the step.</param>
    /// <param name="accumulate">Whether to add to the existing gradients.</param>
    /// <param name="figures">Receives the outputs and losses; may be null.</param>
    /// <param name="observer">Is notified when a layer's gradients are complete; may be null.</param>
    /// <param name="refusesNonFinite">
    /// Whether a feature that is not finite makes the loss NaN at once. An activation can hide such a feature from the loss, but not from the
    /// gradients.
    /// </param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public StepTotals Run(in TrainingBatch batch, RandomSource random, bool accumulate, BlockFigures? figures, ILayerObserver? observer, bool refusesNonFinite = false)
    {
        bool joinsRemaining = _mixesSamples || batch.Source.Mixup.IsOn;
        int part = Math.Max(batch.PartLength, 1), blockRows = Math.Min(batch.Rows, _mixesSamples ? part : _blockRows);
        // If samples are mixed, a single remaining sample joins the part before it.
        Reserve(joinsRemaining ? Math.Min(batch.Rows, blockRows + 1) : blockRows, batch.Source.SparseColumns);
        int counted = batch.CountRows();
        double divisor = batch.DivisorOf(counted), sum = 0;
        float scale = 1 / (float)divisor;
        for (int start = 0, rows; start < batch.Rows; start += rows)
        {
            rows = Math.Min(blockRows, batch.Rows - start);
            if (joinsRemaining && batch.Rows - start - rows == 1)
                rows++;
            SampleBatch samples = _buffer.Load(engine, batch.Source, start, rows, network.OutputShape.ElementCount, loss.IgnoredLabel);
            if (refusesNonFinite && !batch.Source.AreFeaturesFinite && !NonFinite.IsFree(samples.Inputs))
                return new StepTotals(batch.Rows, double.NaN, divisor);
            ChainRun run = _memory.Run(rows, accumulate || start > 0, random, batch.SampleOffset + start, batch.ShareOf(rows, counted, divisor));
            var job = new LossJob(loss, samples, run.Forward(samples.Inputs), run.OutputGradient, scale, _losses, figures);
            engine.Run(job, engine.WorkersFor((long)rows * network.OutputShape.ElementCount, Tuning.LossGrain));
            figures?.FinishBlock(rows);
            sum += RowSum.Tree(_losses.AsSpan(0, Chunks(rows)));
            run.Backward(samples.Inputs, default, _firstTrained, start + rows == batch.Rows ? observer : null);
        }

        return new StepTotals(batch.Rows, sum, divisor);
    }

    public static int Chunks(int rows) => (rows + MetricAccumulator.ChunkRows - 1) / MetricAccumulator.ChunkRows;

    private void Reserve(int rows, int sparseColumns)
    {
        if (rows <= _memory.MaxRows && sparseColumns == _memory.SparseColumns)
            return;
        rows = Math.Max(rows, _memory.MaxRows);
        _memory = new ChainMemory(network.Chain, engine, parameters, rows, isTraining: true, sparseColumns);
        _losses = new double[Chunks(rows)];
    }

    /// <summary>Returns the first layer with trainable parameters. Layers before it need no gradients.</summary>
    private static int FirstTrained(Sequential network, bool[] frozen)
    {
        int first = 0;
        while (first < network.Nodes.Length && !Learns(network, network.Nodes[first], frozen))
            first++;
        return first;
    }

    private static bool Learns(Sequential network, ChainNode node, bool[] frozen) => Enumerable.Range(node.FirstParameter, node.ParameterCount)
        .Any(i => network.Parameters[i].Role != ParameterRole.Buffer && !frozen[i]);
}

/// <summary>
/// Computes the loss over a block of rows, and its gradient. The rows are divided into chunks of a fixed size with one sum each, so that the
/// total does not depend on the division of work among the threads.
/// </summary>
/// <param name="loss">The loss.</param>
/// <param name="samples">The labels or targets, and weights.</param>
/// <param name="outputs">[rows, out].</param>
/// <param name="gradient">Receives the gradient: [rows, out].</param>
/// <param name="scale">The factor on the gradient.</param>
/// <param name="losses">Receives the sum of each chunk.</param>
/// <param name="figures">Receives the outputs and losses; may be null.</param>
internal readonly ref struct LossJob(
    Loss loss, SampleBatch samples, ReadOnlyMatrixView outputs, MatrixView gradient, float scale, double[] losses, BlockFigures? figures) : IJob
{
    private readonly SampleBatch _samples = samples;
    private readonly ReadOnlyMatrixView _outputs = outputs;
    private readonly MatrixView _gradient = gradient;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int worker, int workers)
    {
        var chunks = Section.Of(GradientPass.Chunks(_outputs.Rows), 1, worker, workers);
        if (chunks.Count == 0)
            return;
        for (int chunk = chunks.Start; chunk < chunks.End; chunk++)
        {
            int start = chunk * MetricAccumulator.ChunkRows;
            int count = Math.Min(MetricAccumulator.ChunkRows, _outputs.Rows - start);
            losses[chunk] = _samples.HasWeights ? WeightedLoss(start, count) : Evaluate(start, count, scale);
        }

        int first = chunks.Start * MetricAccumulator.ChunkRows, rows = Math.Min(chunks.End * MetricAccumulator.ChunkRows, _outputs.Rows) - first;
        figures?.Add(worker, chunks.Start, first, _outputs.SliceRows(first, rows), _samples.SliceRows(first, rows), losses.AsSpan(chunks.Start, chunks.Count));
    }

    /// <summary>Computes each row separately and applies its weight to its loss and gradient.</summary>
    private double WeightedLoss(int start, int count)
    {
        double sum = 0;
        for (int row = start; row < start + count; row++)
        {
            float weight = _samples.Weights[row];
            sum += weight * Evaluate(row, 1, scale * weight);
        }

        return sum;
    }

    private double Evaluate(int start, int count, float factor) => _samples.HasTargets
        ? loss.Evaluate(_outputs.SliceRows(start, count), _samples.Targets.SliceRows(start, count), factor, _gradient.SliceRows(start, count))
        : loss.Evaluate(_outputs.SliceRows(start, count), _samples.Labels.Slice(start, count), factor, _gradient.SliceRows(start, count));
}
