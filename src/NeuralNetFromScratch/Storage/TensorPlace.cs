namespace NeuralNetFromScratch;

/// <summary>The tensor of a parameter in a file.</summary>
/// <param name="Definition">The parameter, with its name in the network.</param>
/// <param name="Layer">The name of its layer in the network.</param>
/// <param name="Module">The name of its layer in the file.</param>
/// <param name="Leaf">The name of the parameter within its layer in the file.</param>
/// <param name="Axes">Axis i in the file is axis <c>Axes[i]</c> here; empty if the orders are equal.</param>
internal sealed record TensorPlace(ParameterDefinition Definition, string Layer, string Module, string Leaf, IReadOnlyList<int> Axes)
{
    /// <summary>The name of the tensor in the file.</summary>
    public string Name => $"{Module}.{Leaf}";

    /// <summary>The shape here: that of the parameter, unless one of its axes stands for those of an image.</summary>
    public Shape View { get; init; } = Definition.Shape;

    /// <summary>The dimensions in the file.</summary>
    public IReadOnlyList<int> Dimensions
    {
        get => field ?? (Axes.Count == 0 ? [.. Definition.Shape] : [.. Axes.Select(axis => View[axis])]);
        init;
    }

    /// <summary>Returns the tensors of a chain's parameters, in their order.</summary>
    public static IReadOnlyList<TensorPlace> Of(Chain chain, TensorNaming naming)
    {
        var places = new List<TensorPlace>();
        Add(chain, chain, "", naming == TensorNaming.PyTorch, null, places);
        return places;
    }

    /// <summary>Converts values to the order of the file.</summary>
    public float[] ToFile(ReadOnlySpan<float> values)
    {
        float[] turned = values.ToArray();
        for (int place = 0; Axes.Count > 0 && place < turned.Length; place++)
            turned[place] = values[IndexHere(place)];
        return turned;
    }

    /// <summary>Converts values from the order of the file.</summary>
    public void FromFile(Span<float> values)
    {
        if (Axes.Count == 0)
            return;
        float[] there = values.ToArray();
        for (int place = 0; place < there.Length; place++)
            values[IndexHere(place)] = there[place];
    }

    /// <summary>Adds the parameters of a chain, in their order in the whole network.</summary>
    /// <param name="network">The whole network.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="prefix">The prefix of the names of its modules.</param>
    /// <param name="isPyTorch">Whether to use PyTorch's names and orders.</param>
    /// <param name="picture">The shape of the image whose flattened values are the chain's input, if any.</param>
    /// <param name="places">Receives the tensors.</param>
    private static void Add(Chain network, Chain chain, string prefix, bool isPyTorch, Shape? picture, List<TensorPlace> places)
    {
        int module = 0;
        foreach (ChainNode node in chain.Nodes)
        {
            if (node.InputShape.Rank > 1)
                picture = node.InputShape.Rank == 3 ? node.InputShape : null;
            // A dense layer flattens an image itself; PyTorch has a module for it.
            if (node is { Layer: Dense, Number: > 0, InputShape.Rank: 3 })
                module++;
            string moduleName = $"{prefix}{module}";
            int own = node.ParameterCount - node.Branches.Sum(branch => branch.Parameters.Count);
            foreach (ParameterDefinition definition in chain.Parameters.Skip(node.FirstParameter).Take(own))
            {
                // If a definition has no name for PyTorch, its own name is used, which begins with the layer's.
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
    /// Reorders the values of an image to PyTorch's order, [channels, height, width] instead of [height, width, channels]: the rows of a dense
    /// layer's weights, and the parameters of layers that have one for each value.
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

    /// <summary>Returns the index here of the element with an index in the file.</summary>
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

/// <summary>The names and axis orders of the tensors in a file.</summary>
public enum TensorNaming
{
    /// <summary>The library's names and orders: "dense1.weight" is [in, out].</summary>
    Native,

    /// <summary>
    /// PyTorch's names and orders for the state of a <c>torch.nn.Sequential</c>: "0.weight" is [out, in]. The activation of a dense layer counts
    /// as a separate module, as in PyTorch. Kernels are [out, in, height, width]. Parameters that belong to the values of an image [height,
    /// width, channels], such as the weights of the dense layer after a flatten, are in the order [channels, height, width]. A dense layer whose
    /// input is an image from the layer before it counts as two modules, the first of which is a flatten.
    /// </summary>
    PyTorch,
}
