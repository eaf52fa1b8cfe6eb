namespace NeuralNetFromScratch.Onnx;

/// <summary>Matrix products. Products of samples with constant weights are dense layers.</summary>
internal static class ProductImports
{
    public static IEnumerable<(string Type, OperatorImport Import)> All =>
    [
        ("Gemm", OperatorTable.One(Gemm)),
        ("MatMul", OperatorTable.One((operation, tracer) => Multiply(tracer, operation, Floats(operation, tracer, 0), Floats(operation, tracer, 1)))),
    ];

    /// <summary>Adds a dense layer for values whose last axis contains all features of a sample.</summary>
    /// <param name="tracer">Receives the layer.</param>
    /// <param name="operation">The node.</param>
    /// <param name="x">The input.</param>
    /// <param name="weight">[in, out].</param>
    /// <param name="units">The number of outputs.</param>
    /// <param name="bias">[out]; null for none.</param>
    public static Value Dense(Tracer tracer, Operation operation, Value x, float[] weight, int units, float[]? bias)
    {
        if (weight.Length == 0 || weight.Length != (long)x.Length * units)
            throw operation.Refuse(weight.Length == 0 ? "the weight is empty" : $"its weight has {weight.Length} values, but samples of shape {x} need {(long)x.Length * units}");
        tracer.Budget.Spend(operation, weight.Length);
        var layer = new Dense(units, null, Initializer.Zeros) { HasBias = bias is not null };
        Operand result = tracer.Layer(operation, x.Elements!, layer, units, bias is null ? [weight] : [weight, bias]);
        return new Value { Kind = ElementKind.Number, Sizes = [.. x.Sizes[..^1], units], SampleAxis = x.SampleAxis, Elements = result };
    }

    /// <summary>Transposes a matrix.</summary>
    public static float[] Transposed(Tracer tracer, Operation operation, float[] values, int rows, int columns)
    {
        tracer.Budget.Spend(operation, values.Length);
        float[] turned = new float[values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                turned[column * rows + row] = values[row * columns + column];
        }

        return turned;
    }

    private static Value Floats(Operation operation, Tracer tracer, int number)
    {
        Value x = UnaryImports.Floats(operation, tracer, number);
        return x.Length > 0 ? x : throw operation.Refuse(x.IsConstant ? "the weight is empty" : "has an empty input");
    }

    /// <summary>The matrix product of the last two axes, as in NumPy.</summary>
    private static Value Multiply(Tracer tracer, Operation operation, Value x, Value y)
    {
        if (x.Rank == 0 || y.Rank == 0 || (y.SampleAxis >= 0 && y.Rank - y.SampleAxis <= 2) || (x.SampleAxis >= 0 && x.SampleAxis == x.Rank - 1))
            throw operation.Refuse($"multiplies {x} by {y}: this would mix samples");
        bool isVector = x.Rank == 1, isColumn = y.Rank == 1;
        if (isVector)
            x = x.WithShape([1, .. x.Sizes], -1);
        if (isColumn)
            y = y.WithShape([.. y.Sizes, 1], -1);
        int depth = x.Sizes[^1], columns = y.Sizes[^1];
        if (y.Sizes[^2] != depth)
            throw operation.Refuse(y.IsConstant && x.Length == depth
                ? $"its weight has {y.Length} values, but samples of shape {x} need {(long)depth * columns}"
                : $"the shapes {x} and {y} are not compatible");
        Value product = y is { Rank: 2, IsConstant: true } && !x.IsConstant && x.Length == depth
            ? Dense(tracer, operation, x, y.Elements!.Numbers!, columns, null)
            : Product(tracer, operation, x, y, depth, columns);
        if (isColumn)
            product = product.WithShape(product.Sizes[..^1], product.SampleAxis);
        return isVector ? product.WithShape([.. product.Sizes[..^(isColumn ? 1 : 2)], .. isColumn ? (int[])[] : [columns]], product.SampleAxis) : product;
    }

    /// <summary>A product that is not a dense layer: of rows within a sample, or of two computed factors.</summary>
    private static Value Product(Tracer tracer, Operation operation, Value x, Value y, int depth, int columns)
    {
        // If the rows are the samples, each sample has one row.
        bool isRowSample = x.SampleAxis >= 0 && x.SampleAxis == x.Rank - 2;
        int rows = isRowSample ? 1 : x.Sizes[^2];
        int[] sizesX = isRowSample ? x.Sizes[..^1] : x.Sizes[..^2], sizesY = y.Sizes[..^2];
        if (isRowSample && y.Rank > 2)
            throw operation.Refuse($"multiplies {x} by {y}: this would mix samples");
        (int[] lead, int sampleAxis, int[][] aligned) = Arrangement.CommonShape(operation, Lead(sizesX, isRowSample ? -1 : x.SampleAxis), Lead(sizesY, y.SampleAxis));
        int batch = ShapeImports.Length(operation, lead);
        Operand first = Arrangement.Expand(tracer, operation, x.Elements!, [.. aligned[0], rows, depth], [.. lead, rows, depth]);
        Operand second = y.Length == depth * columns ? y.Elements! : Arrangement.Expand(tracer, operation, y.Elements!, [.. aligned[1], depth, columns], [.. lead, depth, columns]);
        if (first.Length == 1 && (long)batch * rows * depth > 1)
            first = tracer.Step(operation, "Fill", [first], sizes: [batch * rows * depth]);
        Operand product = tracer.Step(operation, "MatMul", [first, second], sizes: [batch, rows, depth, columns]);
        return new Value
        {
            Kind = ElementKind.Number,
            Sizes = isRowSample ? [.. lead, columns] : [.. lead, rows, columns],
            SampleAxis = isRowSample ? lead.Length : sampleAxis,
            Elements = product,
        };

        // The axes before the last two.
        static Value Lead(int[] sizes, int sampleAxis) => new() { Kind = ElementKind.Number, Sizes = sizes, SampleAxis = sampleAxis };
    }

    /// <summary><c>alpha · x·W + beta · bias</c>.</summary>
    private static Value Gemm(Operation operation, Tracer tracer)
    {
        Value x = Floats(operation, tracer, 0), weight = Floats(operation, tracer, 1);
        float alpha = operation.Number("alpha", 1), beta = operation.Number("beta", 1);
        Value? bias = operation.HasInput(2) && beta != 0 ? UnaryImports.Floats(operation, tracer, 2) : null;
        bool isTurned = operation.Integer("transA", 0) != 0, isWeightTurned = operation.Integer("transB", 0) != 0;
        if (x.Rank != 2 || weight.Rank != 2)
            throw operation.Refuse($"multiplies {x} by {weight}, which are not matrices");
        if (isTurned && x.SampleAxis >= 0)
            throw operation.Refuse("a transposed first factor is not supported: this would mix samples");
        if (!x.IsConstant && x.Length == x.Sizes[^1] && weight.IsConstant && !isTurned && (bias is null or { IsConstant: true }))
        {
            if (isWeightTurned)
                weight = Value.OfNumbers([weight.Sizes[1], weight.Sizes[0]], Transposed(tracer, operation, weight.Elements!.Numbers!, weight.Sizes[0], weight.Sizes[1]));
            int units = weight.Sizes[1];
            float[] biases = bias is null ? [] : Repeated(operation, tracer, bias, units, beta);
            return Dense(tracer, operation, x, Scaled(tracer, operation, weight.Elements!.Numbers!, alpha), units, bias is null ? null : biases);
        }

        Value product = Multiply(tracer, operation, isTurned ? Turned(tracer, operation, x) : x, isWeightTurned ? Turned(tracer, operation, weight) : weight);
        if (alpha != 1)
            product = BinaryImports.Apply(operation, tracer, "Mul", product, Value.OfNumbers([], [alpha]));
        if (bias is null)
            return product;
        return BinaryImports.Apply(operation, tracer, "Add", product, beta == 1 ? bias : BinaryImports.Apply(operation, tracer, "Mul", bias, Value.OfNumbers([], [beta])));
    }

    private static Value Turned(Tracer tracer, Operation operation, Value x)
    {
        if (x.SampleAxis >= 0)
            throw operation.Refuse("a transposed factor would mix samples");
        int[] strides = Arrangement.Strides(x.Sizes);
        return Arrangement.View(tracer, operation, x, 0, [x.Sizes[1], x.Sizes[0]], [strides[1], strides[0]], -1);
    }

    /// <summary>Returns a vector of biases, or a single number repeated.</summary>
    private static float[] Repeated(Operation operation, Tracer tracer, Value bias, int units, float beta)
    {
        float[] given = bias.Elements!.Numbers!;
        if ((given.Length != units && given.Length != 1) || (given.Length > 1 && bias.Sizes[^1] != units))
            throw operation.Refuse($"its bias has shape {bias}, expected [{units}]");
        tracer.Budget.Spend(operation, units);
        return [.. Enumerable.Range(0, units).Select(i => beta * given[given.Length == 1 ? 0 : i])];
    }

    private static float[] Scaled(Tracer tracer, Operation operation, float[] values, float factor)
    {
        if (factor == 1)
            return values;
        tracer.Budget.Spend(operation, values.Length);
        return Array.ConvertAll(values, value => factor * value);
    }
}
