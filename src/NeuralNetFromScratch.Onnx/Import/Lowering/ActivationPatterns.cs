namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// Recognizes activations of the library by the structure of their operators, with operands and factors in any order. Values are not compared.
/// </summary>
internal static class ActivationPatterns
{
    private const float SeluAlpha = 1.67326319217681884765625f, SeluScale = 1.05070102214813232421875f;
    private const double RootHalf = 0.70710678118654752, RootTwoOverPi = 0.79788456080286536, Cubic = 0.044715, Tolerance = 1e-6;
    private const int MaximumDepth = 12, Degree = 3;

    /// <summary>Returns the activation between two nodes; null if there is none.</summary>
    public static Activation? Find(GraphNode from, GraphNode to)
    {
        if (to.Operands is [{ Node: { } only }] && only == from)
            return OfStep(to);
        if (to is { Step: "Max", Operands: [{ Numbers: [0] }, { Node: { } second }] } && second == from)
            return Activation.Relu;
        if (to is { Step: "Max", Operands: [{ Node: { } first }, { Numbers: [0] }] } && first == from)
            return Activation.Relu;
        return OfProduct(from, to);
    }

    private static Activation? OfStep(GraphNode step) => step switch
    {
        { Step: "Relu" } or { Step: "Clip", Numbers: [0, float.PositiveInfinity] } => Activation.Relu,
        { Step: "Sigmoid" } => Activation.Sigmoid,
        { Step: "Tanh" } => Activation.Tanh,
        { Step: "Softplus" } => Activation.Softplus,
        { Step: "HardSwish" } => Activation.HardSwish,
        { Step: "LeakyRelu", Numbers: [>= 0 and < float.PositiveInfinity and var slope] } => Activation.LeakyRelu(slope),
        { Step: "Elu", Numbers: [>= 0 and < float.PositiveInfinity and var alpha] } => Activation.Elu(alpha),
        { Step: "Selu", Numbers: [SeluAlpha, SeluScale] } => Activation.Selu,
        _ => null,
    };

    /// <summary><c>x·σ(x)</c>, <c>x/2 · (1 + erf(x/√2))</c>, <c>x/2 · (1 + tanh(√(2/π)·(x + 0.044715·x³)))</c>.</summary>
    private static Activation? OfProduct(GraphNode from, GraphNode to)
    {
        var factors = new List<GraphNode>();
        double number = 1;
        if (!Collect(from, to, factors, ref number, MaximumDepth) || factors.Count != 2 || !factors.Remove(from))
            return null;
        GraphNode gate = factors[0];
        if (number == 1 && gate is { Step: "Sigmoid", Operands: [{ Node: { } argument }] } && argument == from)
            return Activation.Silu;
        if (!IsNear(number, 0.5) || gate is not { Step: "Add", Operands: [var first, var second] } || (first.Node ?? second.Node) is not { } inner || (first.Numbers ?? second.Numbers) is not [1])
            return null;
        if (inner is { Step: "Erf", Operands: [{ Node: { } scaled }] } && Polynomial(from, scaled, MaximumDepth) is [0, var slope, 0, 0] && IsNear(slope, RootHalf))
            return Activation.Gelu;
        return inner is { Step: "Tanh", Operands: [{ Node: { } cubic }] } && Polynomial(from, cubic, MaximumDepth) is [0, var linear, 0, var third]
            && IsNear(linear, RootTwoOverPi) && IsNear(third, RootTwoOverPi * Cubic)
            ? Activation.GeluTanh
            : null;
    }

    /// <summary>Returns the factors of a product, with constant factors multiplied.</summary>
    private static bool Collect(GraphNode from, GraphNode node, List<GraphNode> factors, ref double number, int depth)
    {
        if (depth == 0 || factors.Count > 2)
            return false;
        if (node == from || node.Step is not ("Mul" or "Div"))
        {
            factors.Add(node);
            return true;
        }

        for (int i = 0; i < node.Operands.Count; i++)
        {
            bool isDivisor = node.Step == "Div" && i == 1;
            if (node.Operands[i] is { Node: { } inner })
            {
                if (isDivisor || !Collect(from, inner, factors, ref number, depth - 1))
                    return false;
            }
            else if (node.Operands[i].Numbers is [var factor])
            {
                number = isDivisor ? number / factor : number * factor;
            }
            else
            {
                return false;
            }
        }

        return node.Step == "Mul" || node.Operands[0].Node is not null;
    }

    /// <summary>Returns the coefficients of a polynomial up to the third degree; null for other expressions.</summary>
    private static double[]? Polynomial(GraphNode from, GraphNode node, int depth)
    {
        if (node == from)
            return [0, 1, 0, 0];
        if (depth == 0 || node.Operands.Count != 2 || Of(node.Operands[0]) is not { } left || Of(node.Operands[1]) is not { } right)
            return null;
        return node.Step switch
        {
            "Add" => [.. left.Zip(right, (a, b) => a + b)],
            "Sub" => [.. left.Zip(right, (a, b) => a - b)],
            "Mul" => Product(left, right),
            "Div" when right is [not 0, 0, 0, 0] => [.. left.Select(a => a / right[0])],
            "Pow" when right is [2, 0, 0, 0] => Product(left, left),
            "Pow" when right is [3, 0, 0, 0] => Product(left, left) is { } square ? Product(square, left) : null,
            _ => null,
        };

        double[]? Of(Operand operand) => operand.Node is { } inner ? Polynomial(from, inner, depth - 1) : operand.Numbers is [var number] ? [number, 0, 0, 0] : null;
    }

    private static double[]? Product(double[] left, double[] right)
    {
        double[] product = new double[Degree + 1];
        for (int i = 0; i <= Degree; i++)
        {
            for (int j = 0; j <= Degree; j++)
            {
                if (left[i] * right[j] == 0)
                    continue;
                if (i + j > Degree)
                    return null;
                product[i + j] += left[i] * right[j];
            }
        }

        return product;
    }

    /// <summary>Whether a number of the file is a constant of a formula, rounded to single precision.</summary>
    private static bool IsNear(double number, double expected) => Math.Abs(number - expected) <= Tolerance * Math.Abs(expected);
}
