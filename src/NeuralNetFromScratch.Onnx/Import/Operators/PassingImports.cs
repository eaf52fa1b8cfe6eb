namespace NeuralNetFromScratch.Onnx;

/// <summary>Operators that pass values on, or change nothing but their type.</summary>
internal static class PassingImports
{
    public static IEnumerable<(string Type, OperatorImport Import)> All =>
    [
        ("Identity", OperatorTable.One((operation, tracer) => tracer.Input(operation, 0))),
        ("Cast", OperatorTable.One(Cast)),
        ("CastLike", OperatorTable.One((operation, tracer) => Cast(operation, tracer, tracer.TypeOf(operation, 1)))),
        ("Dropout", OperatorTable.One(Dropout)),
    ];

    private static Value Cast(Operation operation, Tracer tracer)
    {
        // Before version 6 the type is a text.
        return Cast(operation, tracer, operation.Version < 6 ? Type(operation.Text("to", "")) : (int)operation.Integer("to", 0));
    }

    private static Value Cast(Operation operation, Tracer tracer, int type)
    {
        Value x = tracer.Input(operation, 0);
        if (type is OnnxTypes.Half or OnnxTypes.BFloat16 && !x.IsConstant)
            throw operation.Refuse($"rounds values to {OnnxTypes.Name(type)}; export the model in float");
        return Cast(operation, tracer, OnnxTypes.Kind(type) ?? throw operation.Refuse($"turns values into {OnnxTypes.Name(type)}, which is not read"));
    }

    private static Value Cast(Operation operation, Tracer tracer, ElementKind kind)
    {
        Value x = tracer.Input(operation, 0);
        if (x.Kind == kind)
            return x;
        if (kind == ElementKind.Text || x.Kind == ElementKind.Text)
            throw operation.Refuse("turns values into another type than numbers");
        if (x.Integers is { } integers)
        {
            if (kind == ElementKind.Integer)
                return Value.OfIntegers(x.Sizes, integers);
            // The number of samples as a float is only good for being cast back.
            if (kind == ElementKind.Number && !Array.TrueForAll(integers, integer => integer.IsFixed))
                return Value.OfIntegers(x.Sizes, integers);
        }

        Value numbers = tracer.AsNumbers(operation, x);
        if (kind == ElementKind.Number)
            return numbers.WithElements(numbers.Elements!, kind);
        if (numbers.Elements!.Numbers is { } constants)
            return Value.OfIntegers(x.Sizes, [.. constants.Select(number => new Extent(kind == ElementKind.Truth ? (number != 0 ? 1 : 0) : (long)number))], kind);
        if (kind == ElementKind.Integer)
            return x.Kind == ElementKind.Truth ? numbers.WithElements(numbers.Elements, kind) : UnaryImports.Apply(operation, tracer, numbers, "Trunc", kind);
        Operand isZero = tracer.Step(operation, "Not", [numbers.Elements]);
        return numbers.WithElements(tracer.Step(operation, "Not", [isZero]), kind);
    }

    private static int Type(string name) => name switch
    {
        "FLOAT" => OnnxTypes.Float,
        "DOUBLE" => OnnxTypes.Double,
        "FLOAT16" => OnnxTypes.Half,
        "BOOL" => OnnxTypes.Bool,
        "STRING" => OnnxTypes.Text,
        "INT8" or "INT16" or "INT32" or "INT64" or "UINT8" or "UINT16" or "UINT32" or "UINT64" => OnnxTypes.Int64,
        _ => 0,
    };

    /// <summary>
    /// Nothing, outside of training. Before version 7 an attribute says that it is not training; since 12 an input may say that it is. Its mask is
    /// not supported.
    /// </summary>
    private static Value Dropout(Operation operation, Tracer tracer)
    {
        Value x = tracer.Input(operation, 0);
        float ratio = operation.Number("ratio", 0.5f);
        bool isTraining = operation.Version < 7 && operation.Integer("is_test", 0) == 0;
        if (operation.Version >= 12)
        {
            isTraining = tracer.Optional(operation, 2) is { } training && (training.Integers is not [{ IsFixed: true } known] || known.Fixed != 0);
            if (isTraining && tracer.Optional(operation, 1) is { Elements.Numbers: [var given] })
                ratio = given;
        }

        return !isTraining || ratio == 0 ? x : throw operation.Refuse("may drop values, as in training; export the model for inference (model.eval())");
    }
}
