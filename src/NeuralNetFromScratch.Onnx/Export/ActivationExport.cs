namespace NeuralNetFromScratch.Onnx;

/// <summary>Exports activations as ONNX operators. Activations without an operator in opset 17 become several operators.</summary>
internal static class ActivationExport
{
    private const float SeluAlpha = 1.6732632423543772f, SeluScale = 1.0507009873554805f;

    private static readonly Dictionary<string, Func<GraphBuilder, Settings, string, string>> Exporters = new()
    {
        ["identity"] = (_, _, x) => x,
        ["relu"] = (graph, _, x) => graph.Node("Relu", [x]),
        ["sigmoid"] = (graph, _, x) => graph.Node("Sigmoid", [x]),
        ["tanh"] = (graph, _, x) => graph.Node("Tanh", [x]),
        ["softplus"] = (graph, _, x) => graph.Node("Softplus", [x]),
        ["hard-swish"] = (graph, _, x) => graph.Node("HardSwish", [x]),
        ["selu"] = (graph, _, x) => graph.Node("Selu", [x], GraphBuilder.Attribute("alpha", SeluAlpha), GraphBuilder.Attribute("gamma", SeluScale)),
        ["elu"] = (graph, settings, x) => graph.Node("Elu", [x], GraphBuilder.Attribute("alpha", settings.Get<float>("alpha"))),
        ["leaky-relu"] = (graph, settings, x) => graph.Node("LeakyRelu", [x], GraphBuilder.Attribute("alpha", settings.Get<float>("slope"))),
        ["silu"] = (graph, _, x) => graph.Node("Mul", [x, graph.Node("Sigmoid", [x])]),
        ["gelu"] = (graph, _, x) => HalfTimes(graph, x, graph.Node("Erf", [graph.Node("Mul", [x, graph.Scalar(0.70710678f)])])),
        ["gelu-tanh"] = (graph, _, x) => HalfTimes(graph, x, graph.Node("Tanh", [GeluArgument(graph, x)])),
    };

    /// <exception cref="NotSupportedException">The activation is not built in and does not implement <see cref="IComposedOf"/>.</exception>
    public static ExportedValue Add(ExportedLayer place, Activation activation, ExportedValue x)
    {
        if (LayerExport.IsOurs(activation) && Exporters.TryGetValue(activation.Settings.Kind, out var export))
            return x.With(export(place.Graph, activation.Settings, x.Name));
        if (activation is not IComposedOf composed)
            throw new NotSupportedException($"{place.Name}: the activation \"{activation}\" cannot be exported; implement {nameof(IComposedOf)} if it is equivalent to a built-in one");
        int length = place.Layer.OutputShape(place.InputShape).ElementCount;
        var chain = new Chain([length], composed.Composition([length]));
        if (chain.Parameters.Count > 0 || chain.OutputShape.ElementCount != length)
            throw new NotSupportedException($"{place.Name}: the activation \"{activation}\" cannot be exported: the layers of its {nameof(IComposedOf)} have parameters, or another number of outputs");
        ExportedValue vector = ExportedValue.Vector(place.Graph.Vector(x));
        return LayerExport.Add(place.Graph, new ParameterStore([]), 0, chain, place.Name + ".", vector);
    }

    /// <summary><c>x/2 · (1 + gate)</c>.</summary>
    private static string HalfTimes(GraphBuilder graph, string x, string gate) =>
        graph.Node("Mul", [graph.Node("Mul", [x, graph.Scalar(0.5f)]), graph.Node("Add", [gate, graph.Scalar(1)])]);

    /// <summary><c>√(2/π)·(x + 0.044715·x³)</c>.</summary>
    private static string GeluArgument(GraphBuilder graph, string x)
    {
        string square = graph.Node("Mul", [x, x]);
        string factor = graph.Node("Add", [graph.Node("Mul", [square, graph.Scalar(0.044715f)]), graph.Scalar(1)]);
        return graph.Node("Mul", [graph.Node("Mul", [x, graph.Scalar(0.79788456f)]), factor]);
    }
}
