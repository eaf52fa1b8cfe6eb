namespace NeuralNetFromScratch.Onnx;

/// <summary>The type of the elements of a value.</summary>
internal enum ElementKind
{
    /// <summary>Floating-point numbers of any precision.</summary>
    Number,

    /// <summary>Integers.</summary>
    Integer,

    /// <summary>Boolean values, as 1 and 0.</summary>
    Truth,

    /// <summary>Strings.</summary>
    Text,
}

/// <summary>
/// A value of a graph: a tensor that depends on the input, or a constant. A tensor that depends on the input has at most one batch axis, which
/// <see cref="Sizes"/> omits, so that sizes and computations are those of one sample.
/// </summary>
internal sealed class Value
{
    public required ElementKind Kind { get; init; }

    /// <summary>The sizes without the batch axis.</summary>
    public required int[] Sizes { get; init; }

    /// <summary>The index of the batch axis; −1 for none.</summary>
    public int SampleAxis { get; init; } = -1;

    /// <summary>The elements of one sample in row-major order; null for constant integers, Boolean values and strings.</summary>
    public Operand? Elements { get; init; }

    /// <summary>The elements of constant integers and Boolean values, which can depend on the number of samples; otherwise null.</summary>
    public Extent[]? Integers { get; init; }

    /// <summary>The elements of constant strings.</summary>
    public string[]? Texts { get; init; }

    public bool IsConstant => Elements is not { Node: not null };

    public int Length => Sizes.Aggregate(1, (product, size) => product * size);

    /// <summary>The number of axes, including the batch axis.</summary>
    public int Rank => Sizes.Length + (SampleAxis >= 0 ? 1 : 0);

    public static Value OfIntegers(int[] sizes, Extent[] elements, ElementKind kind = ElementKind.Integer) => new() { Kind = kind, Sizes = sizes, Integers = elements };

    public static Value OfNumbers(int[] sizes, float[] elements) => new() { Kind = ElementKind.Number, Sizes = sizes, Elements = new(elements) };

    /// <summary>Returns the same elements in another shape.</summary>
    public Value WithShape(int[] sizes, int sampleAxis) => new()
    {
        Kind = Kind, Sizes = sizes, SampleAxis = sampleAxis, Elements = Elements, Integers = Integers, Texts = Texts,
    };

    /// <summary>Returns other elements in the same shape.</summary>
    public Value WithElements(Operand elements, ElementKind kind) => new() { Kind = kind, Sizes = Sizes, SampleAxis = SampleAxis, Elements = elements };

    /// <summary>The sizes, including the batch axis with the number of samples.</summary>
    public Extent[] FullSizes()
    {
        List<Extent> sizes = [.. Sizes.Select(size => new Extent(size))];
        if (SampleAxis >= 0)
            sizes.Insert(SampleAxis, Extent.Samples);
        return [.. sizes];
    }

    /// <summary>Returns the sizes as text, for example [batch, 3, 4].</summary>
    public override string ToString() => $"[{string.Join(", ", FullSizes())}]";
}

/// <summary>Elements: the output of a node, or constant numbers.</summary>
internal sealed class Operand
{
    public Operand(GraphNode node) => (Node, Length) = (node, node.Length);

    public Operand(float[] numbers) => (Numbers, Length) = (numbers, numbers.Length);

    public GraphNode? Node { get; }

    public float[]? Numbers { get; }

    public int Length { get; }
}

/// <summary>An integer that can depend on the number of samples: <c>Fixed + PerSample · samples</c>.</summary>
internal readonly record struct Extent(long Fixed, long PerSample = 0)
{
    public static Extent Samples { get; } = new(0, 1);

    public bool IsFixed => PerSample == 0;

    public static Extent operator +(Extent left, Extent right) => checked(new(left.Fixed + right.Fixed, left.PerSample + right.PerSample));

    public static Extent operator -(Extent left, Extent right) => checked(new(left.Fixed - right.Fixed, left.PerSample - right.PerSample));

    /// <summary>Returns the product; null if it contains the square of the number of samples.</summary>
    public static Extent? Multiply(Extent left, Extent right) => left.IsFixed
        ? checked(new Extent(left.Fixed * right.Fixed, left.Fixed * right.PerSample))
        : right.IsFixed ? Multiply(right, left) : null;

    /// <summary>Returns the integer quotient; null if it is unknown.</summary>
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

/// <summary>A node of the traced graph: the input, a step, or a layer of the library with the values of its parameters.</summary>
internal sealed class GraphNode
{
    /// <summary>The number of the node; its inputs have lower numbers.</summary>
    public required int Number { get; init; }

    /// <summary>The node of the model; null for the input.</summary>
    public Operation? Source { get; init; }

    /// <summary>The inputs, including constants of steps.</summary>
    public IReadOnlyList<Operand> Operands { get; init; } = [];

    /// <summary>The name of the step; null for a layer and for the input.</summary>
    public string? Step { get; init; }

    public float[] Numbers { get; init; } = [];

    public int[] Sizes { get; init; } = [];

    /// <summary>The layer; null for a step and for the input.</summary>
    public Layer? Layer { get; init; }

    /// <summary>The input shape of the layer; null for any.</summary>
    public Shape? InputShape { get; init; }

    /// <summary>The values of the layer's parameters.</summary>
    public float[][] Values { get; init; } = [];

    /// <summary>The number of outputs for a sample.</summary>
    public required int Length { get; init; }

    /// <summary>The nodes of the inputs.</summary>
    public IEnumerable<GraphNode> Inputs => Operands.Select(operand => operand.Node).OfType<GraphNode>();
}
