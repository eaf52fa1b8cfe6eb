namespace NeuralNetFromScratch.Onnx;

/// <summary>Turns nodes into layers, going back from one value towards another.</summary>
internal sealed class LayerImport
{
    private const int MaximumDepth = 10_000, MaximumNesting = 32;

    private readonly ModelGraph _graph;
    private readonly LinearImport _linear;
    private readonly NormalizationImport _normalization;
    private readonly FlattenImport _flatten;
    private readonly FunctionImport _functions;

    public LayerImport(ModelGraph graph, ParameterBudget budget)
    {
        _graph = graph;
        _linear = new LinearImport(graph, budget);
        _normalization = new NormalizationImport(graph, _linear);
        _flatten = new FlattenImport(graph);
        _functions = new FunctionImport(graph);
    }

    /// <summary>The layers that lead from one value to another, first to last.</summary>
    /// <exception cref="InvalidDataException">A node has no counterpart; the message names it.</exception>
    public List<ImportedLayer> Convert(string value, string from) => Convert(value, from, 0);

    private List<ImportedLayer> Convert(string value, string from, int nesting)
    {
        if (nesting > MaximumNesting)
            throw new InvalidDataException($"the model has blocks within blocks more than {MaximumNesting} deep");
        var layers = new List<ImportedLayer>();
        var passed = new HashSet<string>();
        while (value != from)
        {
            if (!passed.Add(value))
                throw new InvalidDataException($"the model goes round in a circle through \"{value}\"");
            if (passed.Count > MaximumDepth)
                throw new InvalidDataException($"the model is more than {MaximumDepth} layers deep");
            value = Step(_graph.Find(value) ?? throw new InvalidDataException($"no node computes \"{value}\""), value, from, layers, nesting);
        }

        layers.Reverse();
        return layers;
    }

    /// <summary>One layer back: adds it, and returns the value that it takes.</summary>
    private string Step(Operation operation, string value, string from, List<ImportedLayer> layers, int nesting)
    {
        switch (operation.Type)
        {
            case "Gemm":
                return _linear.AddGemm(operation, layers);
            case "MatMul":
                return _linear.AddProduct(operation, layers);
            case "Scaler":
                return _linear.AddScaler(operation, layers);
            case "BatchNormalization":
                return _normalization.AddBatch(operation, layers);
            case "LayerNormalization":
                return _normalization.AddLayer(operation, layers);
            case "Flatten":
                return FlattenImport.AddFlatten(operation, layers);
            case "Reshape":
                return _flatten.AddReshape(operation, layers);
            case "Softmax" or "LogSoftmax":
                throw operation.Refuse("stands before other layers");
            case "Add" when _linear.AddBias(operation, layers) is { } biased:
                return biased;
            case "Add" or "Sub" or "Mul" or "Div" when _linear.AddVectors(operation, layers) is { } plain:
                return plain;
        }

        if (!ElementwiseOperators.Knows(operation))
            throw operation.Refuse(operation.Type switch
            {
                "Cast" => "turns values into another type than floats",
                "Dropout" => "may drop values, as in training",
                _ => "is not supported",
            });
        return _functions.Add(operation, value, from, layers)
            ?? (operation.Type == "Add" ? AddResidual(operation, layers, nesting) : throw operation.Refuse("computes no function that the library knows"));
    }

    /// <summary>A sum of a value and what a block of layers makes of it.</summary>
    private string AddResidual(Operation operation, List<ImportedLayer> layers, int nesting)
    {
        (string first, string second) = (operation.Input(0), operation.Input(1));
        (string around, string through) = _graph.Reaches(second, first) ? (first, second)
            : _graph.Reaches(first, second) ? (second, first)
            : throw operation.Refuse("adds two values of which neither is computed from the other");
        List<ImportedLayer> block = Convert(through, around, nesting + 1);
        if (block.Count == 0 || block.Find(layer => layer.IsLine || layer.Layer is Flatten) is not null)
            throw operation.Refuse("goes around a block that scales or reshapes values, which is not supported");
        layers.Add(new ImportedLayer(operation, new Residual([.. block.Select(layer => layer.Layer)]), [.. block.SelectMany(layer => layer.Values)]));
        return around;
    }
}
