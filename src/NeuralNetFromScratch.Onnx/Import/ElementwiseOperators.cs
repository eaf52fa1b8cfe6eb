namespace NeuralNetFromScratch.Onnx;

/// <summary>The operators that compute each element by itself, in double precision.</summary>
internal static class ElementwiseOperators
{
    private static readonly HashSet<string> Types =
    [
        "Relu", "LeakyRelu", "Elu", "Selu", "Sigmoid", "Tanh", "Softplus", "HardSwish", "HardSigmoid", "Erf", "Gelu", "Exp", "Neg", "Add", "Sub", "Mul", "Div", "Pow",
        "Identity", "Cast", "Dropout",
    ];

    /// <summary>Whether the node is such an operator, and no form of it that does something else: a cast to whole numbers, a dropout that drops.</summary>
    public static bool Knows(Operation operation) => Types.Contains(operation.Type) && operation.Type switch
    {
        "Cast" => operation.Integer("to", 0) is OnnxTypes.Float or OnnxTypes.Double,
        "Dropout" => !operation.HasInput(2),
        _ => true,
    };

    /// <summary>How many inputs the result depends on; those of a dropout beside the first only matter in training.</summary>
    public static int Inputs(Operation operation) => operation.Type is "Dropout" or "Cast" ? 1 : operation.InputCount;

    /// <summary>The operator's result for one element.</summary>
    /// <param name="operation">The node.</param>
    /// <param name="x">Its first input.</param>
    /// <param name="second">Gives its second input, where it has one.</param>
    public static double Compute(Operation operation, double x, Func<double> second) => operation.Type switch
    {
        "Relu" => Math.Max(x, 0),
        "LeakyRelu" => x > 0 ? x : operation.Number("alpha", 0.01f) * x,
        "Elu" => x > 0 ? x : operation.Number("alpha", 1) * (Math.Exp(x) - 1),
        "Selu" => operation.Number("gamma", 1.05070102214813232421875f) * (x > 0 ? x : operation.Number("alpha", 1.67326319217681884765625f) * (Math.Exp(x) - 1)),
        "Sigmoid" => 1 / (1 + Math.Exp(-x)),
        "Tanh" => Math.Tanh(x),
        "Softplus" => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))),
        "HardSwish" => x * Math.Clamp(x / 6 + 0.5, 0, 1),
        "HardSigmoid" => Math.Clamp(operation.Number("alpha", 0.2f) * x + operation.Number("beta", 0.5f), 0, 1),
        "Erf" => ElementwiseFunction.Erf(x),
        "Gelu" => operation.Text("approximate", "none") == "tanh"
            ? x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2
            : x * (1 + ElementwiseFunction.Erf(x / Math.Sqrt(2))) / 2,
        "Exp" => Math.Exp(x),
        "Neg" => -x,
        "Add" => x + second(),
        "Sub" => x - second(),
        "Mul" => x * second(),
        "Div" => x / second(),
        "Pow" => Math.Pow(x, second()),
        _ => x,
    };
}
