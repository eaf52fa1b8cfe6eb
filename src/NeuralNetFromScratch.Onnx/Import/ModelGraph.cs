using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>The inputs of a model, and its tensors and nodes by the names of their outputs.</summary>
internal sealed class ModelGraph
{
    private const int MaximumNodes = 100_000;

    private readonly Dictionary<string, (Operation Operation, int Output)> _operations = [];
    private readonly Dictionary<string, TensorProto> _tensors = [];
    private readonly List<ModelInput> _inputs = [];
    private ModelInput? _input;

    /// <exception cref="InvalidDataException">The graph is malformed or too large.</exception>
    public ModelGraph(ModelProto model, ExternalData external)
    {
        GraphProto graph = model.Graph;
        if (graph.Node.Count > MaximumNodes)
            throw new InvalidDataException($"the model has {graph.Node.Count} nodes; the maximum is {MaximumNodes}");
        foreach (TensorProto tensor in graph.Initializer)
        {
            if (!_tensors.TryAdd(tensor.Name, tensor))
                throw new InvalidDataException($"the model has two tensors {MessageText.Quote(tensor.Name)}");
            StoredValues += TensorReader.StoredValues(tensor) + external.StoredBytes(tensor) / 4;
        }

        // Older models list constants as inputs.
        foreach (ValueInfoProto input in graph.Input.Where(input => !_tensors.ContainsKey(input.Name)))
            _inputs.Add(new(input));
        var names = _inputs.Select(input => input.Name).ToHashSet();
        var versions = new Dictionary<string, int>();
        foreach (OperatorSetIdProto set in model.OpsetImport)
            versions.TryAdd(OperatorTable.Domain(set.Domain), (int)Math.Clamp(set.Version, 0, int.MaxValue));
        // Before IR version 3 there was one operator set without a name.
        if (model.OpsetImport.Count == 0)
            versions.Add("", 1);
        foreach (NodeProto node in graph.Node)
            Add(new Operation(node, versions.GetValueOrDefault(OperatorTable.Domain(node.Domain))), names);
    }

    /// <summary>The input of the network.</summary>
    public ModelInput Input => _input!;

    /// <summary>The number of values of all constants.</summary>
    public long StoredValues { get; private set; }

    /// <summary>All nodes, in the order of the file.</summary>
    public List<Operation> Operations { get; } = [];

    public TensorProto? FindTensor(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>Returns the node that computes a value.</summary>
    public Operation? FindOperation(string name) => _operations.TryGetValue(name, out var found) ? found.Operation : null;

    public bool IsInput(string name) => _inputs.Exists(input => input.Name == name);

    /// <summary>Finds the only input that an output depends on. Other inputs can be passed on to unused outputs.</summary>
    /// <exception cref="InvalidDataException">The output depends on no input or on several.</exception>
    public void ChooseInput(string output)
    {
        HashSet<string> ancestors = Ancestors(output);
        ModelInput[] used = [.. _inputs.Where(input => ancestors.Contains(input.Name))];
        if (_inputs.Count == 0)
            throw new InvalidDataException("the model has no input");
        _input = used.Length switch
        {
            1 => used[0],
            // The error is reported when the graph is traced.
            0 when _inputs.Count == 1 => _inputs[0],
            0 => throw new InvalidDataException($"the output {MessageText.Quote(output)} depends on no input"),
            _ => throw new InvalidDataException(
                $"the model has {used.Length} inputs ({string.Join(", ", used.Take(8).Select(input => MessageText.Of(input.Name)))}); exactly one is read: join them to one before the model is exported"),
        };
    }

    /// <summary>Returns the names of all values that a value depends on, including itself.</summary>
    public HashSet<string> Ancestors(string name)
    {
        HashSet<string> found = [name];
        var waiting = new Stack<string>([name]);
        while (waiting.TryPop(out string? next))
        {
            foreach (string input in FindOperation(next)?.Inputs ?? [])
            {
                if (input.Length > 0 && found.Add(input))
                    waiting.Push(input);
            }
        }

        return found;
    }

    private void Add(Operation operation, HashSet<string> inputs)
    {
        Operations.Add(operation);
        if (operation.Type == "Constant" && operation.Tensor("value") is { } tensor)
            StoredValues += TensorReader.StoredValues(tensor);
        for (int i = 0; i < operation.Outputs.Count; i++)
        {
            string output = operation.Outputs[i];
            if (output.Length > 0 && (inputs.Contains(output) || _tensors.ContainsKey(output) || !_operations.TryAdd(output, (operation, i))))
                throw operation.Refuse($"computes {MessageText.Quote(output)}, but the model already has a value with this name");
        }
    }
}

/// <summary>An input of a model.</summary>
internal sealed class ModelInput(ValueInfoProto info)
{
    private TypeProto.Types.Tensor? Type => info.Type?.TensorType;

    public string Name => info.Name;

    /// <exception cref="InvalidDataException">It is not a tensor of numbers.</exception>
    public ElementKind Kind => Type is { } type && OnnxTypes.Kind(type.ElemType) is { } kind && kind is ElementKind.Number or ElementKind.Integer
        ? kind
        : throw new InvalidDataException(
            $"input {MessageText.Quote(Name)} must be a tensor of numbers, got {(Type is null ? "another kind of value" : OnnxTypes.Name(Type.ElemType))}");

    /// <summary>Whether all sizes are fixed, so that the whole input can be one sample.</summary>
    public bool IsFixed => Type?.Shape is { } shape && shape.Dim.All(dimension => dimension.DimValue > 0);

    /// <summary>Whether the batch axis is the only axis.</summary>
    public bool IsVector => Type?.Shape is { Dim.Count: < 2 };

    /// <summary>The fixed number of samples of the model; null for any number.</summary>
    public long? DeclaredSamples => Type?.Shape?.Dim is [{ DimValue: > 0 and var samples }, ..] ? samples : null;

    public int[] AllSizes => Sizes(0);

    public int[] SampleSizes => Type?.Shape is { Dim.Count: 0 } ? throw new InvalidDataException($"input {MessageText.Quote(Name)} has no batch axis") : Sizes(1);

    private int[] Sizes(int from)
    {
        _ = Kind;
        if (Type?.Shape is not { } shape)
            throw new InvalidDataException($"input {MessageText.Quote(Name)} must have a shape [batch, …]; add it with onnx.shape_inference or when exporting the model");
        long[] sizes = [.. shape.Dim.Skip(from).Select(dimension => dimension.DimValue)];
        if (sizes.Any(size => size is <= 0 or > int.MaxValue))
            throw new InvalidDataException($"input {MessageText.Quote(Name)} must have fixed sizes except for the batch; export the model with fixed sizes");
        try
        {
            return [.. Shape.Create([.. sizes.Select(size => (int)size)])];
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"input {MessageText.Quote(Name)} is too large", exception);
        }
    }
}
