namespace NeuralNetFromScratch;

/// <summary>Layers one after another, with the names, shapes and parameters that they have at their places.</summary>
internal sealed class LayerChain
{
    /// <summary>A chain.</summary>
    /// <exception cref="ArgumentException">A layer is null, or cannot take the output of the one before it.</exception>
    public LayerChain(Shape inputShape, IReadOnlyList<Layer> layers)
    {
        var definitions = new List<ParameterDefinition>();
        Nodes = new LayerNode[layers.Count];
        InputShape = inputShape;
        Shape shape = inputShape;
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < Nodes.Length; i++)
        {
            Layer layer = layers[i] ?? throw new ArgumentException($"layer {i} is null", nameof(layers));
            string name = $"{layer.Kind}{counts[layer.Kind] = counts.GetValueOrDefault(layer.Kind) + 1}";
            Shape output = OutputShapeOf(layer, name, shape);
            IReadOnlyList<ParameterDefinition> parameters = layer.Parameters(shape);
            Nodes[i] = new LayerNode(i, layer, name, shape, output, definitions.Count, parameters.Count);
            definitions.AddRange(parameters.Select(definition => definition with { Name = $"{name}.{definition.Name}" }));
            shape = output;
        }

        OutputShape = shape;
        Definitions = definitions;
    }

    public LayerNode[] Nodes { get; }

    public Shape InputShape { get; }

    public Shape OutputShape { get; }

    /// <summary>All parameters, with the layers' names before theirs.</summary>
    public IReadOnlyList<ParameterDefinition> Definitions { get; }

    private static Shape OutputShapeOf(Layer layer, string name, Shape inputShape)
    {
        try
        {
            return layer.OutputShape(inputShape);
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException($"{name}: {exception.Message}", exception);
        }
    }
}
