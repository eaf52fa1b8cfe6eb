namespace NeuralNetFromScratch;

/// <summary>
/// Layers one after another, with the names, shapes and parameters that they have at their places. A network is a chain, and a layer that
/// contains others has one or more (<see cref="Layer.Branches"/>). It is immutable; <see cref="ChainMemory"/> has the buffers to run it.
/// </summary>
public sealed class Chain
{
    /// <summary>A chain.</summary>
    /// <param name="inputShape">The shape of one sample at the input.</param>
    /// <param name="layers">The layers, first to last.</param>
    /// <param name="name">The name that its parameters' names begin with; "" for none.</param>
    /// <exception cref="ArgumentException">There is no layer, or one is null or cannot take the output of the one before it.</exception>
    public Chain(Shape inputShape, IReadOnlyList<Layer> layers, string name = "")
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(name);
        if (layers.Count == 0)
            throw new ArgumentException("a chain needs at least one layer", nameof(layers));
        var definitions = new List<ParameterDefinition>();
        string prefix = name.Length == 0 ? "" : name + ".";
        Nodes = new ChainNode[layers.Count];
        InputShape = inputShape;
        Name = name;
        Shape shape = inputShape;
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < Nodes.Length; i++)
        {
            Layer layer = layers[i] ?? throw new ArgumentException($"layer {i} is null", nameof(layers));
            string kind = layer.Settings.Kind;
            string layerName = $"{prefix}{kind}{counts[kind] = counts.GetValueOrDefault(kind) + 1}";
            (Chain[] branches, Shape output) = Plan(layer, layerName, shape);
            int first = definitions.Count;
            definitions.AddRange(layer.Parameters(shape).Select(definition => definition with { Name = $"{layerName}.{definition.Name}" }));
            var branchFirsts = new int[branches.Length];
            for (int b = 0; b < branches.Length; b++)
            {
                branchFirsts[b] = definitions.Count - first;
                definitions.AddRange(branches[b].Parameters.Select(definition => definition with { Name = $"{layerName}.{definition.Name}" }));
            }

            Nodes[i] = new ChainNode(i, layer, layerName, shape, output, first, definitions.Count - first, branches, branchFirsts);
            shape = output;
        }

        OutputShape = shape;
        Parameters = definitions;
        Layers = [.. layers];
    }

    private Chain(Chain source, ChainNode[] nodes, int sparseColumns, int sparseReader)
    {
        (Layers, InputShape, OutputShape, Parameters) = (source.Layers, source.InputShape, source.OutputShape, source.Parameters);
        (Name, Nodes, SparseColumns, SparseReader) = (source.Name, nodes, sparseColumns, sparseReader);
    }

    /// <summary>The layers, first to last.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>The shape of one sample at the input.</summary>
    public Shape InputShape { get; }

    /// <summary>The shape of one sample at the output.</summary>
    public Shape OutputShape { get; }

    /// <summary>All parameters in the order of the layers, with the layers' names before theirs.</summary>
    public IReadOnlyList<ParameterDefinition> Parameters { get; }

    /// <summary>Whether an output depends on several samples of the batch.</summary>
    public bool MixesSamples => Array.Exists(Nodes, node => node.Layer.MixesSamples);

    internal ChainNode[] Nodes { get; }

    /// <summary>What its parameters' names begin with; "" for nothing.</summary>
    internal string Name { get; }

    /// <summary>How many columns of the batches that it runs on are sparse.</summary>
    internal int SparseColumns { get; }

    /// <summary>The place of the layer that reads the sparse rows; those before it pass them on. −1 where there are none.</summary>
    internal int SparseReader { get; } = -1;

    /// <summary>
    /// The chain as it runs on batches whose last columns are sparse: layers that pass these on run on the dense block, and where the next one
    /// does not read them, they are made dense.
    /// </summary>
    internal Chain ForSparse(int sparseColumns)
    {
        if (sparseColumns == SparseColumns)
            return this;
        ArgumentOutOfRangeException.ThrowIfNegative(sparseColumns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sparseColumns, InputShape.ElementCount);
        int dense = InputShape.ElementCount - sparseColumns, passing = 0;
        while (passing < Nodes.Length && Nodes[passing].Layer is IDenseBlockLayer layer && layer.ChangedColumns <= dense)
            passing++;
        IEnumerable<ChainNode> nodes = Nodes.Select((node, i) => i < passing ? node with { InputShape = [dense], OutputShape = [dense] } : node);
        if (passing == Nodes.Length || Nodes[passing].Layer is not ISparseLayer)
        {
            Shape shape = passing == Nodes.Length ? OutputShape : Nodes[passing].InputShape;
            int parameter = passing == Nodes.Length ? Parameters.Count : Nodes[passing].FirstParameter;
            nodes = nodes.Take(passing).Append(new(passing - 1, new MakeDense(), "", shape, shape, parameter, 0, [], [])).Concat(Nodes.Skip(passing));
        }

        return new(this, [.. nodes.Select((node, place) => node with { Place = place })], sparseColumns, passing);
    }

    /// <summary>
    /// The memory of one pass: two buffers that take turns, for gradients in training and for outputs in prediction; then, for each layer, its
    /// output (in training), its scratch memory and that of its branches.
    /// </summary>
    internal ScratchSize Scratch(int rows, bool isTraining)
    {
        ScratchSize size = new(checked(2 * WidestOutput(rows)));
        foreach (ChainNode node in Nodes)
            size = size.Then(node.Memory(rows, isTraining));
        return size;
    }

    /// <summary>
    /// Rows of a block that a larger batch is cut into: as many as asked for, or fewer where the layers' outputs are pictures, so that those of a block stay
    /// in the cache; whole chunks of metrics. It depends on shapes alone.
    /// </summary>
    internal int BlockRows(int most)
    {
        long pictures = PictureFloats();
        long rows = pictures == 0 ? most : Compute.Tuning.PictureBlockFloats / pictures;
        return (int)Math.Clamp(rows / MetricAccumulator.ChunkRows * MetricAccumulator.ChunkRows, MetricAccumulator.ChunkRows, most);
    }

    /// <summary>Floats of the outputs that are pictures, for one sample.</summary>
    private long PictureFloats() => Nodes.Sum(node => (node.OutputShape.Rank == 3 ? node.OutputShape.ElementCount : 0) + node.Branches.Sum(branch => branch.PictureFloats()));

    /// <summary>Floats of the largest output, in whole cache lines.</summary>
    internal int WidestOutput(int rows)
    {
        int widest = 0;
        foreach (ChainNode node in Nodes)
            widest = Math.Max(widest, node.OutputLength(rows));
        return Compute.AlignedMemory.RoundUp(widest);
    }

    private static (Chain[] Branches, Shape Output) Plan(Layer layer, string name, Shape inputShape)
    {
        try
        {
            Chain[] branches = [.. layer.Branches(inputShape)];
            return (branches, layer.OutputShape(inputShape, branches));
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException($"{name}: {exception.Message}", exception);
        }
    }
}

/// <summary>A layer at its place in a chain.</summary>
/// <param name="Number">Its number, from 0.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Name">Its name in the chain: "dense1".</param>
/// <param name="InputShape">Shape of one sample at its input.</param>
/// <param name="OutputShape">Shape of one sample at its output.</param>
/// <param name="FirstParameter">Number of its first parameter in the chain's.</param>
/// <param name="ParameterCount">Number of its parameters, those of its branches included.</param>
/// <param name="Branches">The chains within it.</param>
/// <param name="BranchParameters">Number of each branch's first parameter in the layer's.</param>
internal sealed record ChainNode(
    int Number,
    Layer Layer,
    string Name,
    Shape InputShape,
    Shape OutputShape,
    int FirstParameter,
    int ParameterCount,
    Chain[] Branches,
    int[] BranchParameters)
{
    /// <summary>Its place in the chain that runs, where a layer may come before it that the chain's maker did not name.</summary>
    public int Place { get; init; } = Number;

    public int OutputLength(int rows) => Guard.Length(rows, OutputShape.ElementCount);

    /// <summary>The output, in training; the layer's scratch memory; each branch's.</summary>
    public ScratchSize Memory(int rows, bool isTraining)
    {
        ScratchSize size = new ScratchSize(isTraining ? OutputLength(rows) : 0).Then(Layer.Scratch(InputShape, rows));
        foreach (Chain branch in Branches)
            size = size.Then(branch.Scratch(rows, isTraining));
        return size;
    }
}
