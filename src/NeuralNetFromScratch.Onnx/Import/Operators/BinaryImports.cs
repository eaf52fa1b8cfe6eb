namespace NeuralNetFromScratch.Onnx;

/// <summary>Element-wise functions of several values with broadcasting.</summary>
internal static class BinaryImports
{
    private static readonly string[] Comparisons = ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"], Connections = ["And", "Or", "Xor"];

    public static IEnumerable<(string Type, OperatorImport Import)> All =>
    [
        ("Add", Arithmetic("Add", (left, right) => left + right)),
        ("Sub", Arithmetic("Sub", (left, right) => left - right)),
        ("Mul", Arithmetic("Mul", Extent.Multiply)),
        ("Div", Arithmetic("Div", Extent.Divide)),
        ("Pow", Arithmetic("Pow", (_, _) => null)),
        ("Mod", OperatorTable.One((operation, tracer) =>
            operation.Integer("fmod", 0) == 1 ? Numbers(operation, tracer, "Mod") : throw operation.Refuse("is the remainder of integers; only fmod = 1 is supported"))),
        ("PRelu", OperatorTable.One(PRelu)),
        ("Max", OperatorTable.One((operation, tracer) => Several(operation, tracer, "Max"))),
        ("Min", OperatorTable.One((operation, tracer) => Several(operation, tracer, "Min"))),
        ("Sum", OperatorTable.One((operation, tracer) => Several(operation, tracer, "Add"))),
        ("Mean", OperatorTable.One(Mean)),
        .. Comparisons.Select(type => (type, Arithmetic(type, (left, right) => Compare(type, left, right), ElementKind.Truth))),
        .. Connections.Select(type => (type, Arithmetic(type, (_, _) => null, ElementKind.Truth))),
        ("Where", OperatorTable.One(Where)),
    ];

    /// <summary>Adds a step on two values.</summary>
    public static Value Apply(Operation operation, Tracer tracer, string step, Value left, Value right, ElementKind kind = ElementKind.Number)
    {
        (int[] sizes, int sampleAxis, Operand[] elements) = Arrangement.Broadcast(tracer, operation, left, right);
        Operand result = tracer.Step(operation, step, elements);
        int length = sizes.Aggregate(1, (product, size) => product * size);
        if (result.Length != length)
            result = tracer.Step(operation, "Fill", [result], sizes: [length]);
        return new Value { Kind = kind, Sizes = sizes, SampleAxis = sampleAxis, Elements = result };
    }

    /// <summary>Arithmetic on floats, and on constant integers, such as shapes, by a function of extents.</summary>
    private static OperatorImport Arithmetic(string step, Func<Extent, Extent, Extent?> extents, ElementKind kind = ElementKind.Number) => OperatorTable.One((operation, tracer) =>
    {
        Value left = tracer.Input(operation, 0), right = Legacy(operation, left, tracer.Input(operation, 1));
        if (left.Integers is { } first && right.Integers is { } second)
            return Known(operation, tracer, left, right, first, second, extents, kind == ElementKind.Truth ? kind : ElementKind.Integer);
        if (kind == ElementKind.Truth)
            return Apply(operation, tracer, step, tracer.AsNumbers(operation, left), tracer.AsNumbers(operation, right), kind);
        return Apply(operation, tracer, step, Checked(operation, tracer, left), Checked(operation, tracer, right));
    });

    private static Value Known(
        Operation operation, Tracer tracer, Value left, Value right, Extent[] first, Extent[] second, Func<Extent, Extent, Extent?> extents, ElementKind kind)
    {
        (Value longer, int length) = first.Length >= second.Length ? (left, first.Length) : (right, second.Length);
        if ((first.Length != length && first.Length != 1) || (second.Length != length && second.Length != 1))
            throw operation.Refuse($"the shapes {left} and {right} are not compatible");
        tracer.Budget.Spend(operation, length);
        var results = new Extent[length];
        for (int i = 0; i < length; i++)
        {
            (Extent a, Extent b) = (first[first.Length == 1 ? 0 : i], second[second.Length == 1 ? 0 : i]);
            try
            {
                results[i] = extents(a, b) ?? throw operation.Refuse($"cannot be computed from {a} and {b} at import");
            }
            catch (OverflowException)
            {
                throw operation.Refuse($"overflows with {a} and {b}");
            }
        }

        return Value.OfIntegers(longer.Rank >= Math.Max(left.Rank, right.Rank) ? longer.Sizes : [.. Enumerable.Repeat(1, Math.Max(left.Rank, right.Rank) - longer.Rank), .. longer.Sizes], results, kind);
    }

    private static Extent? Compare(string type, Extent left, Extent right)
    {
        if (type == "Equal" && left == right)
            return new(1);
        // The number of samples differs from the special values −1 and 0 of shapes.
        if (type == "Equal" && (left.IsFixed ? left.Fixed <= 0 && right is { Fixed: >= 0, PerSample: > 0 } : right is { IsFixed: true, Fixed: <= 0 } && left is { Fixed: >= 0, PerSample: > 0 }))
            return new(0);
        if (!left.IsFixed || !right.IsFixed)
            return null;
        bool isTrue = type switch
        {
            "Equal" => left.Fixed == right.Fixed,
            "Greater" => left.Fixed > right.Fixed,
            "GreaterOrEqual" => left.Fixed >= right.Fixed,
            "Less" => left.Fixed < right.Fixed,
            _ => left.Fixed <= right.Fixed,
        };
        return new(isTrue ? 1 : 0);
    }

    private static Value Checked(Operation operation, Tracer tracer, Value value)
    {
        Value numbers = tracer.AsNumbers(operation, value);
        return numbers.IsConstant || numbers.Kind == ElementKind.Number ? numbers : throw operation.Refuse("computes with integers or Boolean values; cast them to float first");
    }

    private static Value Numbers(Operation operation, Tracer tracer, string step) =>
        Apply(operation, tracer, step, Checked(operation, tracer, tracer.Input(operation, 0)), Checked(operation, tracer, tracer.Input(operation, 1)));

    /// <summary>Before version 7 the second value is aligned at an axis, and only if broadcast is set.</summary>
    private static Value Legacy(Operation operation, Value left, Value right)
    {
        if (operation.Version >= 7)
            return right;
        if (operation.Integer("broadcast", 0) == 0)
        {
            return right.Length == 1 || left.Rank == right.Rank
                ? right
                : throw operation.Refuse($"the shapes {left} and {right} differ, and broadcast is not set");
        }

        if (!operation.HasAttribute("axis"))
            return right;
        int axis = Arrangement.Axis(operation, operation.Integer("axis", 0), left.Rank), after = left.Rank - axis - right.Rank;
        return after < 0 || right.SampleAxis >= 0
            ? throw operation.Refuse($"the shape {right} is not compatible with {left} at axis {axis}")
            : right.WithShape([.. right.Sizes, .. Enumerable.Repeat(1, after)], -1);
    }

    /// <summary>Slopes are aligned at the last axis; before version 7 at axis 1, the channels.</summary>
    private static Value PRelu(Operation operation, Tracer tracer)
    {
        Value x = Checked(operation, tracer, tracer.Input(operation, 0)), slope = Checked(operation, tracer, tracer.Input(operation, 1));
        if (operation.Version < 7 && slope.Length > 1 && x.Rank > 2)
            slope = slope.WithShape([slope.Length, .. Enumerable.Repeat(1, x.Rank - 2)], -1);
        return Apply(operation, tracer, "PRelu", x, slope);
    }

    private static Value Several(Operation operation, Tracer tracer, string step)
    {
        Value result = Checked(operation, tracer, tracer.Input(operation, 0));
        for (int i = 1; i < operation.InputCount; i++)
            result = Apply(operation, tracer, step, result, Checked(operation, tracer, tracer.Input(operation, i)));
        return result;
    }

    private static Value Mean(Operation operation, Tracer tracer) =>
        Apply(operation, tracer, "Div", Several(operation, tracer, "Add"), Value.OfNumbers([], [operation.InputCount]));

    private static Value Where(Operation operation, Tracer tracer)
    {
        Value condition = tracer.Input(operation, 0), yes = tracer.Input(operation, 1), no = tracer.Input(operation, 2);
        if (condition.Integers is { } known && yes.Integers is { } first && no.Integers is { } second && known.Length == first.Length && first.Length == second.Length)
            return Value.OfIntegers(yes.Sizes, [.. known.Select((truth, i) => truth.Fixed != 0 ? first[i] : second[i])]);
        (int[] sizes, int sampleAxis, Operand[] elements) = Arrangement.Broadcast(
            tracer, operation, tracer.AsNumbers(operation, condition), tracer.AsNumbers(operation, yes), tracer.AsNumbers(operation, no));
        Operand result = tracer.Step(operation, "Where", elements);
        int length = sizes.Aggregate(1, (product, size) => product * size);
        if (result.Length != length)
            result = tracer.Step(operation, "Fill", [result], sizes: [length]);
        return new Value { Kind = yes.IsConstant ? no.Kind : yes.Kind, Sizes = sizes, SampleAxis = sampleAxis, Elements = result };
    }
}
