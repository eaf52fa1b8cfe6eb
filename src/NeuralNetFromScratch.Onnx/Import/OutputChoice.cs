using System.Globalization;
using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>Selects the output of a model that the network computes.</summary>
internal static class OutputChoice
{
    /// <summary>
    /// Returns the float output; if there are several, the one that depends on all others, such as probabilities on logits. Classifiers also have labels as
    /// integers or strings, and pipelines pass inputs on.
    /// </summary>
    /// <exception cref="InvalidDataException">There is no such output, or several.</exception>
    public static string Find(ModelGraph graph, GraphProto description, string? wanted)
    {
        if (wanted is not null)
        {
            return description.Output.Any(output => output.Name == wanted)
                ? wanted
                : throw new InvalidDataException($"the model has no output {MessageText.Quote(wanted)}; it has {Names(description.Output.Select(output => output.Name))}");
        }

        // scikit-learn's converter returns probabilities as a list of dictionaries, which is not a tensor.
        string[] floats = [.. description.Output
            .Where(output => output.Type?.TensorType is null || output.Type.TensorType.ElemType is 0 || OnnxTypes.Kind(output.Type.TensorType.ElemType) == ElementKind.Number)
            .Select(output => output.Name)];
        foreach (string output in floats)
        {
            if (graph.FindOperation(output) is null && !graph.IsInput(output))
                throw new InvalidDataException($"no node computes the output {MessageText.Quote(output)}");
        }

        string[] computed = [.. floats.Where(output => !IsPassedOn(graph, output))];
        string[] candidates = computed.Length > 0 ? computed : floats;
        if (candidates.Length == 1)
            return candidates[0];
        if (candidates.Length == 0)
            throw new InvalidDataException($"the model has no float output; it has {Names(description.Output.Select(output => output.Name))}");
        string[] sources = [.. candidates.Select(candidate => Source(graph, candidate))];
        foreach (string candidate in candidates)
        {
            HashSet<string> ancestors = graph.Ancestors(candidate);
            if (Array.TrueForAll(sources, ancestors.Contains))
                return candidate;
        }

        throw new InvalidDataException(
            FormattableString.Invariant($"the model has {candidates.Length} outputs of floats ({Names(candidates)}); exactly one is read: choose it with OnnxImportOptions.OutputName"));
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Take(8).Select(MessageText.Of));

    private static bool IsPassedOn(ModelGraph graph, string name) => graph.IsInput(Source(graph, name));

    /// <summary>Returns the value that an output passes on.</summary>
    private static string Source(ModelGraph graph, string name)
    {
        for (int steps = 0; steps < 100 && graph.FindOperation(name) is { Type: "Identity" or "Cast", InputCount: 1 } operation; steps++)
            name = operation.Inputs[0];
        return name;
    }
}

/// <summary>Finds the class names of a model.</summary>
internal static class ClassNameChoice
{
    private const int MostNodes = 10_000;

    /// <summary>Returns the names in the metadata of this library's export, or the labels of a classifier; empty if their number differs from that of the outputs.</summary>
    public static IReadOnlyList<string> Find(ModelProto model, ModelGraph graph, TensorReader tensors, int outputs)
    {
        string[] noted = Noted(model);
        if (noted.Length > 0)
            return noted.Length == outputs ? noted : [];
        string[] found = [];
        foreach (Operation operation in graph.Operations.Take(MostNodes).Where(operation => operation.Domain == "ai.onnx.ml"))
        {
            if (Labels(graph, tensors, operation) is not ({ Length: > 1 } labels, var areTexts) || labels.Length != outputs)
                continue;
            // ML.NET numbers the classes and has their names elsewhere.
            if (areTexts)
                return labels;
            found = found.Length > 0 ? found : labels;
        }

        return found;
    }

    private static string[] Noted(ModelProto model)
    {
        var notes = new Dictionary<string, string>();
        foreach (StringStringEntryProto entry in model.MetadataProps)
            notes.TryAdd(entry.Key, entry.Value);
        return [.. Enumerable.Range(0, notes.Count).TakeWhile(i => notes.ContainsKey(OnnxModel.ClassKey(i))).Select(i => notes[OnnxModel.ClassKey(i)])];
    }

    private static (string[]? Labels, bool AreTexts) Labels(ModelGraph graph, TensorReader tensors, Operation operation) => operation.Type switch
    {
        "ZipMap" => Texts(operation, "classlabels_strings", "classlabels_int64s"),
        "LinearClassifier" => Texts(operation, "classlabels_strings", "classlabels_ints"),
        "LabelEncoder" when IsCount(operation.Integers("values_int64s")) => ([.. operation.Texts("keys_strings")], true),
        // The label at the index of the largest score.
        "ArrayFeatureExtractor" when operation.InputCount == 2 && graph.FindTensor(operation.Inputs[0]) is { } tensor => Texts(tensors.Read(tensor, operation.Inputs[0])),
        _ => (null, false),
    };

    /// <summary>0, 1, 2, … or 1, 2, 3, …</summary>
    private static bool IsCount(IReadOnlyList<long> values) => values is [0 or 1, ..] && values.Select((value, i) => value - i).Distinct().Count() == 1;

    private static (string[], bool) Texts(Operation operation, string texts, string integers) => operation.Texts(texts) is { Count: > 0 } names
        ? ([.. names], true)
        : ([.. operation.Integers(integers).Select(number => number.ToString(CultureInfo.InvariantCulture))], false);

    private static (string[]?, bool) Texts(Value labels) => labels.Texts is { } texts
        ? (texts, true)
        : (labels.Integers?.Select(integer => integer.Fixed.ToString(CultureInfo.InvariantCulture)).ToArray(), false);
}
