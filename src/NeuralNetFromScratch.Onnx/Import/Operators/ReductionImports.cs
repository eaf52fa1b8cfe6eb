namespace NeuralNetFromScratch.Onnx;

/// <summary>Reductions and normalizations along axes of a sample.</summary>
internal static class ReductionImports
{
    /// <summary>The version from which a reduction has its axes as an input.</summary>
    private const int AxesAsInput = 18, AxesAsInputOfSum = 13;

    public static IEnumerable<(string Type, OperatorImport Import)> All =>
    [
        ("ReduceMax", Reduction((tracer, operation, x, axes) => Reduce(tracer, operation, x, axes, "ReduceMax"))),
        ("ReduceMean", Reduction((tracer, operation, x, axes) => Reduce(tracer, operation, x, axes, "ReduceMean"))),
        ("ReduceMin", Reduction((tracer, operation, x, axes) => Reduce(tracer, operation, x, axes, "ReduceMin"))),
        ("ReduceProd", Reduction((tracer, operation, x, axes) => Reduce(tracer, operation, x, axes, "ReduceProd"))),
        ("ReduceSum", Reduction((tracer, operation, x, axes) => Reduce(tracer, operation, x, axes, "ReduceSum"))),
        ("ReduceL1", Reduction((tracer, operation, x, axes) => Reduce(tracer, operation, Map(tracer, operation, x, "Abs"), axes, "ReduceSum"))),
        ("ReduceL2", Reduction((tracer, operation, x, axes) => Map(tracer, operation, Reduce(tracer, operation, Square(tracer, operation, x), axes, "ReduceSum"), "Sqrt"))),
        ("ReduceSumSquare", Reduction((tracer, operation, x, axes) => Reduce(tracer, operation, Square(tracer, operation, x), axes, "ReduceSum"))),
        ("ReduceLogSum", Reduction((tracer, operation, x, axes) => Map(tracer, operation, Reduce(tracer, operation, x, axes, "ReduceSum"), "Log"))),
        ("ReduceLogSumExp", Reduction(LogSumExp)),
        ("GlobalAveragePool", OperatorTable.One((operation, tracer) => Global(operation, tracer, "ReduceMean"))),
        ("GlobalMaxPool", OperatorTable.One((operation, tracer) => Global(operation, tracer, "ReduceMax"))),
        ("Softmax", OperatorTable.One(AlongAxis)),
        ("LogSoftmax", OperatorTable.One(AlongAxis)),
        ("Hardmax", OperatorTable.One(AlongAxis)),
        ("LpNormalization", OperatorTable.One(LpNormalization)),
        ("MeanVarianceNormalization", OperatorTable.One(MeanVariance)),
    ];

    /// <summary>Adds a reduction along axes of a sample, which keep size 1.</summary>
    public static Value Reduce(Tracer tracer, Operation operation, Value x, int[] axes, string step)
    {
        if (axes.Length == 0)
            return x;
        int[] sizes = [.. x.Sizes.Select((size, axis) => axes.Contains(axis) ? 1 : size)], sorted = [.. axes.Order()];
        // The mean over the positions of an image.
        if (step == "ReduceMean" && sorted is [var first, var second] && first == x.Sizes.Length - 2 && second == first + 1 && ImageImports.GlobalPool(operation, tracer, x, new GlobalAveragePool2D()) is { } pooled)
            return pooled;
        Operand elements = x.Elements!;
        int[] around = Arrangement.Around(x.Sizes, sorted[0], sorted.Length);
        if (sorted[^1] - sorted[0] != sorted.Length - 1)
        {
            // The reduced axes come last.
            int[] order = [.. Enumerable.Range(0, x.Sizes.Length).Where(axis => !axes.Contains(axis)), .. sorted], strides = Arrangement.Strides(x.Sizes);
            elements = Arrangement.View(tracer, operation, elements, 0, [.. order.Select(axis => x.Sizes[axis])], [.. order.Select(axis => strides[axis])]);
            int length = sizes.Aggregate(1, (product, size) => product * size);
            around = [length, x.Length / length, 1];
        }

        Operand reduced = around[1] == 1 ? elements : tracer.Step(operation, step, [elements], sizes: around);
        return new Value { Kind = x.Kind, Sizes = sizes, SampleAxis = x.SampleAxis, Elements = reduced };
    }

    /// <summary>Adds an element-wise step.</summary>
    public static Value Map(Tracer tracer, Operation operation, Value x, string step) => UnaryImports.Apply(operation, tracer, x, step, ElementKind.Number);

    public static Value Square(Tracer tracer, Operation operation, Value x) => BinaryImports.Apply(operation, tracer, "Mul", x, x);

    private static OperatorImport Reduction(Func<Tracer, Operation, Value, int[], Value> reduce) => OperatorTable.One((operation, tracer) =>
    {
        Value x = tracer.Input(operation, 0);
        // The product of sizes.
        if (x.Integers is { } integers && operation.Type is "ReduceProd" or "ReduceSum" && x.Rank == 1)
            return Folded(operation, x.Integers);
        x = UnaryImports.Floats(operation, tracer, 0);
        bool isInput = operation.Version >= (operation.Type == "ReduceSum" ? AxesAsInputOfSum : AxesAsInput), keeps = operation.Integer("keepdims", 1) != 0;
        long[] given = !isInput ? [.. operation.Integers("axes")] : operation.HasInput(1) ? tracer.Integers(operation, 1) : [];
        if (given.Length == 0 && isInput && operation.Integer("noop_with_empty_axes", 0) != 0)
            return x;
        if (given.Length == 0)
            given = [.. Enumerable.Range(0, x.Rank).Select(axis => (long)axis)];
        int[] axes = [.. given.Select(axis => Arrangement.InSample(operation, axis, x)).Distinct()];
        Value reduced = reduce(tracer, operation, x, axes);
        if (keeps)
            return reduced;
        int before = axes.Count(axis => x.SampleAxis >= 0 && axis < x.SampleAxis);
        return reduced.WithShape([.. reduced.Sizes.Where((_, axis) => !axes.Contains(axis))], x.SampleAxis - before);
    });

    private static Value Folded(Operation operation, Extent[] integers)
    {
        Extent result = new(operation.Type == "ReduceProd" ? 1 : 0);
        foreach (Extent integer in integers)
        {
            result = operation.Type == "ReduceSum" ? result + integer
                : Extent.Multiply(result, integer) ?? throw operation.Refuse("contains the square of the number of samples");
        }

        return Value.OfIntegers(operation.Integer("keepdims", 1) != 0 ? [1] : [], [result]);
    }

    /// <summary>log Σ exp(x) = m + log Σ exp(x − m), with the largest value m.</summary>
    private static Value LogSumExp(Tracer tracer, Operation operation, Value x, int[] axes)
    {
        Value largest = Reduce(tracer, operation, x, axes, "ReduceMax");
        Value powers = Map(tracer, operation, BinaryImports.Apply(operation, tracer, "Sub", x, largest), "Exp");
        return BinaryImports.Apply(operation, tracer, "Add", largest, Map(tracer, operation, Reduce(tracer, operation, powers, axes, "ReduceSum"), "Log"));
    }

    /// <summary>Reduces all axes except batch and channels.</summary>
    private static Value Global(Operation operation, Tracer tracer, string step)
    {
        Value x = UnaryImports.Floats(operation, tracer, 0);
        if (x.Rank < 3 || x.SampleAxis > 1)
            throw operation.Refuse($"expects [batch, channels, …], got {x}");
        if (ImageImports.GlobalPool(operation, tracer, x, step == "ReduceMax" ? new GlobalMaxPool2D() : new GlobalAveragePool2D()) is { } pooled)
            return pooled;
        return Reduce(tracer, operation, x, [.. Enumerable.Range(2, x.Rank - 2).Select(axis => Arrangement.InSample(operation, axis, x))], step);
    }

    /// <summary>Before version 13 all axes from the given one on, by default 1, are merged; since then there is one axis, by default the last.</summary>
    private static Value AlongAxis(Operation operation, Tracer tracer)
    {
        Value x = UnaryImports.Floats(operation, tracer, 0);
        bool isOld = operation.Version < 13;
        long given = operation.Integer("axis", isOld ? 1 : -1);
        if (isOld && given == x.Rank && x.Rank == 1)
            return x.WithElements(tracer.Step(operation, operation.Type, [x.Elements!], sizes: [x.Length, 1, 1]), ElementKind.Number);
        int axis = Arrangement.InSample(operation, given, x);
        if (isOld && x.SampleAxis > axis)
            throw operation.Refuse($"computes along the batch axis of {x}");
        int[] sizes = Arrangement.Around(x.Sizes, axis, isOld ? x.Sizes.Length - axis : 1);
        return x.WithElements(tracer.Step(operation, operation.Type, [x.Elements!], sizes: sizes), ElementKind.Number);
    }

    private static Value LpNormalization(Operation operation, Tracer tracer)
    {
        Value x = UnaryImports.Floats(operation, tracer, 0);
        int[] axes = [Arrangement.InSample(operation, operation.Integer("axis", -1), x)];
        Value norm = operation.Integer("p", 2) switch
        {
            1 => Reduce(tracer, operation, Map(tracer, operation, x, "Abs"), axes, "ReduceSum"),
            2 => Map(tracer, operation, Reduce(tracer, operation, Square(tracer, operation, x), axes, "ReduceSum"), "Sqrt"),
            _ => throw operation.Refuse("its p must be 1 or 2"),
        };
        // The result for zeros is zeros.
        Value isZero = Map(tracer, operation, norm, "Not");
        return BinaryImports.Apply(operation, tracer, "Div", x, BinaryImports.Apply(operation, tracer, "Add", norm, isZero));
    }

    /// <summary>(x − mean)/√(variance + 1e-9), by default over the axes 0, 2 and 3.</summary>
    private static Value MeanVariance(Operation operation, Tracer tracer)
    {
        Value x = UnaryImports.Floats(operation, tracer, 0);
        long[] given = operation.HasAttribute("axes") ? [.. operation.Integers("axes")] : [0, 2, 3];
        return NormalizationImports.Normalized(tracer, operation, x, [.. given.Select(axis => Arrangement.InSample(operation, axis, x))], 1e-9f);
    }
}
