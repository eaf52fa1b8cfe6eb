using System.Globalization;

namespace NeuralNetFromScratch.Onnx;

/// <summary>Activations as ONNX operators; those that opset 17 does not have are put together from others.</summary>
internal static class ActivationExport
{
    private const float SeluAlpha = 1.6732632423543772f, SeluScale = 1.0507009873554805f;

    /// <exception cref="NotSupportedException">The activation is the user's own.</exception>
    public static string Add(GraphBuilder graph, Activation activation, string x)
    {
        if (activation == Activation.Identity)
            return x;
        if (activation == Activation.Relu)
            return graph.Node("Relu", [x]);
        if (activation == Activation.Sigmoid)
            return graph.Node("Sigmoid", [x]);
        if (activation == Activation.Tanh)
            return graph.Node("Tanh", [x]);
        if (activation == Activation.Softplus)
            return graph.Node("Softplus", [x]);
        if (activation == Activation.HardSwish)
            return graph.Node("HardSwish", [x]);
        if (activation == Activation.Selu)
            return graph.Node("Selu", [x], GraphBuilder.Attribute("alpha", SeluAlpha), GraphBuilder.Attribute("gamma", SeluScale));
        if (activation == Activation.Silu)
            return graph.Node("Mul", [x, graph.Node("Sigmoid", [x])]);
        if (activation == Activation.Gelu)
            return HalfTimes(graph, x, graph.Node("Erf", [graph.Node("Mul", [x, graph.Scalar(0.70710678f)])]));
        if (activation == Activation.GeluTanh)
            return HalfTimes(graph, x, graph.Node("Tanh", [GeluArgument(graph, x)]));
        if (Setting(activation.Name, "elu") is { } alpha)
            return graph.Node("Elu", [x], GraphBuilder.Attribute("alpha", alpha));
        if (Setting(activation.Name, "leaky-relu") is { } slope)
            return graph.Node("LeakyRelu", [x], GraphBuilder.Attribute("alpha", slope));
        throw new NotSupportedException($"the activation \"{activation.Name}\" cannot be exported");
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

    private static float? Setting(string name, string kind) => name.StartsWith(kind + "(", StringComparison.Ordinal)
        ? float.Parse(name.AsSpan(kind.Length + 1, name.Length - kind.Length - 2), NumberStyles.Float, CultureInfo.InvariantCulture)
        : null;
}
