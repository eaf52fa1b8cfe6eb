namespace NeuralNetFromScratch.Onnx;

/// <summary>Functions of each element, which one or more nodes compute from one value.</summary>
internal sealed class FunctionImport(ModelGraph graph)
{
    /// <summary>Nodes that can make up one function; GELU takes eight.</summary>
    private const int MaximumNodes = 32;

    /// <summary>Adds the activation or the line that ends in a value.</summary>
    /// <param name="operation">The node that computes the value.</param>
    /// <param name="value">The value.</param>
    /// <param name="from">Where the function begins at the latest.</param>
    /// <param name="layers">Receives the layer.</param>
    /// <returns>The value that the function is of; null if it is none that the library knows.</returns>
    public string? Add(Operation operation, string value, string from, List<ImportedLayer> layers)
    {
        _ = operation.Input(0);
        // All values that the node depends on alone, the nearest first: an activation is preferred to a line, as it may end in one.
        List<string> sources = [.. Ancestors(value, from).Where(source => DependsOnAlone(value, source, from, []))];
        foreach (string source in sources)
        {
            if (ElementwiseFunction.Recognize(x => Evaluate(value, new() { [source] = x })) is not { } activation)
                continue;
            if (!activation.Equals(Activation.Identity))
                layers.Add(new ImportedLayer(operation, new ActivationLayer(activation)));
            return source;
        }

        foreach (string source in sources)
        {
            if (ElementwiseFunction.RecognizeLine(x => Evaluate(value, new() { [source] = x })) is not (double factor, double shift))
                continue;
            layers.Add(ImportedLayer.Line(operation, factor, shift));
            return source;
        }

        return null;
    }

    /// <summary>The values that a value is computed from, element by element, the nearest first.</summary>
    private List<string> Ancestors(string value, string from)
    {
        var found = new List<string>();
        var waiting = new Queue<string>([value]);
        while (waiting.TryDequeue(out string? next) && found.Count < MaximumNodes)
        {
            if (next == from || graph.Find(next) is not { } operation || !ElementwiseOperators.Knows(operation) || UsesVector(operation))
                continue;
            for (int i = 0; i < ElementwiseOperators.Inputs(operation); i++)
            {
                string input = operation.Input(i);
                if (graph.IsConstant(input) || found.Contains(input))
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
        if (graph.FindConstant(value) is { } constant)
            return constant.IsScalar;
        if (value == from || visited.Count > 2 * MaximumNodes || graph.Find(value) is not { } operation || !ElementwiseOperators.Knows(operation))
            return false;
        for (int i = 0; i < ElementwiseOperators.Inputs(operation); i++)
        {
            if (!DependsOnAlone(operation.Input(i), source, from, visited))
                return false;
        }

        return true;
    }

    private bool UsesVector(Operation operation) => Enumerable.Range(0, ElementwiseOperators.Inputs(operation))
        .Any(i => graph.FindConstant(operation.Input(i)) is { IsScalar: false });

    /// <summary>The value where others are known; each is computed once, as one may be used by many.</summary>
    private double Evaluate(string value, Dictionary<string, double> known)
    {
        if (known.TryGetValue(value, out double number))
            return number;
        if (graph.FindConstant(value) is { } constant)
            return constant.Values[0];
        // A value that depends on itself is never known.
        known[value] = double.NaN;
        Operation operation = graph.Find(value)!;
        number = ElementwiseOperators.Compute(operation, Evaluate(operation.Input(0), known), () => Evaluate(operation.Input(1), known));
        known[value] = number;
        return number;
    }
}
