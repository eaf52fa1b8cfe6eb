namespace NeuralNetFromScratch;

/// <summary>Where a parameter is found in a file.</summary>
/// <param name="Definition">The parameter.</param>
/// <param name="Name">Its name there.</param>
/// <param name="IsTransposed">Whether it lies there as [out, in].</param>
internal sealed record TensorPlace(ParameterDefinition Definition, string Name, bool IsTransposed)
{
    public IReadOnlyList<int> Dimensions => IsTransposed ? [Definition.Shape[1], Definition.Shape[0]] : [.. Definition.Shape];

    /// <summary>The parameters of a chain in their order.</summary>
    public static IReadOnlyList<TensorPlace> Of(Chain chain, TensorNaming naming)
    {
        if (naming == TensorNaming.Library)
            return [.. chain.Parameters.Select(definition => new TensorPlace(definition, definition.Name, false))];
        var places = new List<TensorPlace>();
        AddPyTorch(chain, "", places);
        return places;
    }

    private static void AddPyTorch(Chain chain, string prefix, List<TensorPlace> places)
    {
        int module = 0;
        foreach (ChainNode node in chain.Nodes)
        {
            if (node.Layer is Residual residual)
            {
                AddPyTorch(new Chain(node.InputShape, residual.Layers), $"{prefix}{module}.", places);
            }
            else
            {
                for (int i = 0; i < node.ParameterCount; i++)
                {
                    ParameterDefinition definition = chain.Parameters[node.FirstParameter + i];
                    string name = definition.Name[(node.Name.Length + 1)..];
                    places.Add(new(definition, $"{prefix}{module}.{PyTorchName(node.Layer, name)}", node.Layer is Dense && name == "weight"));
                }
            }

            module += node.Layer is Dense dense && !dense.Activation.Equals(Activation.Identity) ? 2 : 1;
        }
    }

    private static string PyTorchName(Layer layer, string name) => (layer, name) switch
    {
        (BatchNormalization or LayerNormalization or Affine, "scale") => "weight",
        (BatchNormalization or LayerNormalization or Affine, "shift") => "bias",
        (BatchNormalization, "mean") => "running_mean",
        (BatchNormalization, "variance") => "running_var",
        _ => name,
    };
}
