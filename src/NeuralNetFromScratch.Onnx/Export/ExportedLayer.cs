namespace NeuralNetFromScratch.Onnx;

/// <summary>A layer at its place in a network that is exported.</summary>
/// <param name="graph">The graph.</param>
/// <param name="parameters">The network's parameters.</param>
/// <param name="first">The number of the layer's first parameter among them.</param>
/// <param name="node">The layer's place in its chain.</param>
/// <param name="name">Its name in the network: "residual1.dense2".</param>
internal sealed class ExportedLayer(GraphBuilder graph, ParameterStore parameters, int first, ChainNode node, string name)
{
    public GraphBuilder Graph => graph;

    public string Name => name;

    public Layer Layer => node.Layer;

    /// <summary>The shape of one sample at the input.</summary>
    public Shape InputShape => node.InputShape;

    public int BranchCount => node.Branches.Length;

    /// <summary>Adds a chain of layers within this one.</summary>
    /// <param name="number">The number of the branch.</param>
    /// <param name="value">What its first layer takes.</param>
    public ExportedValue Branch(int number, ExportedValue value) => LayerExport.Add(graph, parameters, first + node.BranchParameters[number], node.Branches[number], name + ".", value);

    /// <summary>Adds layers in the place of this one, which have its parameters.</summary>
    public ExportedValue Composed(IReadOnlyList<Layer> layers, ExportedValue value)
    {
        var chain = new Chain(node.InputShape, layers);
        bool fits = chain.OutputShape.ElementCount == node.OutputShape.ElementCount && chain.Parameters.Count == node.ParameterCount;
        for (int i = 0; fits && i < chain.Parameters.Count; i++)
            fits = chain.Parameters[i].Shape.ElementCount == parameters[first + i].Shape.ElementCount;
        return fits
            ? LayerExport.Add(graph, parameters, first, chain, name + ".", value)
            : throw new NotSupportedException($"{name}: the layer \"{node.Layer}\" cannot be exported: its output or its parameters are not those of the layers that it says it is composed of");
    }

    /// <summary>A parameter in its own shape.</summary>
    public string Parameter(string parameter)
    {
        Parameter found = Find(parameter);
        return graph.Constant(found.Name, found.Shape.Dimensions, found.Values);
    }

    /// <summary>A parameter as a vector: samples are vectors within the graph, whatever their shape outside.</summary>
    public string Vector(string parameter)
    {
        Parameter found = Find(parameter);
        return graph.Constant(found.Name, [found.Shape.ElementCount], found.Values);
    }

    /// <summary>A parameter that has a value for each element of another value, in its order.</summary>
    public string Like(ExportedValue value, string parameter)
    {
        if (value.Picture is not { } picture)
            return Vector(parameter);
        Parameter found = Find(parameter);
        return graph.Constant(found.Name, [picture.Channels, picture.Height, picture.Width], Turned(found.Values, picture, 1));
    }

    /// <summary>A parameter [features, units] with its rows in the order of pictures whose channels come first.</summary>
    public string TurnedRows(string parameter, PictureShape picture)
    {
        Parameter found = Find(parameter);
        return graph.Constant(found.Name, found.Shape.Dimensions, Turned(found.Values, picture, found.Shape[1]));
    }

    /// <summary>A parameter [height, width, channels, filters] with filters and channels first.</summary>
    public string Kernel(string parameter)
    {
        Parameter found = Find(parameter);
        (int taps, int channels, int filters) = (found.Shape[0] * found.Shape[1], found.Shape[2], found.Shape[3]);
        float[] turned = new float[found.Values.Length];
        for (int i = 0; i < turned.Length; i++)
            turned[i] = found.Values[(i % taps * channels + i / taps % channels) * filters + i / taps / channels];
        return graph.Constant(found.Name, [filters, channels, found.Shape[0], found.Shape[1]], turned);
    }

    /// <summary>How many values a parameter has.</summary>
    public int Length(string parameter) => Find(parameter).Shape.ElementCount;

    /// <summary>A part of a parameter's values as one row.</summary>
    public string Row(string parameter, int start, int length) => graph.Constant(
        FormattableString.Invariant($"{name}.{parameter}.{start}"), [1, length], Find(parameter).Values.Slice(start, length));

    /// <summary>A vector of one value, in the place of a parameter that the layer does not have.</summary>
    /// <param name="parameter">The parameter's name.</param>
    /// <param name="like">A parameter of the same length.</param>
    /// <param name="value">The value.</param>
    public string Filled(string parameter, string like, float value)
    {
        var values = new float[Length(like)];
        Array.Fill(values, value);
        return graph.Constant($"{name}.{parameter}", [values.Length], values);
    }

    /// <summary>Rows of a picture's places and channels in the order of its channels and places.</summary>
    private static float[] Turned(ReadOnlySpan<float> values, PictureShape picture, int length)
    {
        float[] turned = new float[values.Length];
        int places = picture.Height * picture.Width, row = 0;
        for (int channel = 0; channel < picture.Channels; channel++)
        {
            for (int place = 0; place < places; place++, row++)
                values.Slice((place * picture.Channels + channel) * length, length).CopyTo(turned.AsSpan(row * length));
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
