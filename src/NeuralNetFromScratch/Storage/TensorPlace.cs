namespace NeuralNetFromScratch;

/// <summary>Where a parameter is found in a file.</summary>
/// <param name="Definition">The parameter.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Axes">Axis i there is axis <c>Axes[i]</c> here; empty where both are the same.</param>
internal sealed record TensorPlace(ParameterDefinition Definition, string Name, IReadOnlyList<int> Axes)
{
    /// <summary>The sizes there.</summary>
    public IReadOnlyList<int> Dimensions => Axes.Count == 0 ? [.. Definition.Shape] : [.. Axes.Select(axis => Definition.Shape[axis])];

    /// <summary>The parameters of a chain in their order.</summary>
    public static IReadOnlyList<TensorPlace> Of(Chain chain, TensorNaming naming)
    {
        if (naming == TensorNaming.Native)
            return [.. chain.Parameters.Select(definition => new TensorPlace(definition, definition.Name, []))];
        var places = new List<TensorPlace>();
        AddPyTorch(chain, "", places);
        return places;
    }

    /// <summary>The values as they lie in the file.</summary>
    public float[] ToFile(ReadOnlySpan<float> values)
    {
        float[] turned = values.ToArray();
        for (int place = 0; Axes.Count > 0 && place < turned.Length; place++)
            turned[place] = values[IndexHere(place)];
        return turned;
    }

    /// <summary>Puts values that lie as in the file into the order that they have here.</summary>
    public void FromFile(Span<float> values)
    {
        if (Axes.Count == 0)
            return;
        float[] there = values.ToArray();
        for (int place = 0; place < there.Length; place++)
            values[IndexHere(place)] = there[place];
    }

    private static void AddPyTorch(Chain chain, string prefix, List<TensorPlace> places)
    {
        int module = 0;
        foreach (ChainNode node in chain.Nodes)
        {
            string moduleName = $"{prefix}{module}.";
            int own = node.ParameterCount - node.Branches.Sum(branch => branch.Parameters.Count);
            foreach (ParameterDefinition definition in chain.Parameters.Skip(node.FirstParameter).Take(own))
            {
                // A definition that names nothing for PyTorch says its own name, which has the layer's before it by now.
                string name = definition.PyTorchName == definition.Name ? definition.Name[(node.Name.Length + 1)..] : definition.PyTorchName;
                places.Add(new(definition, moduleName + name, definition.PyTorchAxes));
            }

            foreach (Chain branch in node.Branches)
                AddPyTorch(branch, branch.Name.Length == 0 ? moduleName : $"{moduleName}{branch.Name}.", places);
            module += node.Layer.PyTorchModules;
        }
    }

    /// <summary>The index here of the element that has an index there.</summary>
    private int IndexHere(int index)
    {
        int here = 0;
        for (int i = Axes.Count - 1; i >= 0; i--)
        {
            int size = Definition.Shape[Axes[i]], stride = 1;
            for (int axis = Axes[i] + 1; axis < Definition.Shape.Rank; axis++)
                stride *= Definition.Shape[axis];
            here += index % size * stride;
            index /= size;
        }

        return here;
    }
}

/// <summary>How tensors are called and turned in a file.</summary>
public enum TensorNaming
{
    /// <summary>The library's own: "dense1.weight" is [in, out].</summary>
    Native,

    /// <summary>
    /// PyTorch's, for the state of a <c>torch.nn.Sequential</c>: "0.weight" is [out, in]. An activation that a dense layer does itself counts
    /// as a module of its own, as it is one there.
    /// </summary>
    PyTorch,
}
