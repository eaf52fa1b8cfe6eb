namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// Traces a model from its input, node by node, with all sizes. Operators on constants are evaluated; others become <see cref="GraphNode"/>s. Values are stored
/// by the names of outputs, so that different outputs of a node are not confused.
/// </summary>
internal sealed class Tracer
{
    private readonly ModelGraph _graph;
    private readonly Dictionary<string, Value> _values = [];
    private int _count = 1;

    /// <param name="graph">The model's graph.</param>
    /// <param name="budget">The limit of allocations.</param>
    /// <param name="tensors">Reads the tensors of the model.</param>
    /// <param name="isOneSample">Whether the whole input is one sample, without a batch axis.</param>
    /// <param name="isTurned">Whether the input of the network has channels last, although that of the model has them first.</param>
    /// <exception cref="InvalidDataException">The shape of the input is unknown.</exception>
    public Tracer(ModelGraph graph, ImportBudget budget, TensorReader tensors, bool isOneSample, bool isTurned)
    {
        (_graph, Budget, Tensors) = (graph, budget, tensors);
        int[] sizes = isOneSample ? graph.Input.AllSizes : graph.Input.SampleSizes;
        Source = new GraphNode { Number = 0, Length = sizes.Aggregate(1, (product, size) => product * size) };
        GraphNode input = Source;
        if (isTurned && sizes[0] > 1 && sizes[1] * sizes[2] is > 1 and var places)
            input = new GraphNode { Number = _count++, Step = "View", Operands = [new(Source)], Sizes = [0, sizes[0], places, 1, sizes[0]], Length = Source.Length };
        DeclaredSamples = isOneSample ? null : graph.Input.DeclaredSamples;
        _values.Add(graph.Input.Name, new Value { Kind = graph.Input.Kind, Sizes = sizes, SampleAxis = isOneSample ? -1 : 0, Elements = new(input) });
    }

    /// <summary>The node of the input.</summary>
    public GraphNode Source { get; }

    /// <summary>The fixed number of samples of the model; null for any number.</summary>
    public long? DeclaredSamples { get; }

    public ImportBudget Budget { get; }

    public TensorReader Tensors { get; }

    /// <summary>Transposed values, by the value that is transposed.</summary>
    public Dictionary<(GraphNode Source, Turn Turn), Operand> Turns { get; } = [];

    /// <summary>Returns the value of a name, after tracing all values that it depends on.</summary>
    /// <exception cref="InvalidDataException">A node cannot be imported. The message names it.</exception>
    public Value Find(string name)
    {
        var waiting = new Stack<string>([name]);
        var open = new HashSet<string>();
        while (waiting.TryPeek(out string? next))
        {
            if (_values.ContainsKey(next))
            {
                waiting.Pop();
                continue;
            }

            if (_graph.FindTensor(next) is { } tensor)
            {
                _values.Add(next, Tensors.Read(tensor, next));
                continue;
            }

            Operation operation = _graph.FindOperation(next) ?? throw new InvalidDataException($"no node computes {MessageText.Quote(next)}");
            List<string> missing = [.. operation.Inputs.Where(input => input.Length > 0 && !_values.ContainsKey(input))];
            if (missing.Count == 0)
            {
                Convert(operation, next);
                open.Remove(next);
            }
            else if (open.Add(next))
            {
                missing.ForEach(waiting.Push);
            }
            else
            {
                throw new InvalidDataException($"the graph has a cycle through {MessageText.Quote(next)}");
            }
        }

        return _values[name];
    }

    /// <summary>Returns an input of a node.</summary>
    /// <exception cref="InvalidDataException">The node does not have it.</exception>
    public Value Input(Operation operation, int number) => operation.HasInput(number) ? _values[operation.Inputs[number]] : throw operation.Refuse($"has no input {number}");

    /// <summary>Returns an optional input of a node; null if it is omitted.</summary>
    public Value? Optional(Operation operation, int number) => operation.HasInput(number) ? _values[operation.Inputs[number]] : null;

    /// <summary>Returns the element type of an input that must be a tensor of the file.</summary>
    public int TypeOf(Operation operation, int number) =>
        operation.HasInput(number) && _graph.FindTensor(operation.Inputs[number]) is { } tensor ? tensor.DataType : throw operation.Refuse($"the type of its input {number} is unknown");

    /// <summary>Returns an input of floats, or of constant integers.</summary>
    public Value Numbers(Operation operation, int number) => AsNumbers(operation, Input(operation, number));

    /// <summary>Returns a value as floats. Constant integers and Boolean values are converted.</summary>
    public Value AsNumbers(Operation operation, Value value)
    {
        if (value.Elements is not null)
            return value;
        if (value.Integers is not { } integers || !Array.TrueForAll(integers, integer => integer.IsFixed))
            throw operation.Refuse(value.Texts is null ? "computes with the number of samples" : "computes with strings");
        Budget.Spend(operation, integers.Length);
        return value.WithElements(new(Array.ConvertAll(integers, integer => (float)integer.Fixed)), value.Kind);
    }

    /// <summary>Returns the numbers of a value that must be constant.</summary>
    public float[] Constant(Operation operation, Value value, string what) =>
        AsNumbers(operation, value).Elements!.Numbers ?? throw operation.Refuse($"its {what} is not a constant");

    /// <summary>Returns the constant integers of an input: axes, sizes, indices.</summary>
    public Extent[] Extents(Operation operation, int number) => Extents(operation, Input(operation, number), number);

    /// <summary>Returns the constant integers of an input, which must not depend on the number of samples.</summary>
    public long[] Integers(Operation operation, int number) => [.. Extents(operation, number).Select(extent => Fixed(operation, extent))];

    public long Fixed(Operation operation, Extent extent) => extent.IsFixed ? extent.Fixed
        : DeclaredSamples is { } samples ? extent.Fixed + extent.PerSample * samples
        : throw operation.Refuse("depends on the number of samples, which is unknown");

    /// <summary>Adds a node with one output.</summary>
    /// <param name="operation">The node of the model.</param>
    /// <param name="step">The name of the step.</param>
    /// <param name="operands">The inputs.</param>
    /// <param name="numbers">The numbers of the step.</param>
    /// <param name="sizes">The sizes of the step.</param>
    /// <returns>The result, which is evaluated if all inputs are constants.</returns>
    public Operand Step(Operation operation, string step, Operand[] operands, float[]? numbers = null, int[]? sizes = null)
    {
        (numbers, sizes) = (numbers ?? [], sizes ?? []);
        try
        {
            bool isConstant = Array.TrueForAll(operands, operand => operand.Node is null);
            int number = 0;
            var described = new Step(step, [.. operands.Select(_ => isConstant ? --number : number++)], numbers, sizes);
            int length = described.Operator.OutputLength(described, [.. operands.Select(operand => operand.Length)]);
            if (length <= 0)
                throw operation.Refuse("has an empty result");
            if (!isConstant && ImageOrder.Through(this, operation, described, operands) is { } turned)
                return turned;
            if (!isConstant)
                return new(new GraphNode { Number = _count++, Source = operation, Step = step, Operands = operands, Numbers = numbers, Sizes = sizes, Length = length });
            Budget.Spend(operation, (long)length + operands.Sum(operand => (long)operand.Length));
            float[] values = new float[length];
            // The layer's input, at the beginning of each layout, is not used.
            var layout = new StepLayout(1, [described], [.. operands.Select(operand => operand.Length)]);
            float[] memory = new float[layout.Total];
            described.Operator.Forward(new StepRun(layout, memory, [], operands.SelectMany(operand => operand.Numbers!).ToArray(), 0));
            layout.Of(1, memory).CopyTo(values);
            return new(values);
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            throw operation.Refuse(exception.Message);
        }
    }

    /// <summary>Adds a layer of the library.</summary>
    /// <param name="operation">The node of the model.</param>
    /// <param name="input">The input.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="length">The number of outputs.</param>
    /// <param name="values">The values of its parameters.</param>
    public Operand Layer(Operation operation, Operand input, Layer layer, int length, params float[][] values) =>
        LayerOn(operation, null, input, layer, length, values);

    /// <summary>Adds a layer of the library for samples of a given shape.</summary>
    /// <param name="operation">The node of the model.</param>
    /// <param name="shape">The shape; null for any.</param>
    /// <param name="input">The input.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="length">The number of outputs.</param>
    /// <param name="values">The values of its parameters.</param>
    /// <exception cref="InvalidDataException">The input is a constant.</exception>
    public Operand LayerOn(Operation operation, Shape? shape, Operand input, Layer layer, int length, params float[][] values)
    {
        if (input.Node is null)
            throw operation.Refuse("has a constant input, not one that depends on the input of the model; fold constants before the import, for example with ONNX Runtime's offline optimization");
        if (layer is Dense)
            input = ImageOrder.TurnWeights(this, operation, input, values);
        return new(new GraphNode { Number = _count++, Source = operation, Layer = layer, InputShape = shape, Operands = [input], Values = values, Length = length });
    }

    private static Extent[] Extents(Operation operation, Value value, int number) =>
        value.Integers ?? throw operation.Refuse($"its input {number} must be constant integers");

    private void Convert(Operation operation, string wanted)
    {
        Value?[] outputs = OperatorTable.Find(operation)(operation, this);
        for (int i = 0; i < operation.Outputs.Count; i++)
        {
            string output = operation.Outputs[i];
            if (output == wanted && (i >= outputs.Length || outputs[i] is null))
                throw operation.Refuse($"its output {i}, {MessageText.Quote(output)}, is not supported");
            if (output.Length > 0 && i < outputs.Length && outputs[i] is { } value)
                _values.TryAdd(output, value);
        }
    }
}
