namespace NeuralNetFromScratch;

/// <summary>
/// A sequence of layers with their names, shapes and parameters. A network is a chain; a layer that contains other layers has one or more
/// (<see cref="Layer.Branches"/>). A chain is immutable; <see cref="ChainMemory"/> has the buffers to run it.
/// </summary>
public sealed class Chain
{
    /// <summary>Creates a chain.</summary>
    /// <param name="inputShape">The shape of one sample at the input.</param>
    /// <param name="layers">The layers in order; at least one.</param>
    /// <param name="name">The prefix of its parameters' names; "" for none.</param>
    /// <exception cref="ArgumentException">
    /// There is no layer, a layer is null, or a layer does not accept the output shape of the one before it.
    /// </exception>
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

    /// <summary>The layers in order.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>The shape of one input sample.</summary>
    public Shape InputShape { get; }

    /// <summary>The shape of one output sample.</summary>
    public Shape OutputShape { get; }

    /// <summary>All parameters in the order of the layers, with the layers' names as prefixes.</summary>
    public IReadOnlyList<ParameterDefinition> Parameters { get; }

    /// <summary>Whether an output depends on several samples of the batch.</summary>
    public bool MixesSamples => Array.Exists(Nodes, node => node.Layer.MixesSamples);

    internal ChainNode[] Nodes { get; }

    /// <summary>The prefix of the parameters' names; "" for none.</summary>
    internal string Name { get; }

    /// <summary>The number of sparse columns of the batches on which the chain runs.</summary>
    internal int SparseColumns { get; }

    /// <summary>The index of the layer that reads the sparse rows. The layers before it pass them on. −1 if there are none.</summary>
    internal int SparseReader { get; } = -1;

    /// <summary>
    /// Returns the chain for batches whose last columns are sparse. Layers that pass these columns on run on the dense block. If the next layer
    /// does not read sparse rows, they are converted to dense form before it.
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
    /// The memory of one pass: two alternating buffers, for gradients in training and for outputs in prediction; then, for each layer, its output
    /// (in training), its scratch memory and that of its branches.
    /// </summary>
    internal ScratchSize Scratch(int rows, bool isTraining)
    {
        ScratchSize size = new(checked(2 * WidestOutput(rows)));
        foreach (ChainNode node in Nodes)
            size = size.Then(node.Memory(rows, isTraining));
        return size;
    }

    /// <summary>
    /// Returns the number of rows in a block, in whole chunks of metrics: <paramref name="most"/>, or fewer if the layers' outputs are images, so
    /// that those of a block stay in the cache. It depends only on the shapes.
    /// </summary>
    internal int BlockRows(int most)
    {
        long pictures = PictureFloats();
        long rows = pictures == 0 ? most : Compute.Tuning.PictureBlockFloats / pictures;
        return (int)Math.Clamp(rows / MetricAccumulator.ChunkRows * MetricAccumulator.ChunkRows, MetricAccumulator.ChunkRows, most);
    }

    /// <summary>The number of floats of the outputs that are images, for one sample.</summary>
    private long PictureFloats() => Nodes.Sum(node => (node.OutputShape.Rank == 3 ? node.OutputShape.ElementCount : 0) + node.Branches.Sum(branch => branch.PictureFloats()));

    /// <summary>The number of floats of the largest output, in whole cache lines.</summary>
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
        catch (OverflowException exception)
        {
            throw new ArgumentException($"{name}: a size of the layer or of its output for the input {inputShape} is more than {int.MaxValue}; use smaller sizes", exception);
        }
    }
}

/// <summary>A layer with its position, name, shapes and parameters in a chain.</summary>
/// <param name="Number">The index of the layer, from 0.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Name">The name of the layer in the chain, for example "dense1".</param>
/// <param name="InputShape">The shape of one input sample.</param>
/// <param name="OutputShape">The shape of one output sample.</param>
/// <param name="FirstParameter">The index of its first parameter among the chain's.</param>
/// <param name="ParameterCount">The number of its parameters, including those of its branches.</param>
/// <param name="Branches">The chains within the layer.</param>
/// <param name="BranchParameters">The index of each branch's first parameter among the layer's.</param>
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
    /// <summary>Its index in the chain that runs, which may have an additional layer before it.</summary>
    public int Place { get; init; } = Number;

    public int OutputLength(int rows) => Guard.Length(rows, OutputShape.ElementCount);

    /// <summary>The memory of the layer: its output in training, its scratch memory, and that of each branch.</summary>
    public ScratchSize Memory(int rows, bool isTraining)
    {
        ScratchSize size = new ScratchSize(isTraining ? OutputLength(rows) : 0).Then(Layer.Scratch(InputShape, rows));
        foreach (Chain branch in Branches)
            size = size.Then(branch.Scratch(rows, isTraining));
        return size;
    }
}
