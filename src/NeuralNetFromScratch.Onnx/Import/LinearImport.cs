namespace NeuralNetFromScratch.Onnx;

/// <summary>Products with weights, and arithmetic with one number for each feature.</summary>
internal sealed class LinearImport(ModelGraph graph, ParameterBudget budget)
{
    /// <summary><c>alpha · x·W + beta · bias</c>.</summary>
    /// <returns>The value that the layer takes.</returns>
    public string AddGemm(Operation operation, List<ImportedLayer> layers)
    {
        if (operation.Integer("transA", 0) != 0)
            throw operation.Refuse("a transposed first factor is not supported: it would mix samples");
        Constant weight = Weight(operation);
        if (operation.Integer("transB", 0) != 0)
            weight = weight.Transposed();
        double beta = operation.Number("beta", 1);
        string? bias = operation.HasInput(2) && beta != 0 ? operation.Input(2) : null;
        layers.Add(Dense(operation, weight, operation.Number("alpha", 1), bias, beta));
        return operation.Input(0);
    }

    /// <summary><c>x·W</c>.</summary>
    /// <returns>The value that the layer takes.</returns>
    public string AddProduct(Operation operation, List<ImportedLayer> layers)
    {
        layers.Add(Dense(operation, Weight(operation), 1, null, 0));
        return operation.Input(0);
    }

    /// <summary>A bias after a product: both are one layer.</summary>
    /// <returns>The value that the layer takes; null if the node is something else.</returns>
    public string? AddBias(Operation operation, List<ImportedLayer> layers)
    {
        (string first, string second) = (operation.Input(0), operation.Input(1));
        (string product, string bias) = graph.IsConstant(first) ? (second, first) : (first, second);
        if (!graph.IsConstant(bias) || graph.Find(product) is not { Type: "MatMul" } multiply)
            return null;
        Constant weight = Weight(multiply);
        // A product of one output and a longer vector would grow to the vector's width.
        if (graph.FindConstant(bias)!.Values.Length > weight.Dimensions[1])
            return null;
        layers.Add(Dense(multiply, weight, 1, bias, 1));
        return multiply.Input(0);
    }

    /// <summary>Arithmetic with one number for each feature: an affine layer.</summary>
    /// <returns>The value that the layer takes; null if the node is something else.</returns>
    public string? AddVectors(Operation operation, List<ImportedLayer> layers)
    {
        (string first, string second) = (operation.Input(0), operation.Input(1));
        bool isFirst = graph.IsConstant(first);
        if (isFirst == graph.IsConstant(second))
            return null;
        Constant constant = graph.FindConstant(isFirst ? first : second)!;
        if (constant.IsScalar)
            return null;
        if (constant.Dimensions[^1] != constant.Values.Length && constant.Dimensions.Skip(1).Aggregate(1L, (product, size) => product * size) != constant.Values.Length)
            throw operation.Refuse($"a constant of shape [{string.Join(", ", constant.Dimensions)}] does not go with samples");
        if (isFirst && operation.Type == "Div")
            throw operation.Refuse("divides a constant by a value");
        budget.Spend(operation, 2L * constant.Values.Length);
        float[] scale = new float[constant.Values.Length], shift = new float[constant.Values.Length];
        for (int i = 0; i < scale.Length; i++)
        {
            double value = constant.Values[i];
            (scale[i], shift[i]) = operation.Type switch
            {
                "Add" => (1f, (float)value),
                "Sub" => isFirst ? (-1f, (float)value) : (1f, (float)-value),
                "Mul" => ((float)value, 0f),
                _ => ((float)(1 / value), 0f),
            };
        }

        layers.Add(new ImportedLayer(operation, new ScaleShift(), scale, shift));
        return isFirst ? second : first;
    }

    /// <summary>scikit-learn's standardization: <c>(x − offset) · scale</c>.</summary>
    /// <returns>The value that the layer takes.</returns>
    public string AddScaler(Operation operation, List<ImportedLayer> layers)
    {
        IReadOnlyList<float> offset = operation.Numbers("offset"), scale = operation.Numbers("scale");
        if (scale.Count == 0 || scale.Count != offset.Count)
            throw operation.Refuse($"has {scale.Count} scales and {offset.Count} offsets");
        if (scale.Count == 1)
        {
            layers.Add(ImportedLayer.Line(operation, scale[0], -(double)offset[0] * scale[0]));
            return operation.Input(0);
        }

        budget.Spend(operation, 2L * scale.Count);
        layers.Add(new ImportedLayer(operation, new ScaleShift(), [.. scale], [.. scale.Zip(offset, (factor, middle) => (float)(-(double)middle * factor))]));
        return operation.Input(0);
    }

    /// <summary>A constant vector of a length, or a single number for all its elements.</summary>
    public float[] Vector(Operation operation, string name, int length, double factor = 1)
    {
        if (graph.FindConstant(name) is not { } constant)
            throw operation.Refuse($"\"{name}\" is no constant");
        budget.Spend(operation, length);
        if (constant.IsScalar)
            return [.. Enumerable.Repeat((float)(factor * constant.Values[0]), length)];
        return constant.Values.Length == length && constant.Dimensions[^1] == length
            ? constant.Floats(factor)
            : throw operation.Refuse($"\"{name}\" has shape [{string.Join(", ", constant.Dimensions)}], expected [{length}]");
    }

    private Constant Weight(Operation operation)
    {
        if (graph.FindConstant(operation.Input(1)) is not { Dimensions.Length: 2 } weight)
            throw operation.Refuse("the second factor is no constant matrix");
        return weight.Values.Length > 0 ? weight : throw operation.Refuse("the weight is empty");
    }

    private ImportedLayer Dense(Operation operation, Constant weight, double factor, string? bias, double biasFactor)
    {
        budget.Spend(operation, weight.Values.Length);
        int units = weight.Dimensions[1];
        float[] biases = bias is null ? new float[units] : Vector(operation, bias, units, biasFactor);
        return new ImportedLayer(operation, new Dense(units, null, Initializer.Zeros), weight.Floats(factor), biases);
    }
}
