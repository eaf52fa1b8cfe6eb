namespace NeuralNetFromScratch.Onnx;

/// <summary>Operators that change the shape of a value.</summary>
internal static class ShapeImports
{
    public static IEnumerable<(string Type, OperatorImport Import)> All =>
    [
        ("Flatten", OperatorTable.One(Flatten)),
        ("Reshape", OperatorTable.One(Reshape)),
        ("Squeeze", OperatorTable.One(Squeeze)),
        ("Unsqueeze", OperatorTable.One(Unsqueeze)),
    ];

    /// <summary>Returns a size from a file after a check of its range.</summary>
    public static int Size(Operation operation, long size) => size is >= 0 and <= int.MaxValue ? (int)size : throw operation.Refuse(FormattableString.Invariant($"a size cannot be {size}"));

    /// <summary>The product of sizes.</summary>
    public static int Length(Operation operation, IEnumerable<int> sizes)
    {
        long product = 1;
        foreach (int size in sizes)
        {
            product *= size;
            if (product > Array.MaxLength)
                throw operation.Refuse("has too many elements");
        }

        return (int)product;
    }

    /// <summary>Merges the axes before a given one, and those from it on, into a matrix. Before version 9 the axis is not counted from the end.</summary>
    private static Value Flatten(Operation operation, Tracer tracer)
    {
        Value x = tracer.Input(operation, 0);
        long given = operation.Integer("axis", 1);
        int axis = given == x.Rank ? x.Rank : Arrangement.Axis(operation, given, x.Rank);
        Extent[] sizes = x.FullSizes();
        return Shaped(operation, tracer, x, [Product(operation, sizes[..axis]), Product(operation, sizes[axis..])]);
    }

    /// <summary>The shape is an attribute before version 5, and an input since then. 0 keeps a size unless allowzero is set; −1 is inferred.</summary>
    private static Value Reshape(Operation operation, Tracer tracer)
    {
        Value x = tracer.Input(operation, 0);
        Extent[] shape = operation.Version < 5 ? [.. operation.Integers("shape").Select(size => new Extent(size))] : [.. tracer.Extents(operation, 1)];
        Extent[] sizes = x.FullSizes();
        bool keeps = operation.Version < 14 || operation.Integer("allowzero", 0) == 0;
        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] == new Extent(0))
                shape[i] = keeps && i < sizes.Length ? sizes[i] : throw operation.Refuse($"to [{string.Join(", ", shape)}] has no elements");
        }

        int open = Array.IndexOf(shape, new Extent(-1));
        if (shape.Any(size => size.IsFixed && size.Fixed < 0 && size != new Extent(-1)) || Array.LastIndexOf(shape, new Extent(-1)) != open)
            throw operation.Refuse($"to [{string.Join(", ", shape)}] is not a valid shape");
        if (open >= 0)
        {
            Extent rest = Product(operation, [.. shape.Where((_, i) => i != open)]);
            shape[open] = Extent.Divide(Product(operation, sizes), rest) is { } left && left != new Extent(0) ? left : Concrete();
            Extent Concrete() => new(tracer.DeclaredSamples is not null && Extent.Divide(new(tracer.Fixed(operation, Product(operation, sizes))), new(tracer.Fixed(operation, rest))) is { } size
                ? size.Fixed
                : throw operation.Refuse($"from {x} to [{string.Join(", ", shape)}] does not keep the batch axis"));
        }

        return Shaped(operation, tracer, x, shape);
    }

    /// <summary>The axes are an attribute before version 13, and an input since then; by default all axes of size 1 are removed.</summary>
    private static Value Squeeze(Operation operation, Tracer tracer)
    {
        Value x = tracer.Input(operation, 0);
        Extent[] sizes = x.FullSizes();
        long[] axes = Axes(operation, tracer) ?? [.. Enumerable.Range(0, sizes.Length).Where(axis => sizes[axis] == new Extent(1)).Select(axis => (long)axis)];
        HashSet<int> gone = [.. axes.Select(axis => Arrangement.Axis(operation, axis, sizes.Length))];
        if (gone.Any(axis => tracer.Fixed(operation, sizes[axis]) != 1))
            throw operation.Refuse($"removes an axis of {x} that does not have size 1");
        return Shaped(operation, tracer, x, [.. sizes.Where((_, axis) => !gone.Contains(axis))]);
    }

    private static Value Unsqueeze(Operation operation, Tracer tracer)
    {
        Value x = tracer.Input(operation, 0);
        long[] axes = Axes(operation, tracer) ?? throw operation.Refuse("has no axes");
        List<Extent> sizes = [.. x.FullSizes()];
        int rank = sizes.Count + axes.Length;
        foreach (int axis in axes.Select(axis => Arrangement.Axis(operation, axis, rank)).Order())
        {
            if (axis > sizes.Count)
                throw operation.Refuse("an axis occurs twice");
            sizes.Insert(axis, new(1));
        }

        int sampleAxis = sizes.FindIndex(size => !size.IsFixed);
        return x.WithShape([.. sizes.Where(size => size.IsFixed).Select(size => (int)size.Fixed)], sampleAxis);
    }

    private static long[]? Axes(Operation operation, Tracer tracer) => operation.Version < 13
        ? operation.HasAttribute("axes") ? [.. operation.Integers("axes")] : null
        : operation.HasInput(1) ? tracer.Integers(operation, 1) : null;

    /// <summary>
    /// Reshapes a value and keeps its batch axis. If the model has a fixed number of samples, the size can be that number.
    /// </summary>
    private static Value Shaped(Operation operation, Tracer tracer, Value x, Extent[] shape)
    {
        int samples = -1;
        if (x.SampleAxis >= 0)
        {
            samples = Array.IndexOf(shape, Extent.Samples);
            for (int axis = 0; samples < 0 && axis < shape.Length; axis++)
            {
                if (tracer.DeclaredSamples is { } declared && tracer.Fixed(operation, shape[axis]) == declared && Fits(axis))
                    samples = axis;
            }

            // Elements of a sample stay together only if the sizes before the batch axis are 1 or unchanged.
            bool isKept = samples >= 0 && Fits(samples) && Before(x.FullSizes(), x.SampleAxis) == Before(shape, samples);
            if (!isKept)
                throw operation.Refuse($"from {x} to [{string.Join(", ", shape)}] does not keep the batch axis");
        }

        int[] sizes = [.. shape.Where((_, axis) => axis != samples).Select(size => Size(operation, tracer.Fixed(operation, size)))];
        return Length(operation, sizes) == x.Length
            ? x.WithShape(sizes, samples)
            : throw operation.Refuse($"from {x} to [{string.Join(", ", shape)}] changes the number of elements");

        bool Fits(int axis) => shape.Where((_, i) => i != axis).All(size => size.IsFixed || tracer.DeclaredSamples is not null)
            && shape.Where((_, i) => i != axis).Aggregate(1.0, (product, size) => product * tracer.Fixed(operation, size)) == x.Length;

        double Before(Extent[] sizes, int axis) => sizes[..axis].Aggregate(1.0, (product, size) => product * tracer.Fixed(operation, size));
    }

    private static Extent Product(Operation operation, Extent[] sizes)
    {
        try
        {
            return sizes.Aggregate(new Extent(1), (product, size) => Extent.Multiply(product, size) ?? throw operation.Refuse("contains the square of the number of samples"));
        }
        catch (OverflowException)
        {
            throw operation.Refuse("has too many elements");
        }
    }
}
