namespace NeuralNetFromScratch;

/// <summary>The buffers to run a <see cref="Chain"/> in, allocated once for a number of rows. It serves one pass at a time.</summary>
public sealed class ChainMemory
{
    private readonly Chain _chain;
    private readonly Engine _engine;
    private readonly ParameterStore _parameters;
    private readonly bool _isTraining;
    private readonly AlignedBuffer _floats;
    private readonly byte[] _bytes;
    private readonly float[] _workers;
    private readonly int _workerFloats;

    /// <summary>Buffers.</summary>
    /// <param name="chain">The layers.</param>
    /// <param name="engine">The engine that computes.</param>
    /// <param name="parameters">The chain's parameters.</param>
    /// <param name="maxRows">The largest number of samples in a pass; not negative.</param>
    /// <param name="isTraining">Whether passes belong to training steps. Prediction needs less memory, and has no backward pass.</param>
    /// <param name="sparseColumns">How many of the batches' columns, the last ones, are sparse.</param>
    /// <exception cref="ArgumentException">The parameters are not the chain's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of samples or of sparse columns is out of its range.</exception>
    public ChainMemory(Chain chain, Engine engine, ParameterStore parameters, int maxRows, bool isTraining, int sparseColumns = 0)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegative(maxRows);
        if (parameters.Count != chain.Parameters.Count)
            throw new ArgumentException($"expected the chain's {chain.Parameters.Count} parameters, got {parameters.Count}", nameof(parameters));
        _chain = chain = chain.ForSparse(sparseColumns);
        _engine = engine;
        _parameters = parameters;
        _isTraining = isTraining;
        MaxRows = maxRows;
        ScratchSize size = chain.Scratch(maxRows, isTraining);
        _floats = new AlignedBuffer(size.Floats);
        _bytes = new byte[size.Bytes];
        _workerFloats = Compute.AlignedMemory.RoundUp(size.WorkerFloats);
        _workers = new float[checked(_workerFloats * engine.Threads)];
    }

    /// <summary>The largest number of samples in a pass.</summary>
    public int MaxRows { get; }

    /// <summary>How many of the batches' columns are sparse.</summary>
    public int SparseColumns => _chain.SparseColumns;

    /// <summary>A pass over some samples.</summary>
    /// <param name="rows">Number of samples, at most <see cref="MaxRows"/>.</param>
    /// <param name="accumulate">Whether the gradients of parameters are added to what they hold.</param>
    /// <param name="random">The step's random numbers; layers fork off their own.</param>
    /// <param name="sampleOffset">Number of samples of the same step in the passes before this one.</param>
    /// <param name="batchShare">The share of these samples in those of the step.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are too many samples.</exception>
    public ChainRun Run(int rows, bool accumulate = false, RandomSource random = default, int sampleOffset = 0, float batchShare = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MaxRows);
        var pass = new PassContext
        {
            Engine = _engine,
            Parameters = _parameters,
            Rows = rows,
            IsTraining = _isTraining,
            Accumulate = accumulate,
            SampleOffset = sampleOffset,
            BatchShare = batchShare,
            Random = random,
        };
        return new ChainRun(_chain, pass, 0, new ScratchSpan(_floats.Span, _bytes, _workers, _workerFloats));
    }

    /// <summary>Fills the buffers with NaN, so that what is read before it is written shows.</summary>
    internal void Poison()
    {
        _floats.Span.Fill(float.NaN);
        _workers.AsSpan().Fill(float.NaN);
        _bytes.AsSpan().Fill(byte.MaxValue);
    }
}
