namespace NeuralNetFromScratch.Onnx;

/// <summary>Operators that pass values on or change only their type.</summary>
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
        // Before version 6 the type is a string.
        return Cast(operation, tracer, operation.Version < 6 ? Type(operation.Text("to", "")) : (int)operation.Integer("to", 0));
    }

    private static Value Cast(Operation operation, Tracer tracer, int type)
    {
        Value x = tracer.Input(operation, 0);
        if (type is OnnxTypes.Half or OnnxTypes.BFloat16 && !x.IsConstant)
            throw operation.Refuse($"rounds values to {OnnxTypes.Name(type)}; export the model in float32");
        return Cast(operation, tracer, OnnxTypes.Kind(type) ?? throw operation.Refuse($"converts values to {OnnxTypes.Name(type)}, which is not supported"));
    }

    private static Value Cast(Operation operation, Tracer tracer, ElementKind kind)
    {
        Value x = tracer.Input(operation, 0);
        if (x.Kind == kind)
            return x;
        if (kind == ElementKind.Text || x.Kind == ElementKind.Text)
            throw operation.Refuse("converts values to a type that is not a number");
        if (x.Integers is { } integers)
        {
            if (kind == ElementKind.Integer)
                return Value.OfIntegers(x.Sizes, integers);
            // The number of samples as a float can only be cast back.
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
    /// Passes its input on, except in training: before version 7 an attribute selects inference, since version 12 an input can select training. The mask is not
    /// supported.
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

        return !isTraining || ratio == 0 ? x : throw operation.Refuse("can drop values, as in training; export the model for inference (model.eval())");
    }
}
