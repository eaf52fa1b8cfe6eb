namespace NeuralNetFromScratch.Onnx;

/// <summary>Converts segments that contain only steps to layers.</summary>
internal static class StepLowering
{
    /// <summary>The maximum number of segments of an activation.</summary>
    private const int LongestActivation = 3;

    /// <summary>Adds the layers of segments in order.</summary>
    /// <param name="layers">Receives the layers.</param>
    /// <param name="segments">The segments.</param>
    /// <param name="mostValues">The maximum number of values of one layer of steps.</param>
    public static void Add(LayerList layers, List<Segment> segments, int mostValues)
    {
        int next = segments.Count > 0 && AddBias(layers, segments[0]) ? 1 : 0, first = next;
        long values = 0;
        while (next < segments.Count)
        {
            (Layer? layer, float[][] parameters, int count) = Find(segments, next);
            if (layer is null)
            {
                values += segments[next].Nodes.Sum(node => (long)node.Length);
                next++;
                if (values > mostValues)
                {
                    AddProgram(layers, segments[first..next]);
                    (first, values) = (next, 0);
                }

                continue;
            }

            AddProgram(layers, segments[first..next]);
            if (!AddActivation(layers, layer))
                layers.Add(segments[next].To.Source, layer, parameters);
            next += count;
            (first, values) = (next, 0);
        }

        AddProgram(layers, segments[first..next]);
    }

    private static void AddProgram(LayerList layers, List<Segment> segments)
    {
        if (segments.Count == 0)
            return;
        (OperatorLayer layer, float[][] values) = ProgramBuilder.Build([segments[0].From], segments.SelectMany(segment => segment.Nodes), [segments[^1].To]);
        layers.Add(segments[^1].To.Source, layer, values);
    }

    /// <summary>Fuses an addition after a dense layer or convolution without a bias into its bias.</summary>
    private static bool AddBias(LayerList layers, Segment segment)
    {
        if (layers.Last is not ({ } last, { } values) || last is not (Dense { HasBias: false } or Conv2D { HasBias: false }) || Constant(segment, "Add") is not { } bias)
            return false;
        int units = last is Dense dense ? dense.Units : ((Conv2D)last).Channels;
        if (bias.Length % units != 0 && bias.Length != 1)
            return false;
        float[] biases = bias.Length == 1 ? [.. Enumerable.Repeat(bias[0], units)] : bias[..units];
        for (int i = 0; i < bias.Length; i++)
        {
            if (!bias[i].Equals(biases[i % units]))
                return false;
        }

        layers.Replace(last is Conv2D convolution ? ImageImports.With(convolution, hasBias: true) : new Dense(units, null, Initializer.Zeros), values[0], biases);
        return true;
    }

    /// <summary>Fuses an activation into the convolution before it.</summary>
    private static bool AddActivation(LayerList layers, Layer layer)
    {
        if (layer is not ActivationLayer { Activation: var activation } || layers.Last is not (Conv2D convolution, { } values) || !convolution.Activation.Equals(Activation.Identity))
            return false;
        layers.Replace(ImageImports.With(convolution, convolution.HasBias, activation), values);
        return true;
    }

    /// <summary>Returns the layer of the library that the next segments match, and their number; null for no match.</summary>
    private static (Layer? Layer, float[][] Values, int Count) Find(List<Segment> segments, int next)
    {
        Segment segment = segments[next];
        int length = segment.From.Length;
        float[]? following = next + 1 < segments.Count ? Constant(segments[next + 1], "Add") : null;
        if (Constant(segment, "Mul") is { Length: > 1 } scale && scale.Length == length && following is { } shift && shift.Length == length)
            return (new ScaleShift(), [scale, shift], 2);
        if (Constant(segment, "Sub") is { Length: > 1 } mean && mean.Length == length && next + 1 < segments.Count && Constant(segments[next + 1], "Div") is { } deviation
            && deviation.Length == length && Array.TrueForAll(deviation, value => value > 0 && float.IsFinite(value)))
            return (new Standardization(length), [mean, deviation], 2);
        for (int count = Math.Min(LongestActivation, segments.Count - next); count > 0; count--)
        {
            if (ActivationPatterns.Find(segment.From, segments[next + count - 1].To) is { } activation)
                return (new ActivationLayer(activation), [], count);
        }

        return (null, [], 0);
    }

    /// <summary>Returns the constant operand of a segment with a single step, in this order if the step is not commutative.</summary>
    private static float[]? Constant(Segment segment, string step)
    {
        if (segment.Nodes is not [{ Operands: [var first, var second] } only] || only.Step != step || only.Length != segment.From.Length)
            return null;
        return first.Node == segment.From ? second.Numbers : step is "Add" or "Mul" && second.Node == segment.From ? first.Numbers : null;
    }
}
