namespace NeuralNetFromScratch.Onnx;

/// <summary>Layers as ONNX operators, by kind. What acts in training only leaves no trace.</summary>
internal static class LayerExport
{
    /// <summary>For each kind what makes operators of it: from the layer at its place and the value that it takes, the value that it gives.</summary>
    private static readonly Dictionary<string, Func<ExportedLayer, string, string>> Exporters = new()
    {
        [Dense.Kind] = AddDense,
        [ActivationLayer.Kind] = (place, value) => ActivationExport.Add(place.Graph, ((ActivationLayer)place.Layer).Activation, value),
        [BatchNormalization.Kind] = AddBatchNormalization,
        [LayerNormalization.Kind] = AddLayerNormalization,
        [Standardization.Kind] = (place, value) => place.Graph.Node("Div", [place.Graph.Node("Sub", [value, place.Vector("mean")]), place.Vector("deviation")]),
        [ScaleShift.Kind] = (place, value) => place.Graph.Node("Add", [place.Graph.Node("Mul", [value, place.Vector("scale")]), place.Vector("shift")]),
        [Residual.Kind] = AddResidual,
        [Dropout.Kind] = (_, value) => value,
        [GaussianNoise.Kind] = (_, value) => value,
        [Flatten.Kind] = (_, value) => value,
    };

    /// <summary>Adds the layers of a chain one after the other.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="network">The network, whose parameters are written.</param>
    /// <param name="chain">The layers.</param>
    /// <param name="prefix">What the names of their parameters begin with: "" or "residual1.".</param>
    /// <param name="value">What the first layer takes.</param>
    /// <returns>What the last layer gives.</returns>
    /// <exception cref="NotSupportedException">A layer or activation is not the library's own; the message names it.</exception>
    public static string Add(GraphBuilder graph, Sequential network, Chain chain, string prefix, string value)
    {
        foreach (ChainNode node in chain.Nodes)
        {
            var place = new ExportedLayer(graph, network, node, prefix + node.Name);
            if (!Exporters.TryGetValue(node.Layer.Settings.Kind, out var export) || node.Layer.GetType().Assembly != typeof(Layer).Assembly)
                throw new NotSupportedException($"{place.Name}: the layer \"{node.Layer}\" cannot be exported");
            value = export(place, value);
        }

        return value;
    }

    private static string AddDense(ExportedLayer place, string value)
    {
        var dense = (Dense)place.Layer;
        string[] inputs = dense.HasBias ? [value, place.Parameter("weight"), place.Parameter("bias")] : [value, place.Parameter("weight")];
        return ActivationExport.Add(place.Graph, dense.Activation, place.Graph.Node("Gemm", inputs));
    }

    private static string AddBatchNormalization(ExportedLayer place, string value)
    {
        var normalization = (BatchNormalization)place.Layer;
        string scale = normalization.IsAffine ? place.Vector("scale") : place.Filled("scale", like: "mean", 1);
        string shift = normalization.IsAffine ? place.Vector("shift") : place.Filled("shift", like: "mean", 0);
        return place.Graph.Node(
            "BatchNormalization", [value, scale, shift, place.Vector("mean"), place.Vector("variance")], GraphBuilder.Attribute("epsilon", normalization.Epsilon));
    }

    private static string AddLayerNormalization(ExportedLayer place, string value) => place.Graph.Node(
        "LayerNormalization", [value, place.Vector("scale"), place.Vector("shift")],
        GraphBuilder.Attribute("axis", -1L), GraphBuilder.Attribute("epsilon", ((LayerNormalization)place.Layer).Epsilon));

    private static string AddResidual(ExportedLayer place, string value)
    {
        // The block, and the way around it where that has layers too.
        Chain[] branches = place.Branches;
        string around = branches.Length > 1 ? Add(place.Graph, place.Network, branches[1], place.Name + ".", value) : value;
        return place.Graph.Node("Add", [around, Add(place.Graph, place.Network, branches[0], place.Name + ".", value)]);
    }
}

/// <summary>A layer at its place in a network that is exported.</summary>
/// <param name="graph">The graph.</param>
/// <param name="network">The network.</param>
/// <param name="node">The layer's place in its chain.</param>
/// <param name="name">Its name in the network: "residual1.dense2".</param>
internal sealed class ExportedLayer(GraphBuilder graph, Sequential network, ChainNode node, string name)
{
    public GraphBuilder Graph => graph;

    public Sequential Network => network;

    public string Name => name;

    public Layer Layer => node.Layer;

    public Chain[] Branches => node.Branches;

    /// <summary>A parameter in its own shape.</summary>
    public string Parameter(string parameter)
    {
        Parameter found = Find(parameter);
        return graph.Constant(found.Name, found.Shape.Dimensions, found.Values);
    }

    /// <summary>A parameter as a vector: samples are vectors within the graph, whatever their shape outside.</summary>
    public string Vector(string parameter)
    {
        Parameter found = Find(parameter);
        return graph.Constant(found.Name, [found.Shape.ElementCount], found.Values);
    }

    /// <summary>A vector of one value, in the place of a parameter that the layer does not have.</summary>
    /// <param name="parameter">The parameter's name.</param>
    /// <param name="like">A parameter of the same length.</param>
    /// <param name="value">The value.</param>
    public string Filled(string parameter, string like, float value)
    {
        var values = new float[Find(like).Shape.ElementCount];
        Array.Fill(values, value);
        return graph.Constant($"{name}.{parameter}", [values.Length], values);
    }

    private Parameter Find(string parameter) => network.Parameters[$"{name}.{parameter}"];
}
