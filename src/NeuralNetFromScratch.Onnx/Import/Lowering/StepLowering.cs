namespace NeuralNetFromScratch.Onnx;

/// <summary>Makes layers of segments that hold nothing but steps.</summary>
internal static class StepLowering
{
    /// <summary>An activation is written in so many segments at most.</summary>
    private const int LongestActivation = 3;

    /// <summary>Adds the layers of segments one after another.</summary>
    /// <param name="layers">Receives the layers.</param>
    /// <param name="segments">The segments.</param>
    /// <param name="mostValues">Most values of one layer of steps.</param>
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

    /// <summary>A vector added to what a dense layer without a bias gives is its bias.</summary>
    private static bool AddBias(LayerList layers, Segment segment)
    {
        if (layers.Last is not ({ } last, { } values) || last is not Dense { HasBias: false } dense || Constant(segment, "Add") is not { } bias || (bias.Length != 1 && bias.Length != dense.Units))
            return false;
        float[] biases = bias.Length == dense.Units ? bias : [.. Enumerable.Repeat(bias[0], dense.Units)];
        layers.Replace(new Dense(dense.Units, null, Initializer.Zeros), values[0], biases);
        return true;
    }

    /// <summary>The layer of the library that the next segments are, and how many; null if they are none.</summary>
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

    /// <summary>The constant of a segment that is one step of a value and a constant, in this order unless it does not matter.</summary>
    private static float[]? Constant(Segment segment, string step)
    {
        if (segment.Nodes is not [{ Operands: [var first, var second] } only] || only.Step != step || only.Length != segment.From.Length)
            return null;
        return first.Node == segment.From ? second.Numbers : step is "Add" or "Mul" && second.Node == segment.From ? first.Numbers : null;
    }
}
