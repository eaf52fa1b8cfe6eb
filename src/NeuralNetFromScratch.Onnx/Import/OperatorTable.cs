namespace NeuralNetFromScratch.Onnx;

/// <summary>Converts a node to the values of its outputs; null for an output that is not supported.</summary>
internal delegate Value?[] OperatorImport(Operation operation, Tracer tracer);

/// <summary>
/// The table of supported operators by domain and name. Each family has a file with an entry for each operator, which handles all versions.
/// </summary>
internal static class OperatorTable
{
    private const string MachineLearning = "ai.onnx.ml";

    private static readonly Dictionary<(string Domain, string Type), OperatorImport> Table = Collect();

    /// <summary>Advice for operators that are not part of feed-forward networks.</summary>
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

    /// <summary>Returns the import of a node's operator.</summary>
    /// <exception cref="InvalidDataException">The operator is not supported.</exception>
    public static OperatorImport Find(Operation operation)
    {
        string domain = Domain(operation.Domain);
        if (domain is not ("" or MachineLearning))
            throw operation.Refuse($"operators of domain {MessageText.Quote(operation.Domain)} are not supported; export the model with standard ONNX operators");
        if (operation.Version == 0)
            throw operation.Refuse($"the model does not declare the version of the operator set {MessageText.Quote(domain)}");
        return Table.TryGetValue((domain, operation.Type), out OperatorImport? import)
            ? import
            : throw operation.Refuse($"is not supported; {Advice.GetValueOrDefault(operation.Type, "compute this step outside the model, or export the model with other operators")}");
    }

    /// <summary>Returns the canonical name of a domain, "" for that of ONNX.</summary>
    public static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;

    /// <summary>Creates the import of an operator with one output.</summary>
    public static OperatorImport One(Func<Operation, Tracer, Value> import) => (operation, tracer) => [import(operation, tracer)];

    private static Dictionary<(string Domain, string Type), OperatorImport> Collect()
    {
        var table = new Dictionary<(string Domain, string Type), OperatorImport>();
        IEnumerable<(string Type, OperatorImport Import)>[] families =
        [
            UnaryImports.All, BinaryImports.All, PassingImports.All, ConstantImports.All, ShapeImports.All, ArrangementImports.All, ReductionImports.All, ProductImports.All,
            NormalizationImports.All, ImageImports.All,
        ];
        foreach ((string type, OperatorImport import) in families.SelectMany(family => family))
            table.Add(("", type), import);
        foreach ((string type, OperatorImport import) in MachineLearningImports.All)
            table.Add((MachineLearning, type), import);
        return table;
    }
}
