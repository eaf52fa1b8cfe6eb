namespace NeuralNetFromScratch.Onnx;

/// <summary>A layer of a network that is exported.</summary>
/// <param name="graph">The graph.</param>
/// <param name="parameters">The network's parameters.</param>
/// <param name="first">The index of the layer's first parameter.</param>
/// <param name="node">The node of the layer in its chain.</param>
/// <param name="name">The name in the network, for example "residual1.dense2".</param>
internal sealed class ExportedLayer(GraphBuilder graph, ParameterStore parameters, int first, ChainNode node, string name)
{
    public GraphBuilder Graph => graph;

    public string Name => name;

    public Layer Layer => node.Layer;

    /// <summary>The shape of one sample at the input.</summary>
    public Shape InputShape => node.InputShape;

    public int BranchCount => node.Branches.Length;

    /// <summary>Adds a chain of layers within this one.</summary>
    /// <param name="number">The index of the branch.</param>
    /// <param name="value">The input of the first layer.</param>
    public ExportedValue Branch(int number, ExportedValue value) => LayerExport.Add(graph, parameters, first + node.BranchParameters[number], node.Branches[number], name + ".", value);

    /// <summary>Adds layers that replace this one and have its parameters.</summary>
    public ExportedValue Composed(IReadOnlyList<Layer> layers, ExportedValue value)
    {
        var chain = new Chain(node.InputShape, layers);
        bool fits = chain.OutputShape.ElementCount == node.OutputShape.ElementCount && chain.Parameters.Count == node.ParameterCount;
        for (int i = 0; fits && i < chain.Parameters.Count; i++)
            fits = chain.Parameters[i].Shape.ElementCount == parameters[first + i].Shape.ElementCount;
        return fits
            ? LayerExport.Add(graph, parameters, first, chain, name + ".", value)
            : throw new NotSupportedException($"{name}: the layer \"{node.Layer}\" cannot be exported: its output or parameters differ from those of the layers of its {nameof(IComposedOf)}");
    }

    /// <summary>Adds a parameter in its original shape.</summary>
    public string Parameter(string parameter)
    {
        Parameter found = Find(parameter);
        return graph.Constant(found.Name, found.Shape.Dimensions, found.Values);
    }

    /// <summary>Adds a parameter as a vector, since samples are vectors within the graph.</summary>
    public string Vector(string parameter)
    {
        Parameter found = Find(parameter);
        return graph.Constant(found.Name, [found.Shape.ElementCount], found.Values);
    }

    /// <summary>Adds a parameter with a value for each element of another value, in its order.</summary>
    public string Like(ExportedValue value, string parameter)
    {
        if (value.Image is not { } image)
            return Vector(parameter);
        Parameter found = Find(parameter);
        return graph.Constant(found.Name, [image.Channels, image.Height, image.Width], Turned(found.Values, image, 1));
    }

    /// <summary>Adds a parameter [features, units] with its rows in channels-first order.</summary>
    public string TurnedRows(string parameter, ImageShape image)
    {
        Parameter found = Find(parameter);
        return graph.Constant(found.Name, found.Shape.Dimensions, Turned(found.Values, image, found.Shape[1]));
    }

    /// <summary>Adds a parameter [height, width, channels, filters] as [filters, channels, height, width].</summary>
    public string Kernel(string parameter)
    {
        Parameter found = Find(parameter);
        (int taps, int channels, int filters) = (found.Shape[0] * found.Shape[1], found.Shape[2], found.Shape[3]);
        float[] turned = new float[found.Values.Length];
        for (int i = 0; i < turned.Length; i++)
            turned[i] = found.Values[(i % taps * channels + i / taps % channels) * filters + i / taps / channels];
        return graph.Constant(found.Name, [filters, channels, found.Shape[0], found.Shape[1]], turned);
    }

    /// <summary>Returns the number of values of a parameter.</summary>
    public int Length(string parameter) => Find(parameter).Shape.ElementCount;

    /// <summary>Adds a part of a parameter's values as one row.</summary>
    public string Row(string parameter, int start, int length) => graph.Constant(
        FormattableString.Invariant($"{name}.{parameter}.{start}"), [1, length], Find(parameter).Values.Slice(start, length));

    /// <summary>Adds a constant vector instead of a parameter that the layer does not have.</summary>
    /// <param name="parameter">The parameter's name.</param>
    /// <param name="like">A parameter of the same length.</param>
    /// <param name="value">The value.</param>
    public string Filled(string parameter, string like, float value)
    {
        var values = new float[Length(like)];
        Array.Fill(values, value);
        return graph.Constant($"{name}.{parameter}", [values.Length], values);
    }

    /// <summary>Returns rows for (position, channel) in the order (channel, position).</summary>
    private static float[] Turned(ReadOnlySpan<float> values, ImageShape image, int length)
    {
        float[] turned = new float[values.Length];
        int places = image.Height * image.Width, row = 0;
        for (int channel = 0; channel < image.Channels; channel++)
        {
            for (int place = 0; place < places; place++, row++)
                values.Slice((place * image.Channels + channel) * length, length).CopyTo(turned.AsSpan(row * length));
        }

        return turned;
    }

    private Parameter Find(string parameter)
    {
        IReadOnlyList<ParameterDefinition> definitions = node.Layer.Parameters(node.InputShape);
        for (int i = 0; i < definitions.Count; i++)
        {
            if (definitions[i].Name == parameter)
                return parameters[first + i];
        }

        throw new KeyNotFoundException($"{name} has no parameter \"{parameter}\"");
    }
}
