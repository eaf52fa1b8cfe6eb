namespace NeuralNetFromScratch.Onnx;

/// <summary>Layers as ONNX operators, by kind. What acts in training only leaves no trace.</summary>
internal static class LayerExport
{
    /// <summary>A part that is composed of itself would never end.</summary>
    private const int MaximumDepth = 100;

    /// <summary>For each kind what makes operators of it: from the layer at its place and the value that it takes, the value that it gives.</summary>
    private static readonly Dictionary<string, Func<ExportedLayer, string, string>> Exporters = new()
    {
        [Dense.Kind] = AddDense,
        [ActivationLayer.Kind] = (place, value) => ActivationExport.Add(place, ((ActivationLayer)place.Layer).Activation, value),
        [BatchNormalization.Kind] = AddBatchNormalization,
        [LayerNormalization.Kind] = AddLayerNormalization,
        [Standardization.Kind] = AddStandardization,
        [ScaleShift.Kind] = (place, value) => place.Graph.Node("Add", [place.Graph.Node("Mul", [value, place.Vector("scale")]), place.Vector("shift")]),
        [Residual.Kind] = AddResidual,
        [ParallelLayer.Kind] = AddParallel,
        [OperatorLayer.Kind] = OperatorExport.Add,
        [Dropout.Kind] = (_, value) => value,
        [GaussianNoise.Kind] = (_, value) => value,
        [SpatialDropout2D.Kind] = (_, value) => value,
        [Flatten.Kind] = (_, value) => value,
    };

    /// <summary>Adds the layers of a chain one after the other.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="parameters">The network's parameters, which are written.</param>
    /// <param name="first">The number of the chain's first parameter among them.</param>
    /// <param name="chain">The layers.</param>
    /// <param name="prefix">What the layers' names begin with: "" or "residual1.".</param>
    /// <param name="value">What the first layer takes.</param>
    /// <returns>What the last layer gives.</returns>
    /// <exception cref="NotSupportedException">A layer or activation is not the library's own; the message names it.</exception>
    public static string Add(GraphBuilder graph, ParameterStore parameters, int first, Chain chain, string prefix, string value)
    {
        foreach (ChainNode node in chain.Nodes)
        {
            var place = new ExportedLayer(graph, parameters, first + node.FirstParameter, node, prefix + node.Name);
            if (node.Layer is IComposedOf composed && !IsOurs(node.Layer))
                value = prefix.Count(character => character == '.') < MaximumDepth
                    ? place.Composed(composed.Composition(node.InputShape), value)
                    : throw new NotSupportedException($"{node.Name}: the layer \"{node.Layer}\" cannot be exported: it says that it is composed of itself");
            else if (IsOurs(node.Layer) && Exporters.TryGetValue(node.Layer.Settings.Kind, out var export))
                value = export(place, value);
            else
                throw new NotSupportedException($"{place.Name}: the layer \"{node.Layer}\" cannot be exported; {Advice(node.Layer)}");
        }

        return value;
    }

    /// <summary>Whether a part is the library's, or this package's.</summary>
    public static bool IsOurs(Part part) => part.GetType().Assembly == typeof(Layer).Assembly || part.GetType().Assembly == typeof(LayerExport).Assembly;

    private static string Advice(Layer layer) => IsOurs(layer)
        ? "the export does not know it yet: predict with the library, or build the network without it"
        : $"let it implement {nameof(IComposedOf)} where it does what layers of the library do";

    private static string AddDense(ExportedLayer place, string value)
    {
        var dense = (Dense)place.Layer;
        string[] inputs = dense.HasBias ? [value, place.Parameter("weight"), place.Parameter("bias")] : [value, place.Parameter("weight")];
        return ActivationExport.Add(place, dense.Activation, place.Graph.Node("Gemm", inputs));
    }

    /// <summary>Of pictures, which have a mean for each channel, each pixel is a row.</summary>
    private static string AddBatchNormalization(ExportedLayer place, string value)
    {
        var normalization = (BatchNormalization)place.Layer;
        string scale = normalization.IsAffine ? place.Vector("scale") : place.Filled("scale", like: "mean", 1);
        string shift = normalization.IsAffine ? place.Vector("shift") : place.Filled("shift", like: "mean", 0);
        int channels = place.Length("mean"), length = place.InputShape.ElementCount;
        if (channels != length)
            value = place.Graph.Rows(value, channels);
        value = place.Graph.Node(
            "BatchNormalization", [value, scale, shift, place.Vector("mean"), place.Vector("variance")], GraphBuilder.Attribute("epsilon", normalization.Epsilon));
        return channels != length ? place.Graph.Rows(value, length) : value;
    }

    private static string AddLayerNormalization(ExportedLayer place, string value) => place.Graph.Node(
        "LayerNormalization", [value, place.Vector("scale"), place.Vector("shift")],
        GraphBuilder.Attribute("axis", -1L), GraphBuilder.Attribute("epsilon", ((LayerNormalization)place.Layer).Epsilon));

    /// <summary>The features beyond those that it knows pass.</summary>
    private static string AddStandardization(ExportedLayer place, string value)
    {
        int features = place.Length("mean"), length = place.InputShape.ElementCount;
        GraphBuilder graph = place.Graph;
        string known = features == length ? value : graph.Columns(value, 0, features);
        known = graph.Node("Div", [graph.Node("Sub", [known, place.Vector("mean")]), place.Vector("deviation")]);
        return features == length ? known : graph.Node("Concat", [known, graph.Columns(value, features, length)], GraphBuilder.Attribute("axis", 1L));
    }

    private static string AddResidual(ExportedLayer place, string value)
    {
        // The block, and the way around it where that has layers too.
        string around = place.BranchCount > 1 ? place.Branch(1, value) : value;
        return place.Graph.Node("Add", [around, place.Branch(0, value)]);
    }

    private static string AddParallel(ExportedLayer place, string value) =>
        place.Graph.Node("Concat", [.. Enumerable.Range(0, place.BranchCount).Select(branch => place.Branch(branch, value))], GraphBuilder.Attribute("axis", 1L));
}
