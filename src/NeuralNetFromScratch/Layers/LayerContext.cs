namespace NeuralNetFromScratch;

/// <summary>The state that all layers of a pass share.</summary>
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

/// <summary>The environment of a layer in a pass besides its input and output: parameters, scratch memory, engine and random numbers.</summary>
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
    /// Creates the context of a single layer without branches, for calling its methods directly. Layers with branches run in a
    /// <see cref="Chain"/>.
    /// </summary>
    /// <param name="engine">The compute engine.</param>
    /// <param name="rows">The number of samples in the buffers.</param>
    /// <param name="parameters">The layer's parameters; see <see cref="Layer.CreateParameters"/>.</param>
    public LayerContext(Engine engine, int rows, ParameterStore parameters)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        _pass = new PassContext { Engine = engine, Parameters = parameters, Rows = rows, BatchShare = 1 };
    }

    /// <summary>Creates the context of a layer in a chain and takes the layer's scratch memory.</summary>
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

    /// <summary>The compute engine.</summary>
    public Engine Engine => _pass.Engine;

    /// <summary>The number of samples in the buffers.</summary>
    public int Rows => _pass.Rows;

    /// <summary>The shape of one input sample.</summary>
    public Shape InputShape { get; init; }

    /// <summary>Whether the pass belongs to a training step; false in evaluation and prediction.</summary>
    public bool IsTraining
    {
        get => _pass.IsTraining;
        init => _pass = _pass with { IsTraining = value };
    }

    /// <summary>
    /// Whether <see cref="Layer.Backward"/> adds to the existing parameter gradients instead of overwriting them. It is false for the first rows
    /// of a step. <see cref="GradientsToAddTo"/> handles both cases.
    /// </summary>
    public bool Accumulate
    {
        get => _pass.Accumulate;
        init => _pass = _pass with { Accumulate = value };
    }

    /// <summary>The number of samples of the same step in earlier blocks of rows.</summary>
    public int SampleOffset
    {
        get => _pass.SampleOffset;
        init => _pass = _pass with { SampleOffset = value };
    }

    /// <summary>
    /// The fraction of the step's samples that these rows are; 1 unless the step runs in several parts. A layer with running statistics
    /// multiplies those of the batch by it before it adds them to the gradients of its state.
    /// </summary>
    public float BatchShare
    {
        get => _pass.BatchShare;
        init => _pass = _pass with { BatchShare = value };
    }

    /// <summary>
    /// The layer's random source in this training step. Use the sample's index in the step, <see cref="SampleOffset"/> plus the row, as part of
    /// the index.
    /// </summary>
    public RandomSource Random { get; init; }

    /// <summary>The layer's scratch memory: <see cref="ScratchSize.Floats"/> floats, aligned to a cache line.</summary>
    public Span<float> Scratch
    {
        get => _scratch.Floats;
        init => _scratch = new(value, _scratch.Bytes, [], 0);
    }

    /// <summary>The layer's scratch memory in bytes: <see cref="ScratchSize.Bytes"/>.</summary>
    public Span<byte> ScratchBytes
    {
        get => _scratch.Bytes;
        init => _scratch = new(_scratch.Floats, value, [], 0);
    }

    /// <summary>Returns the values of one of the layer's own parameters.</summary>
    /// <param name="parameter">The index of the parameter in <see cref="Layer.Parameters"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    /// <exception cref="InvalidOperationException">The context is the default value, which has no parameters.</exception>
    public Span<float> Values(int parameter) => Own(parameter).Values;

    /// <summary>
    /// Returns the gradients of one of the layer's own parameters. Add to them or overwrite them according to <see cref="Accumulate"/>.
    /// </summary>
    /// <param name="parameter">The index of the parameter in <see cref="Layer.Parameters"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    /// <exception cref="InvalidOperationException">The context is the default value, which has no parameters.</exception>
    public Span<float> Gradients(int parameter) => Own(parameter).Gradients;

    /// <summary>
    /// Returns the gradients of one of the layer's own parameters, to which the layer adds. They are set to zero first unless
    /// <see cref="Accumulate"/> is true.
    /// </summary>
    /// <param name="parameter">The index of the parameter in <see cref="Layer.Parameters"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    /// <exception cref="InvalidOperationException">The context is the default value, which has no parameters.</exception>
    public Span<float> GradientsToAddTo(int parameter)
    {
        Span<float> gradients = Gradients(parameter);
        if (!Accumulate)
            gradients.Clear();
        return gradients;
    }

    /// <summary>
    /// Returns the scratch memory of one worker of the engine, <see cref="ScratchSize.WorkerFloats"/> floats. Its contents are not kept after the
    /// call.
    /// </summary>
    /// <param name="worker">The index of the worker.</param>
    /// <param name="length">The number of floats.</param>
    public Span<float> WorkerScratch(int worker, int length) => _scratch.Worker(worker, length);

    /// <summary>The number of the layer's branches.</summary>
    public int BranchCount => _branches?.Length ?? 0;

    /// <summary>Returns a pass through one of the layer's branches on the same rows.</summary>
    /// <param name="number">The index of the branch in <see cref="Layer.Branches"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public ChainRun Branch(int number)
    {
        if ((uint)number >= (uint)BranchCount)
            throw new ArgumentOutOfRangeException(nameof(number), number, $"the layer has {BranchCount} branches");
        ScratchSpan memory = _branchMemory;
        for (int i = 0; i < number; i++)
            memory.Take(_branches![i].Scratch(Rows, IsTraining));
        // Each branch has separate random numbers.
        PassContext pass = _pass with { Random = number == 0 ? Random : Random.Fork(ulong.MaxValue - (ulong)number) };
        return new ChainRun(_branches![number], pass, _firstParameter + _branchParameters![number], memory);
    }

    private Parameter Own(int parameter)
    {
        ParameterStore parameters = _pass.Parameters ?? throw new InvalidOperationException("the default layer context has no parameters; create one with its constructor");
        if (parameter < 0)
            throw new ArgumentOutOfRangeException(nameof(parameter), parameter, "the index of a parameter must not be negative");
        return parameters[_firstParameter + parameter];
    }
}

/// <summary>The size of a layer's scratch memory. <see cref="Layer.Backward"/> finds there what <see cref="Layer.Forward"/> stored.</summary>
/// <param name="Floats">The number of floats of <see cref="LayerContext.Scratch"/>. Default: 0.</param>
/// <param name="Bytes">The number of bytes of <see cref="LayerContext.ScratchBytes"/>, for indices and masks. Default: 0.</param>
/// <param name="WorkerFloats">The number of floats of each worker's <see cref="LayerContext.WorkerScratch"/>, which are not kept. Default: 0.</param>
public readonly record struct ScratchSize(int Floats = 0, int Bytes = 0, int WorkerFloats = 0)
{
    /// <summary>Returns the size of this part and the next one together, each rounded up to whole cache lines.</summary>
    internal ScratchSize Then(ScratchSize next) => new(
        checked(Compute.AlignedMemory.RoundUp(Floats) + Compute.AlignedMemory.RoundUp(next.Floats)),
        checked(Compute.AlignedMemory.RoundUp(Bytes) + Compute.AlignedMemory.RoundUp(next.Bytes)),
        Math.Max(WorkerFloats, next.WorkerFloats));

    /// <summary>Returns the offset of this part when another part comes before it.</summary>
    internal ScratchSize Before(ScratchSize next) =>
        new(Floats - Compute.AlignedMemory.RoundUp(next.Floats), Bytes - Compute.AlignedMemory.RoundUp(next.Bytes), WorkerFloats);
}

/// <summary>Scratch memory that is handed out in pieces, each aligned to a cache line.</summary>
internal ref struct ScratchSpan(Span<float> floats, Span<byte> bytes, Span<float> workers, int workerFloats)
{
    private Span<float> _floats = floats;
    private Span<byte> _bytes = bytes;
    private readonly Span<float> _workers = workers;

    public readonly Span<float> Floats => _floats;

    public readonly Span<byte> Bytes => _bytes;

    /// <summary>The memory of one worker, shared by all layers.</summary>
    public readonly Span<float> Worker(int worker, int length) => _workers.Slice(worker * workerFloats, length);

    /// <summary>Returns the memory from an offset on.</summary>
    public readonly ScratchSpan From(ScratchSize place) => new(_floats[place.Floats..], _bytes[place.Bytes..], _workers, workerFloats);

    /// <summary>Takes the next piece.</summary>
    public ScratchSpan Take(ScratchSize size)
    {
        var piece = new ScratchSpan(_floats[..size.Floats], _bytes[..size.Bytes], _workers, workerFloats);
        _floats = _floats[Compute.AlignedMemory.RoundUp(size.Floats)..];
        _bytes = _bytes[Compute.AlignedMemory.RoundUp(size.Bytes)..];
        return piece;
    }
}
