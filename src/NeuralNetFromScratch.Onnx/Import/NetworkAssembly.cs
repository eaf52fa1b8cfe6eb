using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>Makes a network of imported layers. Shapes come first: only what the file really has is ever allocated.</summary>
internal static class NetworkAssembly
{
    /// <exception cref="InvalidDataException">The layers do not fit each other; the message names the node.</exception>
    public static Sequential Build(Shape inputShape, IReadOnlyList<ImportedLayer> imported, OutputImport output, ParameterBudget budget, ModelProto model)
    {
        CheckFlattened(inputShape, imported, output);
        List<ImportedLayer> layers = Fitted(inputShape, imported, budget);
        if (layers.Count == 0)
            return new Sequential(inputShape, 0, new Flatten()) { OutputActivation = output.Transform };
        int outputs = layers.Aggregate(inputShape, (shape, layer) => layer.Layer.OutputShape(shape)).ElementCount;
        string[] noted = NotedClassNames(model);
        IReadOnlyList<string> names = noted.Length > 0 ? noted : output.ClassNames;
        var network = new Sequential(inputShape, 0, [.. layers.Select(layer => layer.Layer)])
        {
            OutputActivation = output.Transform,
            ClassNames = names.Count == outputs ? names : [],
        };
        float[][] values = [.. layers.SelectMany(layer => layer.Values)];
        for (int i = 0; i < values.Length; i++)
            values[i].CopyTo(network.Parameters[i].Values);
        return network;
    }

    /// <summary>Of samples that are no vectors yet, other operators take the last axis alone.</summary>
    private static void CheckFlattened(Shape inputShape, IReadOnlyList<ImportedLayer> layers, OutputImport output)
    {
        if (inputShape.Rank <= 1)
            return;
        ImportedLayer? first = layers.FirstOrDefault(layer => !layer.IsLine && layer.Layer is not ActivationLayer);
        if ((first is null ? output.Source : first.Layer is Flatten ? null : first.Source) is { } early)
            throw early.Refuse($"takes samples of shape {inputShape} before they are flattened");
    }

    /// <summary>
    /// The layers without those that only make vectors of samples, which the library's layers do by themselves; lines as wide as the values that
    /// they change; and everything checked.
    /// </summary>
    private static List<ImportedLayer> Fitted(Shape inputShape, IReadOnlyList<ImportedLayer> imported, ParameterBudget budget)
    {
        var layers = new List<ImportedLayer>();
        Shape shape = inputShape;
        foreach (ImportedLayer layer in imported)
        {
            if (layer.Layer is Flatten)
            {
                if (layer.Width > 0 && layer.Width != shape.ElementCount)
                    throw layer.Source.Refuse($"makes vectors of {layer.Width} values out of samples of shape {shape}");
                continue;
            }

            if (layer.IsLine)
                budget.Spend(layer.Source, 2L * shape.ElementCount);
            ImportedLayer fitted = layer.IsLine ? layer.OfWidth(shape.ElementCount) : layer;
            shape = Check(fitted, shape);
            layers.Add(fitted);
        }

        return layers;
    }

    /// <summary>The shape of a layer's output, once it is clear that layer and parameters fit.</summary>
    private static Shape Check(ImportedLayer layer, Shape inputShape)
    {
        try
        {
            Shape outputShape = layer.Layer.OutputShape(inputShape);
            IReadOnlyList<ParameterDefinition> definitions = layer.Layer.Parameters(inputShape);
            for (int i = 0; i < definitions.Count; i++)
            {
                if (layer.Values[i].Length != definitions[i].Shape.ElementCount)
                    throw layer.Source.Refuse($"its {definitions[i].Name} has {layer.Values[i].Length} values, but samples of shape {inputShape} need {definitions[i].Shape.ElementCount}");
            }

            return outputShape;
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            throw layer.Source.Refuse($"does not fit samples of shape {inputShape}: {exception.Message}");
        }
    }

    /// <summary>The class names that this library's export notes.</summary>
    private static string[] NotedClassNames(ModelProto model)
    {
        var notes = new Dictionary<string, string>();
        foreach (StringStringEntryProto entry in model.MetadataProps)
            notes.TryAdd(entry.Key, entry.Value);
        return [.. Enumerable.Range(0, notes.Count).TakeWhile(i => notes.ContainsKey(OnnxModel.ClassKey(i))).Select(i => notes[OnnxModel.ClassKey(i)])];
    }
}
