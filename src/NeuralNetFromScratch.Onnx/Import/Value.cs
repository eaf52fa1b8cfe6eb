namespace NeuralNetFromScratch.Onnx;

/// <summary>What the elements of a value are.</summary>
internal enum ElementKind
{
    /// <summary>Floats, of whatever width they are in the file.</summary>
    Number,

    /// <summary>Whole numbers.</summary>
    Integer,

    /// <summary>True and false, as 1 and 0.</summary>
    Truth,

    /// <summary>Texts.</summary>
    Text,
}

/// <summary>
/// A value of a graph: a tensor that is computed from the input, or one that is constant. Tensors from the input have at most one axis of
/// samples, which is left out of <see cref="Sizes"/>, so that sizes, and all computing, are those of one sample.
/// </summary>
internal sealed class Value
{
    public required ElementKind Kind { get; init; }

    /// <summary>The sizes without the axis of samples.</summary>
    public required int[] Sizes { get; init; }

    /// <summary>Which axis is that of samples; −1 where there is none.</summary>
    public int SampleAxis { get; init; } = -1;

    /// <summary>The elements in row-major order, of one sample; null for whole numbers, truths and texts that are constant.</summary>
    public Operand? Elements { get; init; }

    /// <summary>The elements of constant whole numbers and truths, which may depend on the number of samples; null for all else.</summary>
    public Extent[]? Integers { get; init; }

    /// <summary>The elements of constant texts.</summary>
    public string[]? Texts { get; init; }

    public bool IsConstant => Elements is not { Node: not null };

    public int Length => Sizes.Aggregate(1, (product, size) => product * size);

    /// <summary>The number of axes, that of samples included.</summary>
    public int Rank => Sizes.Length + (SampleAxis >= 0 ? 1 : 0);

    public static Value OfIntegers(int[] sizes, Extent[] elements, ElementKind kind = ElementKind.Integer) => new() { Kind = kind, Sizes = sizes, Integers = elements };

    public static Value OfNumbers(int[] sizes, float[] elements) => new() { Kind = ElementKind.Number, Sizes = sizes, Elements = new(elements) };

    /// <summary>The same elements in another shape.</summary>
    public Value WithShape(int[] sizes, int sampleAxis) => new()
    {
        Kind = Kind, Sizes = sizes, SampleAxis = sampleAxis, Elements = Elements, Integers = Integers, Texts = Texts,
    };

    /// <summary>Other elements in the same shape.</summary>
    public Value WithElements(Operand elements, ElementKind kind) => new() { Kind = kind, Sizes = Sizes, SampleAxis = SampleAxis, Elements = elements };

    /// <summary>The sizes with the axis of samples as the number of samples.</summary>
    public Extent[] FullSizes()
    {
        List<Extent> sizes = [.. Sizes.Select(size => new Extent(size))];
        if (SampleAxis >= 0)
            sizes.Insert(SampleAxis, Extent.Samples);
        return [.. sizes];
    }

    /// <summary>The sizes in words: [batch, 3, 4].</summary>
    public override string ToString() => $"[{string.Join(", ", FullSizes())}]";
}

/// <summary>Elements: what a node gives, or constant numbers.</summary>
internal sealed class Operand
{
    public Operand(GraphNode node) => (Node, Length) = (node, node.Length);

    public Operand(float[] numbers) => (Numbers, Length) = (numbers, numbers.Length);

    public GraphNode? Node { get; }

    public float[]? Numbers { get; }

    public int Length { get; }
}

/// <summary>A whole number that may depend on the number of samples: <c>Fixed + PerSample · samples</c>.</summary>
internal readonly record struct Extent(long Fixed, long PerSample = 0)
{
    public static Extent Samples { get; } = new(0, 1);

    public bool IsFixed => PerSample == 0;

    public static Extent operator +(Extent left, Extent right) => checked(new(left.Fixed + right.Fixed, left.PerSample + right.PerSample));

    public static Extent operator -(Extent left, Extent right) => checked(new(left.Fixed - right.Fixed, left.PerSample - right.PerSample));

    /// <summary>The product; null where it would hold the square of the number of samples.</summary>
    public static Extent? Multiply(Extent left, Extent right) => left.IsFixed
        ? checked(new Extent(left.Fixed * right.Fixed, left.Fixed * right.PerSample))
        : right.IsFixed ? Multiply(right, left) : null;

    /// <summary>The quotient without its fraction; null where it is not known.</summary>
    public static Extent? Divide(Extent left, Extent right)
    {
        if (left.IsFixed && right.IsFixed)
            return right.Fixed == 0 || (left.Fixed == long.MinValue && right.Fixed == -1) ? null : new Extent(left.Fixed / right.Fixed);
        if (right.IsFixed && right.Fixed > 0 && left.Fixed % right.Fixed == 0 && left.PerSample % right.Fixed == 0)
            return new Extent(left.Fixed / right.Fixed, left.PerSample / right.Fixed);
        // [6 · samples] / [samples]
        return left.Fixed == 0 && right.Fixed == 0 && right.PerSample > 0 && left.PerSample % right.PerSample == 0 ? new Extent(left.PerSample / right.PerSample) : null;
    }

    public override string ToString() => FormattableString.Invariant($"{(IsFixed ? $"{Fixed}" : this == Samples ? "batch" : Fixed == 0 ? $"{PerSample}·batch" : $"{Fixed} + {PerSample}·batch")}");
}

/// <summary>One computation on the way from the input to the output: a step, or a layer of the library with its parameters' values.</summary>
internal sealed class GraphNode
{
    /// <summary>Its number; what it takes has lower ones.</summary>
    public required int Number { get; init; }

    /// <summary>The node of the model that it comes from; null for the input.</summary>
    public Operation? Source { get; init; }

    /// <summary>What it takes: of constants only those of steps.</summary>
    public IReadOnlyList<Operand> Operands { get; init; } = [];

    /// <summary>The name of the step that it is; null for a layer and for the input.</summary>
    public string? Step { get; init; }

    public float[] Numbers { get; init; } = [];

    public int[] Sizes { get; init; } = [];

    /// <summary>The layer that it is; null for a step and for the input.</summary>
    public Layer? Layer { get; init; }

    /// <summary>The shape of the samples that the layer takes; null where it takes any.</summary>
    public Shape? InputShape { get; init; }

    /// <summary>The values of the layer's parameters, in their order.</summary>
    public float[][] Values { get; init; } = [];

    /// <summary>How many values it gives for a sample.</summary>
    public required int Length { get; init; }

    /// <summary>The nodes that it takes.</summary>
    public IEnumerable<GraphNode> Inputs => Operands.Select(operand => operand.Node).OfType<GraphNode>();
}
