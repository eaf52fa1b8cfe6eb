namespace NeuralNetFromScratch.Onnx;

/// <summary>Axes, broadcasting and permutation of values.</summary>
internal static class Arrangement
{
    /// <summary>Broadcasts values to one shape as NumPy does.</summary>
    /// <param name="tracer">Receives the steps.</param>
    /// <param name="operation">The node.</param>
    /// <param name="values">The values.</param>
    /// <returns>The shape, and the elements of each value: those of the shape, or a single one.</returns>
    public static (int[] Sizes, int SampleAxis, Operand[] Elements) Broadcast(Tracer tracer, Operation operation, params Value[] values)
    {
        (int[] sizes, int sampleAxis, int[][] aligned) = CommonShape(operation, values);
        return (sizes, sampleAxis, [.. values.Select((value, i) => Expand(tracer, operation, value.Elements!, aligned[i], sizes))]);
    }

    /// <summary>Returns the common shape of values, and the sizes of each value with the same number of axes.</summary>
    public static (int[] Sizes, int SampleAxis, int[][] Aligned) CommonShape(Operation operation, params Value[] values)
    {
        int rank = values.Max(value => value.Rank), sampleAxis = -1;
        foreach (Value value in values.Where(value => value.SampleAxis >= 0))
        {
            int axis = value.SampleAxis + rank - value.Rank;
            if (sampleAxis >= 0 && axis != sampleAxis)
                throw operation.Refuse($"mixes samples: shapes {string.Join(" and ", values.Select(other => other.ToString()))}");
            sampleAxis = axis;
        }

        int[][] aligned = [.. values.Select(value => Aligned(operation, value, rank, sampleAxis))];
        int[] sizes = new int[sampleAxis >= 0 ? rank - 1 : rank];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            sizes[axis] = 1;
            foreach (int[] other in aligned)
            {
                if (other[axis] != 1 && sizes[axis] != 1 && other[axis] != sizes[axis])
                    throw operation.Refuse($"the shapes {string.Join(" and ", values.Select(value => value.ToString()))} are not compatible");
                sizes[axis] = other[axis] == 1 ? sizes[axis] : other[axis];
            }
        }

        _ = ShapeImports.Length(operation, sizes);
        return (sizes, sampleAxis, aligned);
    }

    /// <summary>Repeats elements along axes of size 1. A single element is not repeated.</summary>
    public static Operand Expand(Tracer tracer, Operation operation, Operand elements, int[] from, int[] to)
    {
        if (elements.Length == 1 || from.SequenceEqual(to))
            return elements;
        int[] strides = Strides(from);
        for (int axis = 0; axis < to.Length; axis++)
            strides[axis] = from[axis] == 1 ? 0 : strides[axis];
        return View(tracer, operation, elements, 0, to, strides);
    }

    /// <summary>Permutes elements, with contiguous neighboring axes merged.</summary>
    public static Operand View(Tracer tracer, Operation operation, Operand elements, int offset, int[] sizes, int[] strides)
    {
        var merged = new List<(int Size, int Stride)>();
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (sizes[axis] == 1)
                continue;
            if (merged is [.., var last] && last.Stride == (long)strides[axis] * sizes[axis])
                merged[^1] = (last.Size * sizes[axis], strides[axis]);
            else
                merged.Add((sizes[axis], strides[axis]));
        }

        if (offset == 0 && (merged.Count == 0 ? elements.Length == 1 : merged is [(var only, 1)] && only == elements.Length))
            return elements;
        return tracer.Step(operation, "View", [elements], sizes: [offset, .. merged.Select(axis => axis.Size), .. merged.Select(axis => axis.Stride)]);
    }

    /// <summary>Permutes the elements of a value: <c>y[i₁, …] = x[offset + Σ iⱼ·strideⱼ]</c>, within a sample.</summary>
    public static Value View(Tracer tracer, Operation operation, Value x, int offset, int[] sizes, int[] strides, int sampleAxis)
    {
        int length = ShapeImports.Length(operation, sizes);
        if (length == 0)
            throw operation.Refuse("has an empty result");
        if (x.Elements is { } elements)
            return new Value { Kind = x.Kind, Sizes = sizes, SampleAxis = sampleAxis, Elements = View(tracer, operation, elements, offset, sizes, strides) };
        tracer.Budget.Spend(operation, length);
        int[] places = new int[length];
        for (int i = 0; i < length; i++)
        {
            places[i] = offset;
            for (int axis = sizes.Length - 1, rest = i; axis >= 0; rest /= sizes[axis--])
                places[i] += rest % sizes[axis] * strides[axis];
        }

        return Constants(x, sizes, places);
    }

    /// <summary>Selects positions along an axis of a value: <c>y[o, n, i] = x[o, placeₙ, i]</c>, within a sample.</summary>
    public static Value Pick(Tracer tracer, Operation operation, Value x, int axis, int[] places, int[] newSizes)
    {
        if (Array.Exists(places, place => place < 0 || place >= x.Sizes[axis]))
            throw operation.Refuse($"has an index out of range along axis {axis} of {x}");
        int[] sizes = [.. x.Sizes[..axis], .. newSizes, .. x.Sizes[(axis + 1)..]];
        int sampleAxis = x.SampleAxis > axis ? x.SampleAxis + newSizes.Length - 1 : x.SampleAxis;
        int step = places.Length > 1 ? places[1] - places[0] : 1;
        int[] strides = Strides(x.Sizes);
        if (places.Length == 0)
            throw operation.Refuse("has an empty result");
        if (Enumerable.Range(1, places.Length - 1).All(i => places[i] - places[i - 1] == step))
        {
            Value view = View(
                tracer, operation, x, places[0] * strides[axis], [.. x.Sizes[..axis], places.Length, .. x.Sizes[(axis + 1)..]],
                [.. strides[..axis], step * strides[axis], .. strides[(axis + 1)..]], x.SampleAxis);
            return view.WithShape(sizes, sampleAxis);
        }

        int[] around = Around(x.Sizes, axis);
        if (x.Elements is { } elements)
            return new Value { Kind = x.Kind, Sizes = sizes, SampleAxis = sampleAxis, Elements = tracer.Step(operation, "Pick", [elements], sizes: [.. around, .. places]) };
        tracer.Budget.Spend(operation, ShapeImports.Length(operation, sizes));
        int inner = around[2];
        return Constants(x, sizes, [.. Enumerable.Range(0, around[0] * places.Length * inner).Select(i => ((i / inner / places.Length * around[1]) + places[i / inner % places.Length]) * inner + i % inner)]);
    }

    /// <summary>Returns the stride of each axis.</summary>
    public static int[] Strides(int[] sizes)
    {
        int[] strides = new int[sizes.Length];
        for (int axis = sizes.Length - 1, stride = 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= sizes[axis];
        }

        return strides;
    }

    /// <summary>Returns the index of an axis that can be counted from the end.</summary>
    /// <exception cref="InvalidDataException">The axis is out of range.</exception>
    public static int Axis(Operation operation, long axis, int rank) =>
        axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis) : throw operation.Refuse(FormattableString.Invariant($"axis {axis} is out of range for {rank} axes"));

    /// <summary>Returns the index of an axis within a sample.</summary>
    /// <exception cref="InvalidDataException">The axis is the batch axis, or out of range.</exception>
    public static int InSample(Operation operation, long axis, Value value)
    {
        int number = Axis(operation, axis, value.Rank);
        return number == value.SampleAxis
            ? throw operation.Refuse($"computes along axis {number} of {value}, the batch axis; a network processes each sample separately")
            : value.SampleAxis >= 0 && number > value.SampleAxis ? number - 1 : number;
    }

    /// <summary>Returns the product of the sizes before an axis, its size, and the product of the sizes after it.</summary>
    public static int[] Around(int[] sizes, int axis, int axes = 1) =>
        [sizes[..axis].Aggregate(1, (product, size) => product * size), sizes[axis..(axis + axes)].Aggregate(1, (product, size) => product * size), sizes[(axis + axes)..].Aggregate(1, (product, size) => product * size)];

    /// <summary>Returns the sizes within a sample, with a given number of axes.</summary>
    private static int[] Aligned(Operation operation, Value value, int rank, int sampleAxis)
    {
        List<int> full = [.. Enumerable.Repeat(1, rank - value.Rank), .. value.Sizes];
        if (sampleAxis < 0 || value.SampleAxis >= 0)
            return [.. full];
        if (full[sampleAxis] != 1)
            throw operation.Refuse($"a constant of shape {value} has different values for each sample");
        full.RemoveAt(sampleAxis);
        return [.. full];
    }

    /// <summary>Selects elements of constant integers or strings.</summary>
    private static Value Constants(Value x, int[] sizes, int[] places) => new()
    {
        Kind = x.Kind,
        Sizes = sizes,
        Integers = x.Integers is { } integers ? Array.ConvertAll(places, place => integers[place]) : null,
        Texts = x.Texts is { } texts ? Array.ConvertAll(places, place => texts[place]) : null,
    };
}
