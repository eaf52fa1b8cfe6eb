using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// Turns a graph into layers. From the output it goes back towards the input, node by node; what several nodes compute element by element is
/// taken together and recognized as one function.
/// </summary>
internal sealed class GraphImport
{
    private const int LowestOpset = 9, MaximumNodes = 100_000, MaximumDepth = 10_000, MaximumNesting = 32, MaximumElementwiseNodes = 64;

    /// <summary>Nodes that compute each element by itself.</summary>
    private static readonly HashSet<string> Elementwise =
    [
        "Relu", "LeakyRelu", "Elu", "Selu", "Sigmoid", "Tanh", "Softplus", "HardSwish", "HardSigmoid", "Erf", "Gelu", "Exp", "Neg", "Add", "Sub", "Mul", "Div", "Pow",
        "Identity", "Cast", "Dropout",
    ];

    private readonly Dictionary<string, Operation> _operations = [];
    private readonly Dictionary<string, Constant> _constants = [];
    private readonly string _input;
    private readonly Shape _inputShape;

    private GraphImport(GraphProto graph)
    {
        if (graph.Node.Count > MaximumNodes)
            throw new InvalidDataException($"the model has {graph.Node.Count} nodes; more than {MaximumNodes} are not read");
        foreach (TensorProto tensor in graph.Initializer)
            _constants[tensor.Name] = Constant.Read(tensor, tensor.Name);
        foreach (NodeProto node in graph.Node)
        {
            var operation = new Operation(node);
            if (node.Domain is not ("" or "ai.onnx" or "ai.onnx.ml"))
                throw operation.Refuse($"operators of domain \"{node.Domain}\" are not known");
            if (node.OpType == "Constant")
                _constants[node.Output.FirstOrDefault() ?? ""] = ReadConstant(operation, node);
            else
                AddOperation(operation, node);
        }

        ValueInfoProto[] inputs = [.. graph.Input.Where(input => !_constants.ContainsKey(input.Name))];
        if (inputs.Length != 1)
            throw new InvalidDataException($"the model has {inputs.Length} inputs ({string.Join(", ", inputs.Select(input => input.Name))}); exactly one is read");
        _input = inputs[0].Name;
        _inputShape = SampleShape(inputs[0]);
    }

    /// <exception cref="InvalidDataException">The model is malformed or holds something that has no counterpart.</exception>
    public static Sequential Read(ModelProto model)
    {
        if (model.Graph is null)
            throw new InvalidDataException("the file holds no graph");
        OperatorSetIdProto? opset = model.OpsetImport.FirstOrDefault(set => set.Domain is "" or "ai.onnx");
        if (opset is null || opset.Version < LowestOpset)
            throw new InvalidDataException($"the model needs an operator set of version {LowestOpset} or later, got {opset?.Version.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}");
        var import = new GraphImport(model.Graph);
        string output = import.PickOutput(model.Graph);
        OutputTransform transform = import.SplitTransform(ref output);
        var layers = new List<ImportedLayer>();
        import.Convert(output, import._input, layers, 0);
        return Build(import._inputShape, Flattened(import._inputShape, layers), transform, model);
    }

    /// <summary>
    /// The layers without those that only make vectors of samples, which the library's layers do by themselves; and with their lines as wide as
    /// the values that they change.
    /// </summary>
    private static List<ImportedLayer> Flattened(Shape inputShape, List<ImportedLayer> layers)
    {
        // Of samples that are no vectors yet, other operators take the last axis alone.
        if (inputShape.Rank > 1 && layers.Find(layer => !layer.IsLine && layer.Layer is not Activate) is { Layer: not Flatten } early)
            throw new InvalidDataException($"a {early.Layer.Kind} layer takes samples of shape {inputShape} before they are flattened");
        var result = new List<ImportedLayer>();
        Shape shape = inputShape;
        foreach (ImportedLayer layer in layers)
        {
            if (layer.Layer is Flatten)
                continue;
            ImportedLayer wide = layer.IsLine ? layer.OfWidth(shape.ElementCount) : layer;
            result.Add(wide);
            shape = wide.Layer is Dense dense ? [dense.Units] : shape;
        }

        if (result.Count == 0)
            result.Add(ImportedLayer.Of(new Flatten()));
        return result;
    }

    private static Sequential Build(Shape inputShape, List<ImportedLayer> layers, OutputTransform transform, ModelProto model)
    {
        Sequential network;
        try
        {
            // Shapes first: only what the file really has is ever allocated.
            Shape shape = inputShape;
            foreach (ImportedLayer layer in layers)
            {
                Check(layer, shape);
                shape = layer.Layer.OutputShape(shape);
            }

            string[] names = [.. Enumerable.Range(0, model.MetadataProps.Count)
                .Select(i => model.MetadataProps.FirstOrDefault(entry => entry.Key == OnnxModel.ClassKey(i))?.Value)
                .TakeWhile(name => name is not null).Select(name => name!)];
            network = new Sequential(inputShape, 0, [.. layers.Select(layer => layer.Layer)]) { OutputTransform = transform, ClassNames = names };
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"the layers do not fit each other: {exception.Message}", exception);
        }

        float[][] values = [.. layers.SelectMany(layer => layer.Values)];
        for (int i = 0; i < values.Length; i++)
            values[i].CopyTo(network.Parameters[i].Values);
        return network;
    }

    private static void Check(ImportedLayer layer, Shape inputShape)
    {
        IReadOnlyList<ParameterDefinition> definitions = layer.Layer.Parameters(inputShape);
        for (int i = 0; i < definitions.Count; i++)
        {
            if (layer.Values[i].Length != definitions[i].Shape.ElementCount)
                throw new InvalidDataException($"the {definitions[i].Name} of a {layer.Layer.Kind} layer needs {definitions[i].Shape.ElementCount} values, got {layer.Values[i].Length}");
        }
    }

    private static Constant ReadConstant(Operation operation, NodeProto node)
    {
        string name = node.Output.FirstOrDefault() ?? "";
        if (operation.Find("value")?.T is { } tensor)
            return Constant.Read(tensor, name);
        if (operation.Find("value_float") is { } number)
            return new Constant(name, [], [number.F]);
        if (operation.Find("value_int") is { } integer)
            return new Constant(name, [], [integer.I]);
        if (operation.Find("value_floats") is { } numbers)
            return new Constant(name, [numbers.Floats.Count], [.. numbers.Floats.Select(value => (double)value)]);
        if (operation.Find("value_ints") is { } integers)
            return new Constant(name, [integers.Ints.Count], [.. integers.Ints.Select(value => (double)value)]);
        throw operation.Refuse("holds no number");
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

    private void AddOperation(Operation operation, NodeProto node)
    {
        // What can be computed now is constant: weights that the exporter turns or reshapes on the way.
        if (operation.Type is "Transpose" && operation.InputCount == 1 && _constants.TryGetValue(operation.Input(0), out Constant? matrix) && matrix.Dimensions.Length == 2)
        {
            (int rows, int columns) = (matrix.Dimensions[0], matrix.Dimensions[1]);
            double[] turned = [.. Enumerable.Range(0, matrix.Values.Length).Select(i => matrix.Values[i % rows * columns + i / rows])];
            _constants[node.Output[0]] = new Constant(matrix.Name, [columns, rows], turned);
            return;
        }

        if (operation.Type is "Identity" or "Cast" && operation.InputCount == 1 && _constants.TryGetValue(operation.Input(0), out Constant? same))
        {
            _constants[node.Output[0]] = same;
            return;
        }

        foreach (string output in node.Output)
        {
            if (output.Length > 0 && !_operations.TryAdd(output, operation))
                throw operation.Refuse($"computes \"{output}\", which another node computes too");
        }
    }

    /// <summary>The output that a network can give: the only one, or among several, as of a classifier that gives labels too, the last.</summary>
    private string PickOutput(GraphProto graph)
    {
        ValueInfoProto[] floats = [.. graph.Output.Where(output => output.Type?.TensorType is null or { ElemType: OnnxTypes.Float or 0 })];
        if (floats.Length == 0)
            throw new InvalidDataException("the model has no output of floats");
        string name = floats[^1].Name;
        return _operations.ContainsKey(name) || name == _input ? name : throw new InvalidDataException($"no node computes the output \"{name}\"");
    }

    /// <summary>Takes a last softmax off.</summary>
    private OutputTransform SplitTransform(ref string value)
    {
        for (int step = 0; step < MaximumDepth && _operations.TryGetValue(value, out Operation? pass) && pass.Type is "Identity" or "Cast"; step++)
            value = pass.Input(0);
        if (!_operations.TryGetValue(value, out Operation? last) || last.Type is not ("Softmax" or "LogSoftmax"))
            return OutputTransform.None;
        if (last.Integer("axis", -1) is not (1 or -1))
            throw last.Refuse("is taken over another axis than the last");
        value = last.Input(0);
        return last.Type == "Softmax" ? OutputTransform.Softmax : OutputTransform.LogSoftmax;
    }

    /// <summary>Appends the layers that lead from one value to another.</summary>
    private void Convert(string value, string from, List<ImportedLayer> layers, int depth)
    {
        var reversed = new List<ImportedLayer>();
        for (int step = 0; value != from; step++)
        {
            if (depth > MaximumNesting || step > MaximumDepth)
                throw new InvalidDataException($"the model is more than {MaximumDepth} layers deep, or goes round in a circle");
            if (!_operations.TryGetValue(value, out Operation? operation))
                throw new InvalidDataException($"no node computes \"{value}\"");
            value = Step(operation, value, from, reversed, depth);
        }

        reversed.Reverse();
        layers.AddRange(reversed);
    }

    /// <summary>One layer back: adds it, and returns the value that it takes.</summary>
    private string Step(Operation operation, string value, string from, List<ImportedLayer> layers, int depth)
    {
        switch (operation.Type)
        {
            case "Gemm":
                return AddGemm(operation, layers);
            case "MatMul":
                layers.Add(Linear(operation, Weight(operation, false), null));
                return operation.Input(0);
            case "BatchNormalization":
                layers.Add(BatchNorm(operation));
                return operation.Input(0);
            case "LayerNormalization":
                layers.Add(LayerNorm(operation));
                return operation.Input(0);
            case "Flatten" when operation.Integer("axis", 1) == 1:
                layers.Add(ImportedLayer.Of(new Flatten()));
                return operation.Input(0);
            case "Reshape":
                CheckReshape(operation);
                layers.Add(ImportedLayer.Of(new Flatten()));
                return operation.Input(0);
            case "Softmax" or "LogSoftmax":
                throw operation.Refuse("stands before other layers");
            case "Add" when AddBias(operation, layers) is { } biased:
                return biased;
            case "Add" or "Sub" or "Mul" or "Div" when AddVectors(operation, layers) is { } plain:
                return plain;
            case var type when Elementwise.Contains(type):
                return AddFunction(operation, value, from, layers, depth);
            default:
                throw operation.Refuse("is not supported");
        }
    }

    private string AddGemm(Operation operation, List<ImportedLayer> layers)
    {
        if (operation.Integer("transA", 0) != 0)
            throw operation.Refuse("a transposed first factor is not supported");
        Constant weight = Weight(operation, operation.Integer("transB", 0) != 0);
        double alpha = operation.Number("alpha", 1), beta = operation.Number("beta", 1);
        double[]? bias = operation.HasInput(2) ? [.. Vector(operation, operation.Input(2), weight.Dimensions[1]).Select(b => beta * b)] : null;
        layers.Add(Linear(operation, weight with { Values = [.. weight.Values.Select(w => alpha * w)] }, bias));
        return operation.Input(0);
    }

    /// <summary>A bias after a product: both are one layer. Null if the node is something else.</summary>
    private string? AddBias(Operation operation, List<ImportedLayer> layers)
    {
        (string first, string second) = (operation.Input(0), operation.Input(1));
        (string product, string bias) = _constants.ContainsKey(first) ? (second, first) : (first, second);
        if (!_constants.ContainsKey(bias) || !_operations.TryGetValue(product, out Operation? multiply) || multiply.Type != "MatMul")
            return null;
        Constant weight = Weight(multiply, false);
        layers.Add(Linear(multiply, weight, Vector(operation, bias, weight.Dimensions[1])));
        return multiply.Input(0);
    }

    /// <summary>Arithmetic with one number for each feature: an affine layer. Null if the node is something else.</summary>
    private string? AddVectors(Operation operation, List<ImportedLayer> layers)
    {
        (string first, string second) = (operation.Input(0), operation.Input(1));
        bool firstIsConstant = _constants.TryGetValue(first, out Constant? left), secondIsConstant = _constants.TryGetValue(second, out Constant? right);
        if (firstIsConstant == secondIsConstant || (left ?? right)!.IsScalar)
            return null;
        Constant constant = (left ?? right)!;
        if (firstIsConstant && operation.Type is "Sub" or "Div")
            throw operation.Refuse("a constant stands on the left");
        if (constant.Dimensions[^1] != constant.Values.Length && constant.Dimensions.Skip(1).Aggregate(1, (product, size) => product * size) != constant.Values.Length)
            throw operation.Refuse($"a constant of shape [{string.Join(", ", constant.Dimensions)}] does not go with samples");
        float[] ones = [.. constant.Values.Select(_ => 1f)], zeros = new float[ones.Length];
        (float[] scale, float[] shift) = operation.Type switch
        {
            "Add" => (ones, constant.Floats),
            "Sub" => (ones, [.. constant.Values.Select(value => (float)-value)]),
            "Mul" => (constant.Floats, zeros),
            _ => ([.. constant.Values.Select(value => (float)(1 / value))], zeros),
        };
        layers.Add(ImportedLayer.Of(new Affine(), scale, shift));
        return firstIsConstant ? second : first;
    }

    /// <summary>
    /// A function of each element that one or more nodes compute from one value; or a sum of a value and what a block of layers makes of it.
    /// </summary>
    private string AddFunction(Operation operation, string value, string from, List<ImportedLayer> layers, int depth)
    {
        _ = operation.Input(0);
        // All values that the node depends on alone, the nearest first: an activation is preferred to a line, as it may end in one.
        List<string> sources = [.. Ancestors(value, from).Where(source => DependsOnAlone(value, source, from, []))];
        foreach (string source in sources)
        {
            if (ElementwiseFunction.Recognize(x => Evaluate(value, new() { [source] = x })) is not { } activation)
                continue;
            if (activation != Activation.Identity)
                layers.Add(ImportedLayer.Of(new Activate(activation)));
            return source;
        }

        foreach (string source in sources)
        {
            if (ElementwiseFunction.RecognizeLine(x => Evaluate(value, new() { [source] = x })) is not (double factor, double shift))
                continue;
            layers.Add(ImportedLayer.Line((float)factor, (float)shift));
            return source;
        }

        return operation.Type == "Add" ? AddResidual(operation, layers, depth) : throw operation.Refuse("computes no function that the library knows");
    }

    private string AddResidual(Operation operation, List<ImportedLayer> layers, int depth)
    {
        (string first, string second) = (operation.Input(0), operation.Input(1));
        foreach ((string around, string through) in (ReadOnlySpan<(string, string)>)[(first, second), (second, first)])
        {
            if (!Reaches(through, around))
                continue;
            var block = new List<ImportedLayer>();
            Convert(through, around, block, depth + 1);
            if (block.Count == 0 || block.Exists(layer => layer.IsLine))
                throw operation.Refuse("adds a value to a plain multiple of itself");
            layers.Add(ImportedLayer.Of(new Residual([.. block.Select(layer => layer.Layer)]), [.. block.SelectMany(layer => layer.Values)]));
            return around;
        }

        throw operation.Refuse("adds two values of which neither is computed from the other");
    }

    /// <summary>Whether the way back along first inputs leads from one value to another.</summary>
    private bool Reaches(string value, string goal)
    {
        for (int step = 0; step < MaximumNodes; step++)
        {
            if (value == goal)
                return true;
            if (!_operations.TryGetValue(value, out Operation? operation))
                return false;
            string? next = Enumerable.Range(0, operation.InputCount).Where(operation.HasInput).Select(operation.Input).FirstOrDefault(input => !_constants.ContainsKey(input));
            if (next is null)
                return false;
            value = next;
        }

        return false;
    }

    /// <summary>The values that a value is computed from, element by element, the nearest first.</summary>
    private List<string> Ancestors(string value, string from)
    {
        var found = new List<string>();
        var waiting = new Queue<string>([value]);
        while (waiting.TryDequeue(out string? next) && found.Count < MaximumElementwiseNodes)
        {
            if (next == from || !_operations.TryGetValue(next, out Operation? operation) || !Elementwise.Contains(operation.Type) || UsesVector(operation))
                continue;
            for (int i = 0; i < DynamicInputs(operation); i++)
            {
                string input = operation.Input(i);
                if (_constants.ContainsKey(input) || found.Contains(input))
                    continue;
                found.Add(input);
                waiting.Enqueue(input);
            }
        }

        return found;
    }

    /// <summary>Whether a value is a function of another and of constants alone.</summary>
    private bool DependsOnAlone(string value, string source, string from, HashSet<string> visited)
    {
        if (value == source || !visited.Add(value))
            return true;
        if (_constants.TryGetValue(value, out Constant? constant))
            return constant.IsScalar;
        if (value == from || visited.Count > 2 * MaximumElementwiseNodes || !_operations.TryGetValue(value, out Operation? operation) || !Elementwise.Contains(operation.Type))
            return false;
        for (int i = 0; i < DynamicInputs(operation); i++)
        {
            if (!DependsOnAlone(operation.Input(i), source, from, visited))
                return false;
        }

        return true;
    }

    private static int DynamicInputs(Operation operation) => operation.Type is "Dropout" or "Cast" ? 1 : operation.InputCount;

    private bool UsesVector(Operation operation) => Enumerable.Range(0, DynamicInputs(operation))
        .Any(i => _constants.TryGetValue(operation.Input(i), out Constant? constant) && !constant.IsScalar);

    /// <summary>The value where others are known; each is computed once, as one may be used by many.</summary>
    private double Evaluate(string value, Dictionary<string, double> known)
    {
        if (known.TryGetValue(value, out double number))
            return number;
        number = _constants.TryGetValue(value, out Constant? constant) ? constant.Values[0] : Compute(value, known);
        known[value] = number;
        return number;
    }

    private double Compute(string value, Dictionary<string, double> known)
    {
        Operation operation = _operations[value];
        // A value that depends on itself is never known.
        known[value] = double.NaN;
        double first = Evaluate(operation.Input(0), known);
        return operation.Type switch
        {
            "Relu" => Math.Max(first, 0),
            "LeakyRelu" => first > 0 ? first : operation.Number("alpha", 0.01f) * first,
            "Elu" => first > 0 ? first : operation.Number("alpha", 1) * (Math.Exp(first) - 1),
            "Selu" => operation.Number("gamma", 1.05070102214813232421875f) * (first > 0 ? first : operation.Number("alpha", 1.67326319217681884765625f) * (Math.Exp(first) - 1)),
            "Sigmoid" => 1 / (1 + Math.Exp(-first)),
            "Tanh" => Math.Tanh(first),
            "Softplus" => Math.Max(first, 0) + Math.Log(1 + Math.Exp(-Math.Abs(first))),
            "HardSwish" => first * Math.Clamp(first / 6 + 0.5, 0, 1),
            "HardSigmoid" => Math.Clamp(operation.Number("alpha", 0.2f) * first + operation.Number("beta", 0.5f), 0, 1),
            "Erf" => ElementwiseFunction.Erf(first),
            "Gelu" => operation.Text("approximate", "none") == "tanh"
                ? first * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (first + 0.044715 * first * first * first))) / 2
                : first * (1 + ElementwiseFunction.Erf(first / Math.Sqrt(2))) / 2,
            "Exp" => Math.Exp(first),
            "Neg" => -first,
            "Add" => first + Evaluate(operation.Input(1), known),
            "Sub" => first - Evaluate(operation.Input(1), known),
            "Mul" => first * Evaluate(operation.Input(1), known),
            "Div" => first / Evaluate(operation.Input(1), known),
            "Pow" => Math.Pow(first, Evaluate(operation.Input(1), known)),
            _ => first,
        };
    }

    private Constant Weight(Operation operation, bool isTransposed)
    {
        if (!_constants.TryGetValue(operation.Input(1), out Constant? weight) || weight.Dimensions.Length != 2)
            throw operation.Refuse("the second factor is no constant matrix");
        if (!isTransposed)
            return weight;
        (int rows, int columns) = (weight.Dimensions[0], weight.Dimensions[1]);
        double[] turned = [.. Enumerable.Range(0, weight.Values.Length).Select(i => weight.Values[i % rows * columns + i / rows])];
        return weight with { Dimensions = [columns, rows], Values = turned };
    }

    private double[] Vector(Operation operation, string name, int length)
    {
        if (!_constants.TryGetValue(name, out Constant? constant))
            throw operation.Refuse($"\"{name}\" is no constant");
        if (constant.IsScalar && length != 1)
            return [.. Enumerable.Repeat(constant.Values[0], length)];
        return constant.Values.Length == length && constant.Dimensions[^1] == length
            ? constant.Values
            : throw operation.Refuse($"\"{name}\" has shape [{string.Join(", ", constant.Dimensions)}], expected [{length}]");
    }

    private static ImportedLayer Linear(Operation operation, Constant weight, double[]? bias)
    {
        if (weight.Values.Length == 0)
            throw operation.Refuse("the weight is empty");
        float[] biases = bias is null ? new float[weight.Dimensions[1]] : [.. bias.Select(value => (float)value)];
        return ImportedLayer.Of(new Dense(weight.Dimensions[1], null, Initializer.Zeros), weight.Floats, biases);
    }

    private ImportedLayer BatchNorm(Operation operation)
    {
        if (operation.Integer("training_mode", 0) != 0)
            throw operation.Refuse("is in training mode");
        if (!_constants.TryGetValue(operation.Input(1), out Constant? scale))
            throw operation.Refuse("its scale is no constant");
        int length = scale.Values.Length;
        float[][] values = [.. Enumerable.Range(1, 4).Select(i => Vector(operation, operation.Input(i), length).Select(value => (float)value).ToArray())];
        return ImportedLayer.Of(new BatchNormalization(epsilon: Epsilon(operation)), values);
    }

    private ImportedLayer LayerNorm(Operation operation)
    {
        if (operation.Integer("axis", -1) is not (-1 or 1))
            throw operation.Refuse("is taken over another axis than the last");
        if (!_constants.TryGetValue(operation.Input(1), out Constant? scale))
            throw operation.Refuse("its scale is no constant");
        float[] shift = operation.HasInput(2) ? [.. Vector(operation, operation.Input(2), scale.Values.Length).Select(value => (float)value)] : new float[scale.Values.Length];
        return ImportedLayer.Of(new LayerNormalization(Epsilon(operation)), scale.Floats, shift);
    }

    private static float Epsilon(Operation operation)
    {
        float epsilon = operation.Number("epsilon", 1e-5f);
        return float.IsFinite(epsilon) && epsilon > 0 ? epsilon : throw operation.Refuse($"has epsilon {epsilon}");
    }

    private void CheckReshape(Operation operation)
    {
        if (!_constants.TryGetValue(operation.Input(1), out Constant? shape) || shape.Values.Length != 2)
            throw operation.Refuse("makes something else than [batch, features]");
    }
}
