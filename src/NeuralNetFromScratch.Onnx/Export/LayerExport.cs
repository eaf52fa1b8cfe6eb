namespace NeuralNetFromScratch.Onnx;

/// <summary>Layers as ONNX operators, by kind. What acts in training only leaves no trace.</summary>
internal static class LayerExport
{
    /// <summary>A part that is composed of itself would never end.</summary>
    private const int MaximumDepth = 100;

    /// <summary>For each kind what makes operators of it: from the layer at its place and the value that it takes, the value that it gives.</summary>
    private static readonly Dictionary<string, Func<ExportedLayer, ExportedValue, ExportedValue>> Exporters = new()
    {
        [Dense.Kind] = AddDense,
        [Conv2D.Kind] = PictureExport.AddConvolution,
        [MaxPool2D.Kind] = PictureExport.AddPool,
        [AveragePool2D.Kind] = PictureExport.AddPool,
        [GlobalMaxPool2D.Kind] = (place, value) => PictureExport.AddGlobalPool(place, value, "GlobalMaxPool"),
        [GlobalAveragePool2D.Kind] = (place, value) => PictureExport.AddGlobalPool(place, value, "GlobalAveragePool"),
        [ZeroPadding2D.Kind] = PictureExport.AddPadding,
        [Upsample2D.Kind] = PictureExport.AddUpsampling,
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
    /// <param name="parameters">The network's parameters, which are written.</param>
    /// <param name="first">The number of the chain's first parameter among them.</param>
    /// <param name="chain">The layers.</param>
    /// <param name="prefix">What the layers' names begin with: "" or "residual1.".</param>
    /// <param name="value">What the first layer takes.</param>
    /// <returns>What the last layer gives.</returns>
    /// <exception cref="NotSupportedException">A layer or activation is not the library's own; the message names it.</exception>
    public static ExportedValue Add(GraphBuilder graph, ParameterStore parameters, int first, Chain chain, string prefix, ExportedValue value)
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

    /// <summary>After pictures the rows of the weight are put in the order of theirs, so that no value has to be turned.</summary>
    private static ExportedValue AddDense(ExportedLayer place, ExportedValue value)
    {
        var dense = (Dense)place.Layer;
        string weight = value.Picture is { } picture ? place.TurnedRows("weight", picture) : place.Parameter("weight"), rows = place.Graph.Rows(value);
        string[] inputs = dense.HasBias ? [rows, weight, place.Parameter("bias")] : [rows, weight];
        return ActivationExport.Add(place, dense.Activation, ExportedValue.Vector(place.Graph.Node("Gemm", inputs)));
    }

    /// <summary>Pictures have a mean for each channel.</summary>
    private static ExportedValue AddBatchNormalization(ExportedLayer place, ExportedValue value)
    {
        var normalization = (BatchNormalization)place.Layer;
        string scale = normalization.IsAffine ? place.Vector("scale") : place.Filled("scale", like: "mean", 1);
        string shift = normalization.IsAffine ? place.Vector("shift") : place.Filled("shift", like: "mean", 0);
        if (place.Length("mean") == place.InputShape.ElementCount)
            return ExportedValue.Vector(Normalized(place.Graph.Vector(value)));
        var picture = PictureShape.Of(place.InputShape);
        return new(Normalized(place.Graph.Picture(value, picture)), picture);

        string Normalized(string x) => place.Graph.Node(
            "BatchNormalization", [x, scale, shift, place.Vector("mean"), place.Vector("variance")], GraphBuilder.Attribute("epsilon", normalization.Epsilon));
    }

    private static ExportedValue AddLayerNormalization(ExportedLayer place, ExportedValue value) => ExportedValue.Vector(place.Graph.Node(
        "LayerNormalization", [place.Graph.Vector(value), place.Vector("scale"), place.Vector("shift")],
        GraphBuilder.Attribute("axis", -1L), GraphBuilder.Attribute("epsilon", ((LayerNormalization)place.Layer).Epsilon)));

    /// <summary>The features beyond those that it knows pass.</summary>
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
        // The block, and the way around it where that has layers too.
        ExportedValue around = place.BranchCount > 1 ? place.Branch(1, value) : value, block = place.Branch(0, value);
        if ((around.Picture ?? block.Picture) is not { } picture)
            return ExportedValue.Vector(place.Graph.Node("Add", [around.Name, block.Name]));
        return new(place.Graph.Node("Add", [place.Graph.Picture(around, picture), place.Graph.Picture(block, picture)]), picture);
    }

    private static ExportedValue AddParallel(ExportedLayer place, ExportedValue value) => ExportedValue.Vector(place.Graph.Node(
        "Concat", [.. Enumerable.Range(0, place.BranchCount).Select(branch => place.Graph.Vector(place.Branch(branch, value)))], GraphBuilder.Attribute("axis", 1L)));
}
