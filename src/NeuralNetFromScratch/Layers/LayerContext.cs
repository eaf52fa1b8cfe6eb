namespace NeuralNetFromScratch;

/// <summary>What all layers of a pass share.</summary>
internal readonly record struct PassContext
{
    public Engine Engine { get; init; }

    public ParameterStore Parameters { get; init; }

    public int Rows { get; init; }

    public bool IsTraining { get; init; }

    public bool Accumulate { get; init; }

    public int SampleOffset { get; init; }

    public float BatchShare { get; init; }

    public RandomSource Random { get; init; }
}

/// <summary>What a layer works with besides its input and output: its parameters, scratch memory, and an engine.</summary>
public readonly ref partial struct LayerContext
{
    private readonly PassContext _pass;
    private readonly int _firstParameter;
    private readonly string? _name;
    private readonly Chain[]? _branches;
    private readonly int[]? _branchParameters;
    private readonly ScratchSpan _scratch;
    private readonly ScratchSpan _branchMemory;

    /// <summary>
    /// The context of a layer that stands alone and has no branches, for calls of its methods on your own buffers. Layers with branches are run
    /// in a <see cref="Chain"/>.
    /// </summary>
    /// <param name="engine">The engine that computes.</param>
    /// <param name="rows">Number of samples in the buffers.</param>
    /// <param name="parameters">The layer's parameters, see <see cref="Layer.CreateParameters"/>.</param>
    public LayerContext(Engine engine, int rows, ParameterStore parameters)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        _pass = new PassContext { Engine = engine, Parameters = parameters, Rows = rows, BatchShare = 1 };
    }

    /// <summary>The context of a layer in a chain; it takes the layer's scratch memory.</summary>
    internal LayerContext(scoped in PassContext pass, ChainNode node, int firstParameter, scoped ref ScratchSpan free)
    {
        _pass = pass;
        _firstParameter = firstParameter + node.FirstParameter;
        _name = node.Name;
        _branches = node.Branches;
        _branchParameters = node.BranchParameters;
        InputShape = node.InputShape;
        if (pass.IsTraining)
            Random = pass.Random.Fork((ulong)node.Number);
        _scratch = free.Take(node.Layer.Scratch(node.InputShape, pass.Rows));
        _branchMemory = free;
        foreach (Chain branch in node.Branches)
            free.Take(branch.Scratch(pass.Rows, pass.IsTraining));
    }

    /// <summary>The engine that computes.</summary>
    public Engine Engine => _pass.Engine;

    /// <summary>Number of samples in the buffers.</summary>
    public int Rows => _pass.Rows;

    /// <summary>Shape of one sample at the input.</summary>
    public Shape InputShape { get; init; }

    /// <summary>Whether the pass belongs to a training step; false for evaluation and prediction.</summary>
    public bool IsTraining
    {
        get => _pass.IsTraining;
        init => _pass = _pass with { IsTraining = value };
    }

    /// <summary>
    /// Whether <see cref="Layer.Backward"/> adds its parameter gradients to what the gradients hold, or overwrites them. It is false for the first
    /// rows of a step. <see cref="GradientsToAddTo"/> takes care of it.
    /// </summary>
    public bool Accumulate
    {
        get => _pass.Accumulate;
        init => _pass = _pass with { Accumulate = value };
    }

    /// <summary>Number of samples of the same step in the blocks of rows before this one.</summary>
    public int SampleOffset
    {
        get => _pass.SampleOffset;
        init => _pass = _pass with { SampleOffset = value };
    }

    /// <summary>
    /// The share of these rows in the samples of the step: 1 unless the step runs in several parts. A layer with running statistics multiplies the
    /// batch's by it before it adds them to the gradients of its state.
    /// </summary>
    public float BatchShare
    {
        get => _pass.BatchShare;
        init => _pass = _pass with { BatchShare = value };
    }

    /// <summary>
    /// The layer's random numbers in this training step. Use the sample's number in the step, <see cref="SampleOffset"/> plus the row, as part of
    /// the index.
    /// </summary>
    public RandomSource Random { get; init; }

    /// <summary>The layer's scratch memory: <see cref="ScratchSize.Floats"/> floats, on a cache line.</summary>
    public Span<float> Scratch
    {
        get => _scratch.Floats;
        init => _scratch = new(value, _scratch.Bytes, [], 0);
    }

    /// <summary>The layer's scratch memory of bytes: <see cref="ScratchSize.Bytes"/>.</summary>
    public Span<byte> ScratchBytes
    {
        get => _scratch.Bytes;
        init => _scratch = new(_scratch.Floats, value, [], 0);
    }

    /// <summary>The values of one of the layer's own parameters.</summary>
    /// <param name="parameter">Its number in the layer's <see cref="Layer.Parameters"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such parameter.</exception>
    /// <exception cref="InvalidOperationException">This is the default context, which has no parameters.</exception>
    public Span<float> Values(int parameter) => Own(parameter).Values;

    /// <summary>The gradients of one of the layer's own parameters, to be added to or overwritten as <see cref="Accumulate"/> says.</summary>
    /// <param name="parameter">Its number in the layer's <see cref="Layer.Parameters"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such parameter.</exception>
    /// <exception cref="InvalidOperationException">This is the default context, which has no parameters.</exception>
    public Span<float> Gradients(int parameter) => Own(parameter).Gradients;

    /// <summary>The gradients of one of the layer's own parameters, to be added to: set to zero first unless <see cref="Accumulate"/> is set.</summary>
    /// <param name="parameter">Its number in the layer's <see cref="Layer.Parameters"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such parameter.</exception>
    /// <exception cref="InvalidOperationException">This is the default context, which has no parameters.</exception>
    public Span<float> GradientsToAddTo(int parameter)
    {
        Span<float> gradients = Gradients(parameter);
        if (!Accumulate)
            gradients.Clear();
        return gradients;
    }

    /// <summary>The memory of one worker of the engine, <see cref="ScratchSize.WorkerFloats"/> floats, which is lost after the call.</summary>
    /// <param name="worker">The worker's number.</param>
    /// <param name="length">Number of floats.</param>
    public Span<float> WorkerScratch(int worker, int length) => _scratch.Worker(worker, length);

    /// <summary>Number of the layer's chains of inner layers.</summary>
    public int BranchCount => _branches?.Length ?? 0;

    /// <summary>One of the layer's chains of inner layers, ready to run on the same rows.</summary>
    /// <param name="number">Its number in the layer's <see cref="Layer.Branches"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such chain.</exception>
    public ChainRun Branch(int number)
    {
        if ((uint)number >= (uint)BranchCount)
            throw new ArgumentOutOfRangeException(nameof(number), number, $"the layer has {BranchCount} branches");
        ScratchSpan memory = _branchMemory;
        for (int i = 0; i < number; i++)
            memory.Take(_branches![i].Scratch(Rows, IsTraining));
        // Each branch has random numbers of its own.
        PassContext pass = _pass with { Random = number == 0 ? Random : Random.Fork(ulong.MaxValue - (ulong)number) };
        return new ChainRun(_branches![number], pass, _firstParameter + _branchParameters![number], memory);
    }

    private Parameter Own(int parameter)
    {
        ParameterStore parameters = _pass.Parameters ?? throw new InvalidOperationException("the default layer context has no parameters; make one with its constructor");
        if (parameter < 0)
            throw new ArgumentOutOfRangeException(nameof(parameter), parameter, "the number of a parameter must not be negative");
        return parameters[_firstParameter + parameter];
    }
}

/// <summary>The scratch memory of a layer. <see cref="Layer.Backward"/> finds what <see cref="Layer.Forward"/> leaves there.</summary>
/// <param name="Floats">Number of floats, see <see cref="LayerContext.Scratch"/>.</param>
/// <param name="Bytes">Number of bytes, see <see cref="LayerContext.ScratchBytes"/>: indices, masks.</param>
/// <param name="WorkerFloats">Number of floats for each worker of the engine, see <see cref="LayerContext.WorkerScratch"/>. They are not kept.</param>
public readonly record struct ScratchSize(int Floats = 0, int Bytes = 0, int WorkerFloats = 0)
{
    /// <summary>The place of a part that follows this one, and room for both: sizes are rounded up to whole cache lines.</summary>
    internal ScratchSize Then(ScratchSize next) => new(
        checked(Compute.AlignedMemory.RoundUp(Floats) + Compute.AlignedMemory.RoundUp(next.Floats)),
        checked(Compute.AlignedMemory.RoundUp(Bytes) + Compute.AlignedMemory.RoundUp(next.Bytes)),
        Math.Max(WorkerFloats, next.WorkerFloats));

    /// <summary>The place of a part that has another after it.</summary>
    internal ScratchSize Before(ScratchSize next) =>
        new(Floats - Compute.AlignedMemory.RoundUp(next.Floats), Bytes - Compute.AlignedMemory.RoundUp(next.Bytes), WorkerFloats);
}

/// <summary>Scratch memory that is handed out piece by piece, each on a cache line.</summary>
internal ref struct ScratchSpan(Span<float> floats, Span<byte> bytes, Span<float> workers, int workerFloats)
{
    private Span<float> _floats = floats;
    private Span<byte> _bytes = bytes;
    private readonly Span<float> _workers = workers;

    public readonly Span<float> Floats => _floats;

    public readonly Span<byte> Bytes => _bytes;

    /// <summary>The memory of one worker, which layers share.</summary>
    public readonly Span<float> Worker(int worker, int length) => _workers.Slice(worker * workerFloats, length);

    /// <summary>What lies behind a place.</summary>
    public readonly ScratchSpan From(ScratchSize place) => new(_floats[place.Floats..], _bytes[place.Bytes..], _workers, workerFloats);

    /// <summary>The next piece.</summary>
    public ScratchSpan Take(ScratchSize size)
    {
        var piece = new ScratchSpan(_floats[..size.Floats], _bytes[..size.Bytes], _workers, workerFloats);
        _floats = _floats[Compute.AlignedMemory.RoundUp(size.Floats)..];
        _bytes = _bytes[Compute.AlignedMemory.RoundUp(size.Bytes)..];
        return piece;
    }
}
