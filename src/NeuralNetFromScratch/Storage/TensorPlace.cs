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

    /// <summary>The axes here: those of the parameter, unless one of them stands for those of a picture.</summary>
    public Shape View { get; init; } = Definition.Shape;

    /// <summary>The sizes there.</summary>
    public IReadOnlyList<int> Dimensions
    {
        get => field ?? (Axes.Count == 0 ? [.. Definition.Shape] : [.. Axes.Select(axis => View[axis])]);
        init;
    }

    /// <summary>The parameters of a chain in their order.</summary>
    public static IReadOnlyList<TensorPlace> Of(Chain chain, TensorNaming naming)
    {
        var places = new List<TensorPlace>();
        Add(chain, chain, "", naming == TensorNaming.PyTorch, null, places);
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
    /// <param name="network">The whole network.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="prefix">What the names of its modules begin with.</param>
    /// <param name="isPyTorch">Whether names and orders are PyTorch's.</param>
    /// <param name="picture">The shape of the picture whose values are the chain's input, where that is flattened.</param>
    /// <param name="places">Receives the places.</param>
    private static void Add(Chain network, Chain chain, string prefix, bool isPyTorch, Shape? picture, List<TensorPlace> places)
    {
        int module = 0;
        foreach (ChainNode node in chain.Nodes)
        {
            if (node.InputShape.Rank > 1)
                picture = node.InputShape.Rank == 3 ? node.InputShape : null;
            // A dense layer flattens a picture by itself; PyTorch has a module for it.
            if (node is { Layer: Dense, Number: > 0, InputShape.Rank: 3 })
                module++;
            string moduleName = $"{prefix}{module}";
            int own = node.ParameterCount - node.Branches.Sum(branch => branch.Parameters.Count);
            foreach (ParameterDefinition definition in chain.Parameters.Skip(node.FirstParameter).Take(own))
            {
                // A definition that names nothing for PyTorch says its own name, which has the layer's before it by now.
                string ownName = definition.Name[(node.Name.Length + 1)..], name = definition.PyTorchName == definition.Name ? ownName : definition.PyTorchName;
                ParameterDefinition whole = network.Parameters[places.Count];
                string layer = whole.Name[..^(ownName.Length + 1)];
                places.Add(isPyTorch ? InOrder(new(whole, layer, moduleName, name, definition.PyTorchAxes), picture) : new(whole, layer, layer, ownName, []));
            }

            foreach (Chain branch in node.Branches)
                Add(network, branch, branch.Name.Length == 0 ? $"{moduleName}." : $"{moduleName}.{branch.Name}.", isPyTorch, picture, places);
            module += node.Layer.PyTorchModules;
            if (node.Layer is Dense || node.OutputShape.ElementCount != node.InputShape.ElementCount)
                picture = null;
        }
    }

    /// <summary>
    /// What belongs to the values of a picture, in PyTorch's order: [channels, height, width], not [height, width, channels]. These are the rows of a dense
    /// layer's weights, and what layers that work on each value by itself have for each.
    /// </summary>
    private static TensorPlace InOrder(TensorPlace place, Shape? picture)
    {
        if (picture is not { } shape)
            return place;
        Shape own = place.Definition.Shape;
        if (own.Rank == 2 && own[0] == shape.ElementCount && place.Axes.SequenceEqual([1, 0]))
            return place with { View = [shape[0], shape[1], shape[2], own[1]], Axes = [3, 2, 0, 1], Dimensions = [own[1], own[0]] };
        if (own.ElementCount == shape.ElementCount && (own.Rank == 1 || own == shape))
            return place with { View = shape, Axes = [2, 0, 1], Dimensions = own.Rank == 1 ? [own[0]] : [shape[2], shape[0], shape[1]] };
        return place;
    }

    /// <summary>The index here of the element that has an index there.</summary>
    private int IndexHere(int index)
    {
        int here = 0;
        for (int i = Axes.Count - 1; i >= 0; i--)
        {
            int size = View[Axes[i]], stride = 1;
            for (int axis = Axes[i] + 1; axis < View.Rank; axis++)
                stride *= View[axis];
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
    /// as a module of its own, as it is one there. Kernels are [out, in, height, width], and what belongs to the values of a picture [height, width, channels]
    /// is in the order [channels, height, width]: the weights of the dense layer after a flatten. A dense layer that takes a picture from the layer before it
    /// counts as two modules, the first a flatten.
    /// </summary>
    PyTorch,
}
