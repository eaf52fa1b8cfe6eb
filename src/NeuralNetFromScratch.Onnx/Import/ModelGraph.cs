using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>The values of a model by name: its one input, its constants, and what its nodes compute.</summary>
internal sealed class ModelGraph
{
    private const int MaximumNodes = 100_000, MaximumWay = 10_000;

    private readonly Dictionary<string, Operation> _operations = [];

    /// <summary>Constants are read when they are used: a classifier's labels may be of a type that nothing here needs.</summary>
    private readonly Dictionary<string, Lazy<Constant>> _constants = [];

    /// <summary>Constants that are others turned. They are not turned again, so that a long row of such nodes cannot grow without end.</summary>
    private readonly HashSet<Lazy<Constant>> _turned = [];

    /// <exception cref="InvalidDataException">The graph is malformed, too large, or has another number of inputs than one.</exception>
    public ModelGraph(GraphProto graph)
    {
        if (graph.Node.Count > MaximumNodes)
            throw new InvalidDataException($"the model has {graph.Node.Count} nodes; more than {MaximumNodes} are not read");
        foreach (TensorProto tensor in graph.Initializer)
        {
            if (!_constants.TryAdd(tensor.Name, new(() => Constant.Read(tensor, tensor.Name), isThreadSafe: false)))
                throw new InvalidDataException($"the model has two tensors \"{tensor.Name}\"");
            StoredValues += Constant.StoredValues(tensor);
        }

        // Older models count their constants among the inputs.
        ValueInfoProto[] inputs = [.. graph.Input.Where(input => !_constants.ContainsKey(input.Name))];
        if (inputs.Length != 1)
            throw new InvalidDataException($"the model has {inputs.Length} inputs ({string.Join(", ", inputs.Select(input => input.Name))}); exactly one is read");
        Input = inputs[0].Name;
        InputShape = SampleShape(inputs[0]);
        foreach (NodeProto node in graph.Node)
            Add(new Operation(node));
    }

    public string Input { get; }

    /// <summary>The shape of one sample at the input.</summary>
    public Shape InputShape { get; }

    /// <summary>How many values the constants have together.</summary>
    public long StoredValues { get; private set; }

    public bool IsConstant(string value) => _constants.ContainsKey(value);

    public Constant? FindConstant(string value) => _constants.GetValueOrDefault(value)?.Value;

    /// <summary>The node that computes a value.</summary>
    public Operation? Find(string value) => _operations.GetValueOrDefault(value);

    /// <summary>Whether the way back along first inputs leads from one value to another.</summary>
    public bool Reaches(string value, string goal)
    {
        var passed = new HashSet<string>();
        while (value != goal)
        {
            if (!passed.Add(value) || passed.Count > MaximumWay || Find(value) is not { } operation || FirstVariable(operation) is not { } next)
                return false;
            value = next;
        }

        return true;
    }

    private string? FirstVariable(Operation operation)
    {
        for (int i = 0; i < operation.InputCount; i++)
        {
            if (operation.HasInput(i) && !IsConstant(operation.Input(i)))
                return operation.Input(i);
        }

        return null;
    }

    private static Shape SampleShape(ValueInfoProto input)
    {
        if (input.Type?.TensorType is not { ElemType: OnnxTypes.Float, Shape: { } shape } || shape.Dim.Count < 2)
            throw new InvalidDataException($"input \"{input.Name}\" must be a tensor of floats [batch, …]");
        long[] sizes = [.. shape.Dim.Skip(1).Select(dimension => dimension.DimValue)];
        if (sizes.Any(size => size is <= 0 or > int.MaxValue))
            throw new InvalidDataException($"input \"{input.Name}\" must have fixed sizes beside the batch");
        try
        {
            return Shape.Create([.. sizes.Select(size => (int)size)]);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"input \"{input.Name}\" is too large", exception);
        }
    }

    private void Add(Operation operation)
    {
        if (operation.Domain is not ("" or "ai.onnx" or "ai.onnx.ml"))
            throw operation.Refuse($"operators of domain \"{operation.Domain}\" are not known");
        Lazy<Constant>? constant = Fold(operation);
        foreach (string output in operation.Outputs.Where(output => output.Length > 0))
        {
            if (output == Input || _operations.ContainsKey(output) || _constants.ContainsKey(output))
                throw operation.Refuse($"computes \"{output}\", which is there already");
            if (constant is null)
                _operations.Add(output, operation);
            else
                _constants.Add(output, constant);
        }
    }

    /// <summary>What can be computed now is constant: weights that the exporter turns or passes on; null for anything else.</summary>
    private Lazy<Constant>? Fold(Operation operation)
    {
        if (operation.Type == "Constant")
        {
            StoredValues += operation.Tensor("value") is { } tensor ? Constant.StoredValues(tensor) : 1;
            return new(() => Constant.Read(operation), isThreadSafe: false);
        }

        if (operation.InputCount != 1 || !_constants.TryGetValue(operation.Input(0), out Lazy<Constant>? constant))
            return null;
        return operation.Type switch
        {
            "Identity" => constant,
            "Cast" when ElementwiseOperators.Knows(operation) => constant,
            "Transpose" when !_turned.Contains(constant) => Turned(operation, constant),
            _ => null,
        };
    }

    private Lazy<Constant> Turned(Operation operation, Lazy<Constant> constant)
    {
        var turned = new Lazy<Constant>(
            () => constant.Value.Dimensions.Length == 2 && operation.Integers("perm") is [] or [1, 0]
                ? constant.Value.Transposed()
                : throw operation.Refuse("turns something else than a matrix"),
            isThreadSafe: false);
        _turned.Add(turned);
        return turned;
    }
}
