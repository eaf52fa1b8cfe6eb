namespace NeuralNetFromScratch.Onnx;

/// <summary>Layers as ONNX operators. What only acts while training leaves no trace.</summary>
internal static class LayerExport
{
    /// <summary>Adds layers one after the other.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="prefix">What their parameters' names begin with: "" or "residual1.".</param>
    /// <param name="network">Whose parameters.</param>
    /// <param name="value">What the first layer takes.</param>
    /// <returns>What the last layer gives.</returns>
    public static string Add(GraphBuilder graph, IEnumerable<Layer> layers, string prefix, Sequential network, string value)
    {
        var counts = new Dictionary<string, int>();
        foreach (Layer layer in layers)
        {
            counts[layer.Settings.Kind] = counts.GetValueOrDefault(layer.Settings.Kind) + 1;
            value = Add(graph, layer, $"{prefix}{layer.Settings.Kind}{counts[layer.Settings.Kind]}.", network, value);
        }

        return value;
    }

    private static string Add(GraphBuilder graph, Layer layer, string name, Sequential network, string value)
    {
        switch (layer)
        {
            case Dense dense:
                string z = graph.Node("Gemm", dense.HasBias ? [value, Parameter("weight"), Parameter("bias")] : [value, Parameter("weight")]);
                return ActivationExport.Add(graph, dense.Activation, z);
            case Activate activate:
                return ActivationExport.Add(graph, activate.Activation, value);
            case BatchNormalization normalization:
                int features = network.Parameters[name + "mean"].Shape.ElementCount;
                string scale = normalization.IsAffine ? Vector("scale") : Filled("scale", features, 1);
                string shift = normalization.IsAffine ? Vector("shift") : Filled("shift", features, 0);
                return graph.Node(
                    "BatchNormalization", [value, scale, shift, Vector("mean"), Vector("variance")], GraphBuilder.Attribute("epsilon", normalization.Epsilon));
            case LayerNormalization normalization:
                return graph.Node(
                    "LayerNormalization", [value, Vector("scale"), Vector("shift")],
                    GraphBuilder.Attribute("axis", -1L), GraphBuilder.Attribute("epsilon", normalization.Epsilon));
            case Standardize:
                return graph.Node("Div", [graph.Node("Sub", [value, Vector("mean")]), Vector("deviation")]);
            case Affine:
                return graph.Node("Add", [graph.Node("Mul", [value, Vector("scale")]), Vector("shift")]);
            case Residual residual:
                string around = residual.Projection.Count == 0 ? value : Add(graph, residual.Projection, name + "projection.", network, value);
                return graph.Node("Add", [around, Add(graph, residual.Layers, name, network, value)]);
            case Dropout or GaussianNoise or Flatten:
                return value;
            default:
                throw new NotSupportedException($"{name[..^1]}: layers of type {layer.GetType()} cannot be exported");
        }

        string Parameter(string parameter)
        {
            NeuralNetFromScratch.Parameter found = network.Parameters[name + parameter];
            return graph.Constant(found.Name, found.Shape.Dimensions, found.Values);
        }

        // Samples are vectors within the graph, whatever their shape outside.
        string Vector(string parameter)
        {
            NeuralNetFromScratch.Parameter found = network.Parameters[name + parameter];
            return graph.Constant(found.Name, [found.Shape.ElementCount], found.Values);
        }

        string Filled(string parameter, int length, float value)
        {
            float[] values = new float[length];
            Array.Fill(values, value);
            return graph.Constant(name + parameter, [length], values);
        }
    }
}
