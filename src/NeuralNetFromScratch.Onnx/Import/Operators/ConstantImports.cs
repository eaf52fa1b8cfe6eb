namespace NeuralNetFromScratch.Onnx;

/// <summary>Operators that do not depend on the model's input.</summary>
internal static class ConstantImports
{
    public static IEnumerable<(string Type, OperatorImport Import)> All =>
    [
        ("Constant", OperatorTable.One(Constant)),
        ("ConstantOfShape", OperatorTable.One(OfShape)),
        ("Range", OperatorTable.One(Range)),
        ("Shape", OperatorTable.One(ShapeOf)),
        ("Size", OperatorTable.One(SizeOf)),
    ];

    /// <exception cref="InvalidDataException">It contains no numbers.</exception>
    private static Value Constant(Operation operation, Tracer tracer)
    {
        if (operation.Tensor("value") is { } tensor)
            return tracer.Tensors.Read(tensor, operation.Outputs[0]);
        if (operation.HasAttribute("value_float"))
            return Value.OfNumbers([], [operation.Number("value_float", 0)]);
        if (operation.HasAttribute("value_int"))
            return Value.OfIntegers([], [new(operation.Integer("value_int", 0))]);
        if (operation.HasAttribute("value_floats"))
            return Value.OfNumbers([operation.Numbers("value_floats").Count], [.. operation.Numbers("value_floats")]);
        return operation.HasAttribute("value_ints")
            ? Value.OfIntegers([operation.Integers("value_ints").Count], [.. operation.Integers("value_ints").Select(value => new Extent(value))])
            : throw operation.Refuse("contains no number");
    }

    private static Value OfShape(Operation operation, Tracer tracer)
    {
        Extent[] shape = tracer.Extents(operation, 0);
        Value value = operation.Tensor("value") is { } tensor ? tracer.Tensors.Read(tensor, operation.Outputs[0]) : Value.OfNumbers([1], [0]);
        if (value.Length != 1 || value.Kind == ElementKind.Text)
            throw operation.Refuse("does not contain a single number");
        // Only one axis can have the number of samples.
        int samples = Array.FindIndex(shape, extent => !extent.IsFixed);
        if (samples >= 0)
            throw operation.Refuse("creates constants for each sample");
        int[] sizes = [.. shape.Select(extent => ShapeImports.Size(operation, extent.Fixed))];
        int length = ShapeImports.Length(operation, sizes);
        tracer.Budget.Spend(operation, length);
        return value.Integers is [var integer]
            ? Value.OfIntegers(sizes, [.. Enumerable.Repeat(integer, length)], value.Kind)
            : Value.OfNumbers(sizes, [.. Enumerable.Repeat(value.Elements!.Numbers![0], length)]);
    }

    private static Value Range(Operation operation, Tracer tracer)
    {
        if (Enumerable.Range(0, 3).Any(number => tracer.Input(operation, number).Integers is null))
            throw operation.Refuse("has a range that is not of integers");
        (long start, long limit, long delta) = (tracer.Integers(operation, 0)[0], tracer.Integers(operation, 1)[0], tracer.Integers(operation, 2)[0]);
        if (delta == 0 || Math.Abs((double)limit - start) > int.MaxValue)
            throw operation.Refuse(FormattableString.Invariant($"has the range from {start} to {limit} with step {delta}"));
        long count = Math.Max(0, (long)Math.Ceiling(((double)limit - start) / delta));
        tracer.Budget.Spend(operation, count);
        return Value.OfIntegers([(int)count], [.. Enumerable.Range(0, (int)count).Select(i => new Extent(start + i * delta))]);
    }

    /// <summary>Since version 15 it can be limited to some axes.</summary>
    private static Value ShapeOf(Operation operation, Tracer tracer)
    {
        Value x = tracer.Input(operation, 0);
        Extent[] sizes = x.FullSizes();
        (int start, int end) = (Bound("start", 0), Bound("end", sizes.Length));
        Extent[] part = start < end ? sizes[start..end] : [];
        return Value.OfIntegers([part.Length], part);

        int Bound(string name, int otherwise) => operation.Version < 15 ? otherwise
            : (int)Math.Clamp(operation.Integer(name, otherwise) is < 0 and var back ? back + sizes.Length : operation.Integer(name, otherwise), 0, sizes.Length);
    }

    private static Value SizeOf(Operation operation, Tracer tracer)
    {
        Value x = tracer.Input(operation, 0);
        return Value.OfIntegers([], [x.SampleAxis >= 0 ? new Extent(0, x.Length) : new Extent(x.Length)]);
    }
}
