namespace NeuralNetFromScratch.Onnx;

/// <summary>Exports layers as ONNX operators. Layers that act only in training are omitted.</summary>
internal static class LayerExport
{
    /// <summary>Limits the nesting of parts that are composed of themselves.</summary>
    private const int MaximumDepth = 100;

    /// <summary>The export of each kind of layer: from the layer and its input to its output.</summary>
    private static readonly Dictionary<string, Func<ExportedLayer, ExportedValue, ExportedValue>> Exporters = new()
    {
        [Dense.Kind] = AddDense,
        [Conv2D.Kind] = ImageExport.AddConvolution,
        [MaxPool2D.Kind] = ImageExport.AddPool,
        [AveragePool2D.Kind] = ImageExport.AddPool,
        [GlobalMaxPool2D.Kind] = (place, value) => ImageExport.AddGlobalPool(place, value, "GlobalMaxPool"),
        [GlobalAveragePool2D.Kind] = (place, value) => ImageExport.AddGlobalPool(place, value, "GlobalAveragePool"),
        [ZeroPadding2D.Kind] = ImageExport.AddPadding,
        [Upsample2D.Kind] = ImageExport.AddUpsampling,
        [ActivationLayer.Kind] = (place, value) => ActivationExport.Add(place, ((ActivationLayer)place.Layer).Activation, value),
        [BatchNormalization.Kind] = AddBatchNormalization,
        [LayerNormalization.Kind] = AddLayerNormalization,
        [Standardization.Kind] = AddStandardization,
        [ScaleShift.Kind] = (place, value) => value.With(place.Graph.Node("Add", [place.Graph.Node("Mul", [value.Name, place.Like(value, "scale")]), place.Like(value, "shift")])),
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
    /// <param name="parameters">The network's parameters.</param>
    /// <param name="first">The index of the chain's first parameter.</param>
    /// <param name="chain">The layers.</param>
    /// <param name="prefix">The prefix of the names of layers, for example "residual1.".</param>
    /// <param name="value">The input of the first layer.</param>
    /// <returns>The output of the last layer.</returns>
    /// <exception cref="NotSupportedException">A layer or activation cannot be exported. The message names it.</exception>
    public static ExportedValue Add(GraphBuilder graph, ParameterStore parameters, int first, Chain chain, string prefix, ExportedValue value)
    {
        foreach (ChainNode node in chain.Nodes)
        {
            var place = new ExportedLayer(graph, parameters, first + node.FirstParameter, node, prefix + node.Name);
            if (node.Layer is IComposedOf composed && !IsOurs(node.Layer))
                value = prefix.Count(character => character == '.') < MaximumDepth
                    ? place.Composed(composed.Composition(node.InputShape), value)
                    : throw new NotSupportedException($"{node.Name}: the layer \"{node.Layer}\" cannot be exported: its {nameof(IComposedOf)} contains the layer itself");
            else if (IsOurs(node.Layer) && Exporters.TryGetValue(node.Layer.Settings.Kind, out var export))
                value = export(place, value);
            else
                throw new NotSupportedException($"{place.Name}: the layer \"{node.Layer}\" cannot be exported; {Advice(node.Layer)}");
        }

        return value;
    }

    /// <summary>Whether a part is built in, or a part of this package.</summary>
    public static bool IsOurs(Part part) => part.GetType().Assembly == typeof(Layer).Assembly || part.GetType().Assembly == typeof(LayerExport).Assembly;

    private static string Advice(Layer layer) => IsOurs(layer)
        ? "the export does not know it yet: predict with the library, or build the network without it"
        : $"implement {nameof(IComposedOf)} if it is equivalent to layers of the library";

    /// <summary>After images, the rows of the weight are in channels-first order, so that no value is transposed.</summary>
    private static ExportedValue AddDense(ExportedLayer place, ExportedValue value)
    {
        var dense = (Dense)place.Layer;
        string weight = value.Image is { } image ? place.TurnedRows("weight", image) : place.Parameter("weight"), rows = place.Graph.Rows(value);
        string[] inputs = dense.HasBias ? [rows, weight, place.Parameter("bias")] : [rows, weight];
        return ActivationExport.Add(place, dense.Activation, ExportedValue.Vector(place.Graph.Node("Gemm", inputs)));
    }

    /// <summary>Images have a mean for each channel.</summary>
    private static ExportedValue AddBatchNormalization(ExportedLayer place, ExportedValue value)
    {
        var normalization = (BatchNormalization)place.Layer;
        string scale = normalization.IsAffine ? place.Vector("scale") : place.Filled("scale", like: "mean", 1);
        string shift = normalization.IsAffine ? place.Vector("shift") : place.Filled("shift", like: "mean", 0);
        if (place.Length("mean") == place.InputShape.ElementCount)
            return ExportedValue.Vector(Normalized(place.Graph.Vector(value)));
        var image = ImageShape.Of(place.InputShape);
        return new(Normalized(place.Graph.Image(value, image)), image);

        string Normalized(string x) => place.Graph.Node(
            "BatchNormalization", [x, scale, shift, place.Vector("mean"), place.Vector("variance")], GraphBuilder.Attribute("epsilon", normalization.Epsilon));
    }

    private static ExportedValue AddLayerNormalization(ExportedLayer place, ExportedValue value) => ExportedValue.Vector(place.Graph.Node(
        "LayerNormalization", [place.Graph.Vector(value), place.Vector("scale"), place.Vector("shift")],
        GraphBuilder.Attribute("axis", -1L), GraphBuilder.Attribute("epsilon", ((LayerNormalization)place.Layer).Epsilon)));

    /// <summary>Further features are passed on unchanged.</summary>
    private static ExportedValue AddStandardization(ExportedLayer place, ExportedValue value)
    {
        int features = place.Length("mean"), length = place.InputShape.ElementCount;
        GraphBuilder graph = place.Graph;
        if (features == length)
            return value.With(graph.Node("Div", [graph.Node("Sub", [value.Name, place.Like(value, "mean")]), place.Like(value, "deviation")]));
        string vector = graph.Vector(value), known = graph.Columns(vector, 0, features);
        known = graph.Node("Div", [graph.Node("Sub", [known, place.Vector("mean")]), place.Vector("deviation")]);
        return ExportedValue.Vector(graph.Node("Concat", [known, graph.Columns(vector, features, length)], GraphBuilder.Attribute("axis", 1L)));
    }

    private static ExportedValue AddResidual(ExportedLayer place, ExportedValue value)
    {
        // The block and, if it has layers, the projection.
        ExportedValue around = place.BranchCount > 1 ? place.Branch(1, value) : value, block = place.Branch(0, value);
        if ((around.Image ?? block.Image) is not { } image)
            return ExportedValue.Vector(place.Graph.Node("Add", [around.Name, block.Name]));
        return new(place.Graph.Node("Add", [place.Graph.Image(around, image), place.Graph.Image(block, image)]), image);
    }

    private static ExportedValue AddParallel(ExportedLayer place, ExportedValue value) => ExportedValue.Vector(place.Graph.Node(
        "Concat", [.. Enumerable.Range(0, place.BranchCount).Select(branch => place.Graph.Vector(place.Branch(branch, value)))], GraphBuilder.Attribute("axis", 1L)));
}
