namespace NeuralNetFromScratch.Onnx;

/// <summary>Creates an <see cref="OperatorLayer"/> from steps.</summary>
internal sealed class ProgramBuilder
{
    private readonly Dictionary<GraphNode, int> _places = [];
    private readonly List<Step> _steps = [];
    private readonly Dictionary<float[], int> _constantPlaces = new(ReferenceEqualityComparer.Instance);
    private readonly List<float[]> _constants = [];

    /// <summary>Creates a layer.</summary>
    /// <param name="inputs">The nodes of the input, concatenated.</param>
    /// <param name="steps">The steps in order of computation.</param>
    /// <param name="outputs">The nodes of the output, concatenated.</param>
    /// <returns>The layer, and the values of its parameter if it has one.</returns>
    /// <exception cref="InvalidDataException">A sample has too many values. The message names a node.</exception>
    public static (OperatorLayer Layer, float[][] Values) Build(IReadOnlyList<GraphNode> inputs, IEnumerable<GraphNode> steps, IReadOnlyList<GraphNode> outputs)
    {
        try
        {
            return Assemble(inputs, steps, outputs);
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            throw outputs[^1].Source is { } source ? source.Refuse($"cannot be converted to a layer: {exception.Message}") : new InvalidDataException($"a sample has too many values: {exception.Message}", exception);
        }
    }

    private static (OperatorLayer Layer, float[][] Values) Assemble(IReadOnlyList<GraphNode> inputs, IEnumerable<GraphNode> steps, IReadOnlyList<GraphNode> outputs)
    {
        var builder = new ProgramBuilder();
        int length = inputs.Aggregate(0, (sum, input) => checked(sum + input.Length));
        GraphNode[] ordered = [.. steps];
        builder.Cut(inputs, [.. ordered.SelectMany(step => step.Inputs), .. outputs]);
        foreach (GraphNode step in ordered)
            builder.Add(step);
        builder.Finish(outputs);
        var layer = new OperatorLayer(length, builder._steps, [.. builder._constants.Select(constant => constant.Length)], [outputs.Sum(output => output.Length)]);
        return (layer, builder._constants.Count == 0 ? [] : [[.. builder._constants.SelectMany(constant => constant)]]);
    }

    /// <summary>Splits the input into the values that are used.</summary>
    private void Cut(IReadOnlyList<GraphNode> inputs, HashSet<GraphNode> used)
    {
        if (inputs.Count == 1)
        {
            _places.Add(inputs[0], 0);
            return;
        }

        int start = 0;
        foreach (GraphNode input in inputs)
        {
            if (used.Contains(input))
            {
                _steps.Add(new Step("View", [0], sizes: [start, input.Length, 1]));
                _places.Add(input, _steps.Count);
            }

            start += input.Length;
        }
    }

    private void Add(GraphNode node)
    {
        _steps.Add(new Step(node.Step!, [.. node.Operands.Select(Place)], node.Numbers, node.Sizes));
        _places.Add(node, _steps.Count);
    }

    private int Place(Operand operand)
    {
        if (operand.Node is { } node)
            return _places[node];
        if (!_constantPlaces.TryGetValue(operand.Numbers!, out int place))
        {
            _constants.Add(operand.Numbers!);
            _constantPlaces.Add(operand.Numbers!, place = -_constants.Count);
        }

        return place;
    }

    /// <summary>Adds the step that returns the output of the layer.</summary>
    private void Finish(IReadOnlyList<GraphNode> outputs)
    {
        if (outputs.Count > 1)
            _steps.Add(new Step("Join", [.. outputs.Select(output => _places[output])], sizes: [1]));
        else if (_places[outputs[0]] != _steps.Count)
            _steps.Add(new Step("View", [_places[outputs[0]]], sizes: [0, outputs[0].Length, 1]));
    }
}
