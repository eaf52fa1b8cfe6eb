namespace NeuralNetFromScratch.Onnx;

/// <summary>Normalizations: layers of the library if they match, otherwise steps.</summary>
internal static class NormalizationImports
{
    public static IEnumerable<(string Type, OperatorImport Import)> All =>
    [
        ("BatchNormalization", OperatorTable.One(Batch)),
        ("LayerNormalization", OperatorTable.One(Layer)),
        ("InstanceNormalization", OperatorTable.One(Instance)),
        ("GroupNormalization", OperatorTable.One(Group)),
        ("LRN", OperatorTable.One(LocalResponse)),
    ];

    /// <summary><c>(x − mean)/√(variance + ε)</c> over some axes of a sample.</summary>
    public static Value Normalized(Tracer tracer, Operation operation, Value x, int[] axes, float epsilon)
    {
        Value centred = BinaryImports.Apply(operation, tracer, "Sub", x, ReductionImports.Reduce(tracer, operation, x, axes, "ReduceMean"));
        Value variance = ReductionImports.Reduce(tracer, operation, ReductionImports.Square(tracer, operation, centred), axes, "ReduceMean");
        Value deviation = ReductionImports.Map(tracer, operation, BinaryImports.Apply(operation, tracer, "Add", variance, Value.OfNumbers([], [epsilon])), "Sqrt");
        return BinaryImports.Apply(operation, tracer, "Div", centred, deviation);
    }

    /// <summary>
    /// Uses the statistics of training, which an attribute must select before version 7. With several outputs, and in the training mode of version 14, it would
    /// use those of the batch. Up to version 8, each value can have separate statistics (spatial = 0).
    /// </summary>
    private static Value Batch(Operation operation, Tracer tracer)
    {
        Value x = UnaryImports.Floats(operation, tracer, 0);
        bool isTraining = operation.Integer("training_mode", 0) != 0 || (operation.Version < 7 && operation.Integer("is_test", 0) == 0)
            || Enumerable.Range(1, Math.Max(operation.Outputs.Count - 1, 0)).Any(operation.HasOutput);
        if (isTraining)
            throw operation.Refuse("is in training mode and uses the statistics of the batch; export the model for inference (model.eval())");
        if (x.Rank < 2 || x.SampleAxis > 0)
            throw operation.Refuse($"expects [batch, channels, …], got {x}");
        bool isEach = operation.Version < 9 && operation.Integer("spatial", 1) == 0;
        int[] sizes = x.SampleAxis == 0 ? x.Sizes : x.Sizes[1..];
        int length = isEach ? x.Length : sizes[0];
        float[][] given = [.. Enumerable.Range(1, 4).Select(i => Vector(operation, tracer, i, length))];
        float epsilon = Epsilon(operation);
        if (x.Length == length && epsilon > 0)
        {
            // scale, shift, mean, variance, as in the layer.
            Operand result = tracer.Layer(operation, x.Elements!, new BatchNormalization(epsilon: epsilon), length, given);
            return x.WithElements(result, ElementKind.Number);
        }

        if (!isEach && epsilon > 0 && ImageImports.Normalized(operation, tracer, x, new BatchNormalization(epsilon: epsilon), given) is { } normalized)
            return normalized;
        Value mean = Channels(given[2]), factor = Channels([.. given[0].Zip(given[3], (scale, variance) => (float)(scale / Math.Sqrt((double)variance + epsilon)))]);
        Value scaled = BinaryImports.Apply(operation, tracer, "Mul", BinaryImports.Apply(operation, tracer, "Sub", x, mean), factor);
        return BinaryImports.Apply(operation, tracer, "Add", scaled, Channels(given[1]));

        Value Channels(float[] values) => isEach ? Value.OfNumbers(sizes, values) : Value.OfNumbers([length, .. Enumerable.Repeat(1, sizes.Length - 1)], values);
    }

    /// <summary>Normalizes over the axes from the given one on. The outputs for mean and deviation are not supported.</summary>
    private static Value Layer(Operation operation, Tracer tracer)
    {
        Value x = UnaryImports.Floats(operation, tracer, 0), scale = UnaryImports.Floats(operation, tracer, 1);
        Value? shift = operation.HasInput(2) ? UnaryImports.Floats(operation, tracer, 2) : null;
        int first = Arrangement.InSample(operation, operation.Integer("axis", -1), x);
        float epsilon = Epsilon(operation);
        int[] axes = [.. Enumerable.Range(first, x.Sizes.Length - first)];
        bool isWhole = x.SampleAxis <= 0 && x.Sizes[..first].All(size => size == 1) && scale.Length == x.Length && (shift is null || shift.Length == x.Length);
        if (isWhole && epsilon > 0 && scale.IsConstant && shift is null or { IsConstant: true } && !x.IsConstant)
        {
            tracer.Budget.Spend(operation, 2L * x.Length);
            float[] gamma = scale.Elements!.Numbers!, beta = shift?.Elements!.Numbers! ?? new float[x.Length];
            return x.WithElements(tracer.Layer(operation, x.Elements!, new LayerNormalization(epsilon), x.Length, gamma, beta), ElementKind.Number);
        }

        Value normalized = BinaryImports.Apply(operation, tracer, "Mul", Normalized(tracer, operation, x, axes, epsilon), scale);
        return shift is null ? normalized : BinaryImports.Apply(operation, tracer, "Add", normalized, shift);
    }

    /// <summary>Normalizes each channel of each sample separately.</summary>
    private static Value Instance(Operation operation, Tracer tracer)
    {
        Value x = UnaryImports.Floats(operation, tracer, 0);
        if (x.Rank < 3 || x.SampleAxis > 0)
            throw operation.Refuse($"expects [batch, channels, …], got {x}");
        int channelAxis = Arrangement.InSample(operation, 1, x);
        return Affine(operation, tracer, x, Normalized(tracer, operation, x, [.. Enumerable.Range(channelAxis + 1, x.Sizes.Length - channelAxis - 1)], Epsilon(operation)), channelAxis);
    }

    /// <summary>Normalizes groups of channels separately; before version 21 a group has one scale and shift.</summary>
    private static Value Group(Operation operation, Tracer tracer)
    {
        Value x = UnaryImports.Floats(operation, tracer, 0);
        int groups = ShapeImports.Size(operation, operation.Integer("num_groups", 0));
        if (x.Rank < 2 || x.SampleAxis > 0 || groups == 0 || x.Sizes[x.SampleAxis == 0 ? 0 : 1] % groups != 0)
            throw operation.Refuse($"the channels of {x} are not divisible into {groups} groups");
        int channelAxis = Arrangement.InSample(operation, 1, x);
        Value grouped = x.WithShape([.. x.Sizes[..channelAxis], groups, x.Sizes[channelAxis..].Aggregate(1, (product, size) => product * size) / groups], x.SampleAxis);
        Value normalized = Normalized(tracer, operation, grouped, [channelAxis + 1], Epsilon(operation));
        return operation.Version < 21
            ? Affine(operation, tracer, grouped, normalized, channelAxis).WithShape(x.Sizes, x.SampleAxis)
            : Affine(operation, tracer, x, normalized.WithShape(x.Sizes, x.SampleAxis), channelAxis);
    }

    /// <summary>Applies the scale and shift of each channel, inputs 1 and 2.</summary>
    private static Value Affine(Operation operation, Tracer tracer, Value x, Value normalized, int channelAxis)
    {
        int[] sizes = [x.Sizes[channelAxis], .. Enumerable.Repeat(1, x.Sizes.Length - channelAxis - 1)];
        Value scale = Value.OfNumbers(sizes, Vector(operation, tracer, 1, sizes[0])), shift = Value.OfNumbers(sizes, Vector(operation, tracer, 2, sizes[0]));
        return BinaryImports.Apply(operation, tracer, "Add", BinaryImports.Apply(operation, tracer, "Mul", normalized, scale), shift);
    }

    /// <summary><c>x / (bias + alpha/size · Σ x²)^beta</c>, over neighboring channels.</summary>
    private static Value LocalResponse(Operation operation, Tracer tracer)
    {
        Value x = UnaryImports.Floats(operation, tracer, 0);
        int axis = Arrangement.InSample(operation, 1, x), channels = x.Sizes[axis], size = ShapeImports.Size(operation, operation.Integer("size", 0));
        if (size is 0 or > 1000)
            throw operation.Refuse($"its size is {size}, expected a positive number");
        Value squares = ReductionImports.Square(tracer, operation, x), sum = squares;
        int[] strides = Arrangement.Strides(x.Sizes), sizes = [.. x.Sizes];
        for (int offset = -((size - 1) / 2); offset <= size / 2; offset++)
        {
            if (offset == 0 || Math.Abs(offset) >= channels)
                continue;
            sizes[axis] = channels - Math.Abs(offset);
            Value part = Arrangement.View(tracer, operation, squares, Math.Max(offset, 0) * strides[axis], sizes, strides, x.SampleAxis);
            int[] rest = [.. sizes];
            rest[axis] = Math.Abs(offset);
            Value zeros = new() { Kind = ElementKind.Number, Sizes = rest, SampleAxis = x.SampleAxis, Elements = new(new float[ShapeImports.Length(operation, rest)]) };
            sum = BinaryImports.Apply(operation, tracer, "Add", sum, ArrangementImports.Join(tracer, operation, offset > 0 ? [part, zeros] : [zeros, part], axis));
        }

        Value Number(float value) => Value.OfNumbers([], [value]);
        Value scaled = BinaryImports.Apply(operation, tracer, "Mul", sum, Number(operation.Number("alpha", 1e-4f) / size));
        Value norm = BinaryImports.Apply(operation, tracer, "Add", scaled, Number(operation.Number("bias", 1)));
        return BinaryImports.Apply(operation, tracer, "Div", x, BinaryImports.Apply(operation, tracer, "Pow", norm, Number(operation.Number("beta", 0.75f))));
    }

    /// <summary>Returns a constant vector of a given length, or a single number repeated.</summary>
    private static float[] Vector(Operation operation, Tracer tracer, int number, int length)
    {
        Value value = tracer.Input(operation, number);
        float[] given = tracer.Constant(operation, value, $"input {number}");
        tracer.Budget.Spend(operation, length);
        return given.Length == length ? given
            : given.Length == 1 ? [.. Enumerable.Repeat(given[0], length)]
            : throw operation.Refuse($"its input {number} has shape {value}, expected [{length}]");
    }

    private static float Epsilon(Operation operation)
    {
        float epsilon = operation.Number("epsilon", 1e-5f);
        return float.IsFinite(epsilon) && epsilon >= 0 ? epsilon : throw operation.Refuse(FormattableString.Invariant($"has epsilon {epsilon}"));
    }
}
