namespace NeuralNetFromScratch;

/// <summary>Where a parameter is found in a file.</summary>
/// <param name="Definition">The parameter, with the name that it has in the network.</param>
/// <param name="Layer">The name of its layer in the network.</param>
/// <param name="Module">The name of that layer there.</param>
/// <param name="Leaf">The parameter's name within the layer there.</param>
/// <param name="Axes">Axis i there is axis <c>Axes[i]</c> here; empty where both are the same.</param>
internal sealed record TensorPlace(ParameterDefinition Definition, string Layer, string Module, string Leaf, IReadOnlyList<int> Axes)
{
    /// <summary>Its name there.</summary>
    public string Name => $"{Module}.{Leaf}";

    /// <summary>The sizes there.</summary>
    public IReadOnlyList<int> Dimensions => Axes.Count == 0 ? [.. Definition.Shape] : [.. Axes.Select(axis => Definition.Shape[axis])];

    /// <summary>The parameters of a chain in their order.</summary>
    public static IReadOnlyList<TensorPlace> Of(Chain chain, TensorNaming naming)
    {
        var places = new List<TensorPlace>();
        Add(chain, chain, "", naming == TensorNaming.PyTorch, places);
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

    /// <summary>Adds the parameters of a chain, in the order that they have in the whole network.</summary>
    private static void Add(Chain network, Chain chain, string prefix, bool isPyTorch, List<TensorPlace> places)
    {
        int module = 0;
        foreach (ChainNode node in chain.Nodes)
        {
            string moduleName = $"{prefix}{module}";
            int own = node.ParameterCount - node.Branches.Sum(branch => branch.Parameters.Count);
            foreach (ParameterDefinition definition in chain.Parameters.Skip(node.FirstParameter).Take(own))
            {
                // A definition that names nothing for PyTorch says its own name, which has the layer's before it by now.
                string ownName = definition.Name[(node.Name.Length + 1)..], name = definition.PyTorchName == definition.Name ? ownName : definition.PyTorchName;
                ParameterDefinition whole = network.Parameters[places.Count];
                string layer = whole.Name[..^(ownName.Length + 1)];
                places.Add(isPyTorch ? new(whole, layer, moduleName, name, definition.PyTorchAxes) : new(whole, layer, layer, ownName, []));
            }

            foreach (Chain branch in node.Branches)
                Add(network, branch, branch.Name.Length == 0 ? $"{moduleName}." : $"{moduleName}.{branch.Name}.", isPyTorch, places);
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
