namespace NeuralNetFromScratch.Onnx;

/// <summary>Operators of the domain ai.onnx.ml, which converters of scikit-learn and ML.NET write.</summary>
internal static class MachineLearningImports
{
    public static IEnumerable<(string Type, OperatorImport Import)> All =>
    [
        ("ArrayFeatureExtractor", OperatorTable.One(Extractor)),
        ("Binarizer", OperatorTable.One((operation, tracer) => BinaryImports.Apply(
            operation, tracer, "Greater", UnaryImports.Floats(operation, tracer, 0), Value.OfNumbers([], [operation.Number("threshold", 0)])))),
        ("FeatureVectorizer", OperatorTable.One(Vectorizer)),
        ("Imputer", OperatorTable.One(Imputer)),
        ("LinearClassifier", Classifier),
        ("LinearRegressor", OperatorTable.One(Regressor)),
        ("Normalizer", OperatorTable.One(Normalizer)),
        ("Scaler", OperatorTable.One(Scaler)),
        ("ZipMap", OperatorTable.One((operation, tracer) => tracer.Input(operation, 0))),
    ];

    private static Value Extractor(Operation operation, Tracer tracer)
    {
        Value x = tracer.Numbers(operation, 0);
        int axis = Arrangement.InSample(operation, -1, x);
        int[] places = [.. tracer.Integers(operation, 1).Select(place => (int)Math.Clamp(place, -1, int.MaxValue))];
        return Arrangement.Pick(tracer, operation, x, axis, places, [places.Length]);
    }

    private static Value Vectorizer(Operation operation, Tracer tracer)
    {
        Value[] values = [.. Enumerable.Range(0, operation.InputCount).Select(i => UnaryImports.Floats(operation, tracer, i))];
        return values.Length > 0 ? ArrangementImports.Join(tracer, operation, values, Arrangement.InSample(operation, 1, values[0])) : throw operation.Refuse("has no input 0");
    }

    /// <summary>(x − offset)·scale, with one number, or one for each feature.</summary>
    private static Value Scaler(Operation operation, Tracer tracer)
    {
        Value x = tracer.Numbers(operation, 0);
        float[] offset = [.. operation.Numbers("offset")], scale = [.. operation.Numbers("scale")];
        int features = x.Sizes is [.., var last] ? last : 1;
        if ((scale.Length != features && scale.Length != 1) || (offset.Length != features && offset.Length != 1))
            throw operation.Refuse($"has {scale.Length} scales and {offset.Length} offsets for {features} features");
        return BinaryImports.Apply(operation, tracer, "Mul", BinaryImports.Apply(operation, tracer, "Sub", x, Value.OfNumbers([offset.Length], offset)), Value.OfNumbers([scale.Length], scale));
    }

    /// <summary>Replaces a number that marks missing values.</summary>
    private static Value Imputer(Operation operation, Tracer tracer)
    {
        Value x = tracer.Numbers(operation, 0);
        float[] given = operation.HasAttribute("imputed_value_floats") ? [.. operation.Numbers("imputed_value_floats")] : [.. operation.Integers("imputed_value_int64s").Select(value => (float)value)];
        float mark = operation.HasAttribute("replaced_value_int64") ? operation.Integer("replaced_value_int64", 0) : operation.Number("replaced_value_float", 0);
        int features = x.Sizes is [.., var last] ? last : 1;
        if (given.Length != features && given.Length != 1)
            throw operation.Refuse($"has {given.Length} values for {features} features");
        Value isMissing = float.IsNaN(mark)
            ? UnaryImports.Apply(operation, tracer, x, "IsNaN", ElementKind.Truth)
            : BinaryImports.Apply(operation, tracer, "Equal", x, Value.OfNumbers([], [mark]), ElementKind.Truth);
        (int[] sizes, int sampleAxis, Operand[] elements) = Arrangement.Broadcast(tracer, operation, isMissing, Value.OfNumbers([given.Length], given), x);
        return new Value { Kind = x.Kind, Sizes = sizes, SampleAxis = sampleAxis, Elements = tracer.Step(operation, "Where", elements) };
    }

    /// <summary>Divides rows by their maximum, 1-norm or 2-norm. Rows with norm 0 are unchanged.</summary>
    private static Value Normalizer(Operation operation, Tracer tracer)
    {
        Value x = UnaryImports.Floats(operation, tracer, 0);
        int[] axes = [Arrangement.InSample(operation, -1, x)];
        Value norm = operation.Text("norm", "MAX") switch
        {
            "MAX" => ReductionImports.Reduce(tracer, operation, x, axes, "ReduceMax"),
            "L1" => ReductionImports.Reduce(tracer, operation, ReductionImports.Map(tracer, operation, x, "Abs"), axes, "ReduceSum"),
            "L2" => ReductionImports.Map(tracer, operation, ReductionImports.Reduce(tracer, operation, ReductionImports.Square(tracer, operation, x), axes, "ReduceSum"), "Sqrt"),
            var other => throw operation.Refuse($"the norm {MessageText.Quote(other)} is unknown"),
        };
        return BinaryImports.Apply(operation, tracer, "Div", x, BinaryImports.Apply(operation, tracer, "Add", norm, ReductionImports.Map(tracer, operation, norm, "Not")));
    }

    private static Value Regressor(Operation operation, Tracer tracer)
    {
        Value x = UnaryImports.Floats(operation, tracer, 0);
        int targets = ShapeImports.Size(operation, operation.Integer("targets", 1));
        return Transformed(operation, tracer, Linear(operation, tracer, x, targets));
    }

    /// <summary>The scores of the classes, the second output. A single score of two classes is that of the second class.</summary>
    private static Value?[] Classifier(Operation operation, Tracer tracer)
    {
        Value x = UnaryImports.Floats(operation, tracer, 0);
        int features = x.Sizes is [.., var last] ? last : 1, labels = Math.Max(operation.Integers("classlabels_ints").Count, operation.Texts("classlabels_strings").Count);
        int scores = operation.Numbers("coefficients").Count / Math.Max(features, 1);
        Value linear = Linear(operation, tracer, x, scores);
        if (scores != 1 || labels != 2)
            return [null, Transformed(operation, tracer, linear)];
        Value first, second;
        switch (operation.Text("post_transform", "NONE"))
        {
            case "LOGISTIC":
                second = ReductionImports.Map(tracer, operation, linear, "Sigmoid");
                first = ReductionImports.Map(tracer, operation, ReductionImports.Map(tracer, operation, linear, "Neg"), "Sigmoid");
                break;
            case "NONE":
                second = linear;
                first = BinaryImports.Apply(operation, tracer, "Sub", Value.OfNumbers([], [1]), linear);
                break;
            case var other:
                throw operation.Refuse($"the transformation {MessageText.Quote(other)} of a single score is not supported");
        }

        return [null, ArrangementImports.Join(tracer, operation, [first, second], Arrangement.InSample(operation, -1, linear))];
    }

    /// <summary>A dense layer whose attributes have a row of coefficients for each output.</summary>
    private static Value Linear(Operation operation, Tracer tracer, Value x, int outputs)
    {
        float[] coefficients = [.. operation.Numbers("coefficients")], intercepts = [.. operation.Numbers("intercepts")];
        if (outputs <= 0 || coefficients.Length != (long)outputs * x.Length || (intercepts.Length > 0 && intercepts.Length != outputs))
            throw operation.Refuse($"has {coefficients.Length} coefficients and {intercepts.Length} intercepts for {x.Length} features");
        return ProductImports.Dense(tracer, operation, x, ProductImports.Transposed(tracer, operation, coefficients, outputs, x.Length), outputs, intercepts.Length > 0 ? intercepts : null);
    }

    private static Value Transformed(Operation operation, Tracer tracer, Value scores) => operation.Text("post_transform", "NONE") switch
    {
        "NONE" => scores,
        "LOGISTIC" => ReductionImports.Map(tracer, operation, scores, "Sigmoid"),
        "SOFTMAX" => scores.WithElements(tracer.Step(operation, "Softmax", [scores.Elements!], sizes: [1, scores.Length, 1]), ElementKind.Number),
        var other => throw operation.Refuse($"the transformation {MessageText.Quote(other)} is not supported"),
    };
}
