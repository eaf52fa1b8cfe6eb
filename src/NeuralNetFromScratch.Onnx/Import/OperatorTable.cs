namespace NeuralNetFromScratch.Onnx;

/// <summary>Turns a node into values, one for each of its outputs; null for an output that is not supported.</summary>
internal delegate Value?[] OperatorImport(Operation operation, Tracer tracer);

/// <summary>
/// The table of the operators that are imported, by domain and name. Each family has a file, and each operator an entry there; what a version of
/// the operator set changed stands with the operator.
/// </summary>
internal static class OperatorTable
{
    private const string MachineLearning = "ai.onnx.ml";

    private static readonly Dictionary<(string Domain, string Type), OperatorImport> Table = Collect();

    /// <summary>What to do about operators that a feed-forward network does not have.</summary>
    private static readonly Dictionary<string, string> Advice = new()
    {
        ["ConvTranspose"] = "transposed convolutions have no counterpart; Upsample2D and Conv2D have",
        ["LSTM"] = "recurrent layers have no counterpart",
        ["GRU"] = "recurrent layers have no counterpart",
        ["RNN"] = "recurrent layers have no counterpart",
        ["If"] = "export the model for one case, without branches",
        ["Loop"] = "export the model without loops",
        ["Scan"] = "export the model without loops",
        ["TreeEnsembleClassifier"] = "trees have no counterpart; import reads neural networks and linear models",
        ["TreeEnsembleRegressor"] = "trees have no counterpart; import reads neural networks and linear models",
        ["RandomNormalLike"] = "export the model for inference (model.eval())",
        ["RandomUniformLike"] = "export the model for inference (model.eval())",
        ["Bernoulli"] = "export the model for inference (model.eval())",
        ["DequantizeLinear"] = "import reads models in floating point: export the model before it is quantized",
        ["QuantizeLinear"] = "import reads models in floating point: export the model before it is quantized",
    };

    /// <summary>The import of a node's operator.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static OperatorImport Find(Operation operation)
    {
        string domain = Domain(operation.Domain);
        if (domain is not ("" or MachineLearning))
            throw operation.Refuse($"operators of domain {MessageText.Quote(operation.Domain)} are not known; export the model with ONNX's own operators");
        if (operation.Version == 0)
            throw operation.Refuse($"the model does not say which version of the operator set {MessageText.Quote(domain)} it uses");
        return Table.TryGetValue((domain, operation.Type), out OperatorImport? import)
            ? import
            : throw operation.Refuse($"is not supported; {Advice.GetValueOrDefault(operation.Type, "do this step outside of the model, or express it by other operators when the model is exported")}");
    }

    /// <summary>A domain by its one name: ONNX's own is "".</summary>
    public static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;

    /// <summary>An operator of one output.</summary>
    public static OperatorImport One(Func<Operation, Tracer, Value> import) => (operation, tracer) => [import(operation, tracer)];

    private static Dictionary<(string Domain, string Type), OperatorImport> Collect()
    {
        var table = new Dictionary<(string Domain, string Type), OperatorImport>();
        IEnumerable<(string Type, OperatorImport Import)>[] families =
        [
            UnaryImports.All, BinaryImports.All, PassingImports.All, ConstantImports.All, ShapeImports.All, ArrangementImports.All, ReductionImports.All, ProductImports.All,
            NormalizationImports.All, PictureImports.All,
        ];
        foreach ((string type, OperatorImport import) in families.SelectMany(family => family))
            table.Add(("", type), import);
        foreach ((string type, OperatorImport import) in MachineLearningImports.All)
            table.Add((MachineLearning, type), import);
        return table;
    }
}
