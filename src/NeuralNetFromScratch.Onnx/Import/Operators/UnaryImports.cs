namespace NeuralNetFromScratch.Onnx;

/// <summary>Element-wise functions.</summary>
internal static class UnaryImports
{
    private const float RootHalf = 0.70710678f, RootTwoOverPi = 0.79788456f, Cubic = 0.044715f;

    public static IEnumerable<(string Type, OperatorImport Import)> All =>
    [
        .. Plain("Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Ceil", "Cos", "Cosh", "Erf", "Exp", "Floor", "HardSwish", "Log", "Mish", "Neg", "Reciprocal"),
        .. Plain("Relu", "Round", "Sigmoid", "Sign", "Sin", "Sinh", "Softplus", "Softsign", "Sqrt", "Tan", "Tanh"),
        ("Celu", With("Celu", _ => [("alpha", 1)])),
        ("Elu", With("Elu", _ => [("alpha", 1)])),
        ("HardSigmoid", With("HardSigmoid", _ => [("alpha", 0.2f), ("beta", 0.5f)])),
        ("LeakyRelu", With("LeakyRelu", _ => [("alpha", 0.01f)])),
        ("Selu", With("Selu", version => version < 6 ? [("alpha", 1.6732f), ("gamma", 1.0507f)] : [("alpha", 1.67326319217681884765625f), ("gamma", 1.05070102214813232421875f)])),
        ("Shrink", With("Shrink", _ => [("bias", 0), ("lambd", 0.5f)])),
        ("ThresholdedRelu", With("ThresholdedRelu", _ => [("alpha", 1)])),
        ("Clip", OperatorTable.One(Clip)),
        ("Gelu", OperatorTable.One(Gelu)),
        ("Swish", OperatorTable.One(Swish)),
        ("IsNaN", OperatorTable.One((operation, tracer) => Apply(operation, tracer, tracer.Numbers(operation, 0), "IsNaN", ElementKind.Truth))),
        ("Not", OperatorTable.One((operation, tracer) => Apply(operation, tracer, tracer.Numbers(operation, 0), "Not", ElementKind.Truth))),
    ];

    /// <summary>Adds an element-wise step.</summary>
    public static Value Apply(Operation operation, Tracer tracer, Value x, string step, ElementKind kind, params float[] numbers) =>
        x.WithElements(tracer.Step(operation, step, [x.Elements!], numbers), kind);

    /// <summary>Returns the input of a function, which must be floats, since integers would be rounded.</summary>
    public static Value Floats(Operation operation, Tracer tracer, int number)
    {
        Value x = tracer.Numbers(operation, number);
        return x.Kind == ElementKind.Number || x.IsConstant ? x : throw operation.Refuse("computes with integers or Boolean values; cast them to float first");
    }

    private static IEnumerable<(string Type, OperatorImport Import)> Plain(params string[] types) => types.Select(type => (type, With(type, _ => [])));

    private static OperatorImport With(string step, Func<int, (string Name, float Otherwise)[]> attributes) => OperatorTable.One((operation, tracer) => Apply(
        operation, tracer, Floats(operation, tracer, 0), step, ElementKind.Number, [.. attributes(operation.Version).Select(attribute => operation.Number(attribute.Name, attribute.Otherwise))]));

    /// <summary>The bounds are attributes before version 11, and inputs since then.</summary>
    private static Value Clip(Operation operation, Tracer tracer)
    {
        float low = operation.Number("min", float.NegativeInfinity), high = operation.Number("max", float.PositiveInfinity);
        if (operation.Version >= 11)
            (low, high) = (Bound(1, float.NegativeInfinity), Bound(2, float.PositiveInfinity));
        return Apply(operation, tracer, Floats(operation, tracer, 0), "Clip", ElementKind.Number, low, high);

        float Bound(int number, float otherwise) => tracer.Optional(operation, number) is not { } bound ? otherwise
            : tracer.Constant(operation, bound, "bound") is [var only] ? only : throw operation.Refuse("its bounds are not single numbers");
    }

    private static Value Gelu(Operation operation, Tracer tracer)
    {
        Value x = Floats(operation, tracer, 0);
        Operand gate = operation.Text("approximate", "none") switch
        {
            "none" => tracer.Step(operation, "Erf", [tracer.Step(operation, "Mul", [x.Elements!, Single(RootHalf)])]),
            "tanh" => tracer.Step(operation, "Tanh", [tracer.Step(operation, "Mul", [Single(RootTwoOverPi), Cubed(operation, tracer, x.Elements!)])]),
            var other => throw operation.Refuse($"the approximation {MessageText.Quote(other)} is unknown"),
        };
        Operand half = tracer.Step(operation, "Mul", [x.Elements!, Single(0.5f)]);
        return x.WithElements(tracer.Step(operation, "Mul", [half, tracer.Step(operation, "Add", [gate, Single(1)])]), ElementKind.Number);
    }

    /// <summary>x + 0.044715·x³</summary>
    private static Operand Cubed(Operation operation, Tracer tracer, Operand x) =>
        tracer.Step(operation, "Add", [x, tracer.Step(operation, "Mul", [Single(Cubic), tracer.Step(operation, "Pow", [x, Single(3)])])]);

    /// <summary>x·σ(α·x)</summary>
    private static Value Swish(Operation operation, Tracer tracer)
    {
        Value x = Floats(operation, tracer, 0);
        float alpha = operation.Number("alpha", 1);
        Operand inner = alpha == 1 ? x.Elements! : tracer.Step(operation, "Mul", [x.Elements!, Single(alpha)]);
        return x.WithElements(tracer.Step(operation, "Mul", [x.Elements!, tracer.Step(operation, "Sigmoid", [inner])]), ElementKind.Number);
    }

    private static Operand Single(float number) => new([number]);
}
