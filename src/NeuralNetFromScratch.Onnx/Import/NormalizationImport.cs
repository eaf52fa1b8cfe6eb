namespace NeuralNetFromScratch.Onnx;

/// <summary>Batch and layer normalization.</summary>
internal sealed class NormalizationImport(ModelGraph graph, LinearImport vectors)
{
    /// <returns>The value that the layer takes.</returns>
    public string AddBatch(Operation operation, List<ImportedLayer> layers)
    {
        if (operation.Integer("training_mode", 0) != 0)
            throw operation.Refuse("is in training mode");
        int length = Features(operation);
        float[][] values = [.. Enumerable.Range(1, 4).Select(i => vectors.Vector(operation, operation.Input(i), length))];
        layers.Add(new ImportedLayer(operation, new BatchNormalization(epsilon: Epsilon(operation)), values));
        return operation.Input(0);
    }

    /// <returns>The value that the layer takes.</returns>
    public string AddLayer(Operation operation, List<ImportedLayer> layers)
    {
        if (operation.Integer("axis", -1) is not (-1 or 1))
            throw operation.Refuse("is taken over another axis than the last");
        int length = Features(operation);
        float[] scale = vectors.Vector(operation, operation.Input(1), length);
        float[] shift = operation.HasInput(2) ? vectors.Vector(operation, operation.Input(2), length) : new float[length];
        layers.Add(new ImportedLayer(operation, new LayerNormalization(Epsilon(operation)), scale, shift));
        return operation.Input(0);
    }

    private int Features(Operation operation) => graph.FindConstant(operation.Input(1)) is { Values.Length: > 0 } scale
        ? scale.Values.Length
        : throw operation.Refuse("its scale is no constant");

    private static float Epsilon(Operation operation)
    {
        float epsilon = operation.Number("epsilon", 1e-5f);
        return float.IsFinite(epsilon) && epsilon > 0 ? epsilon : throw operation.Refuse($"has epsilon {epsilon}");
    }
}
