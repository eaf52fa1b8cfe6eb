namespace NeuralNetFromScratch.Onnx;

/// <summary>Operators that select, concatenate or permute elements.</summary>
internal static class ArrangementImports
{
    public static IEnumerable<(string Type, OperatorImport Import)> All =>
    [
        ("Concat", OperatorTable.One(Concat)),
        ("Split", Split),
        ("Slice", OperatorTable.One(Slice)),
        ("Gather", OperatorTable.One(Gather)),
        ("Transpose", OperatorTable.One(Transpose)),
        ("Expand", OperatorTable.One(Expand)),
        ("Tile", OperatorTable.One(Tile)),
        ("Pad", OperatorTable.One(PadImport.Read)),
        ("DepthToSpace", OperatorTable.One(DepthToSpace)),
        ("SpaceToDepth", OperatorTable.One(SpaceToDepth)),
        ("Upsample", OperatorTable.One(ResizeImport.Upsample)),
        ("Resize", OperatorTable.One(ResizeImport.Resize)),
    ];

    /// <summary>Concatenates values along an axis of a sample.</summary>
    public static Value Join(Tracer tracer, Operation operation, Value[] values, int axis)
    {
        Value first = Array.Find(values, value => value.SampleAxis >= 0) ?? values[0];
        foreach (Value value in values)
        {
            bool fits = value.Rank == first.Rank && value.SampleAxis == first.SampleAxis
                && Enumerable.Range(0, first.Sizes.Length).All(i => i == axis || value.Sizes[i] == first.Sizes[i]);
            if (!fits)
                throw operation.Refuse($"the shapes {string.Join(" and ", values.Select(other => other.ToString()))} are not compatible");
        }

        int[] sizes = [.. first.Sizes];
        sizes[axis] = ShapeImports.Size(operation, values.Sum(value => (long)value.Sizes[axis]));
        Operand[] elements = [.. values.Select(value => tracer.AsNumbers(operation, value).Elements!)];
        Operand joined = elements.Length == 1 ? elements[0] : tracer.Step(operation, "Join", elements, sizes: [Arrangement.Around(first.Sizes, axis)[0]]);
        return new Value { Kind = first.Kind, Sizes = sizes, SampleAxis = first.SampleAxis, Elements = joined };
    }

    /// <summary>Before version 4 the default axis is 1.</summary>
    private static Value Concat(Operation operation, Tracer tracer)
    {
        Value[] values = [.. Enumerable.Range(0, operation.InputCount).Select(i => tracer.Input(operation, i))];
        if (operation.Version >= 4 && !operation.HasAttribute("axis"))
            throw operation.Refuse("has no axis");
        if (values.Length == 0)
            throw operation.Refuse("has no input 0");
        Value first = Array.Find(values, value => value.SampleAxis >= 0) ?? values[0];
        if (Array.TrueForAll(values, value => value is { Integers: not null, Rank: 1 }))
        {
            Extent[] joined = [.. values.SelectMany(value => value.Integers!)];
            tracer.Budget.Spend(operation, joined.Length);
            return Value.OfIntegers([joined.Length], joined);
        }

        if (Array.Exists(values, value => value.Rank != first.Rank))
            throw operation.Refuse($"the shapes {string.Join(" and ", values.Select(other => other.ToString()))} are not compatible");
        return Join(tracer, operation, values, Arrangement.InSample(operation, operation.Integer("axis", 1), first));
    }

    /// <summary>The parts are equal or specified: by an attribute before version 13 (in version 1 also by an input), by an input since then.</summary>
    private static Value?[] Split(Operation operation, Tracer tracer)
    {
        Value x = tracer.Input(operation, 0);
        int axis = Arrangement.InSample(operation, operation.Integer("axis", 0), x), count = operation.Outputs.Count;
        long[] parts = operation.Version < 13 && operation.HasAttribute("split") ? [.. operation.Integers("split")]
            : operation.HasInput(1) ? tracer.Integers(operation, 1)
            : Equal(x.Sizes[axis], operation.Version >= 18 ? (int)operation.Integer("num_outputs", count) : count);
        if (parts.Any(part => part < 0) || parts.Sum() != x.Sizes[axis])
            throw operation.Refuse($"the sizes of its parts do not sum to {x.Sizes[axis]}, the size of axis {axis}");
        var values = new Value?[parts.Length];
        for (int i = 0, start = 0; i < parts.Length; start += (int)parts[i++])
            values[i] = parts[i] == 0 ? null : Cut(tracer, operation, x, axis, start, (int)parts[i], 1);
        return values;

        long[] Equal(int size, int into)
        {
            long part = into <= 0 ? throw operation.Refuse("has no outputs") : operation.Version >= 18 ? (size + into - 1) / into : size / into;
            return [.. Enumerable.Range(0, into).Select(i => i == into - 1 ? size - part * (into - 1) : part)];
        }
    }

    /// <summary>Selects positions along an axis with a step.</summary>
    private static Value Cut(Tracer tracer, Operation operation, Value x, int axis, int start, int count, int step)
    {
        int[] strides = Arrangement.Strides(x.Sizes), sizes = [.. x.Sizes];
        int offset = start * strides[axis];
        sizes[axis] = count;
        strides[axis] *= step;
        return Arrangement.View(tracer, operation, x, offset, sizes, strides, x.SampleAxis);
    }

    /// <summary>Starts, ends and axes are attributes before version 10, and inputs, with steps, since then.</summary>
    private static Value Slice(Operation operation, Tracer tracer)
    {
        Value x = tracer.Input(operation, 0);
        bool isOld = operation.Version < 10;
        Extent[] starts = isOld ? [.. operation.Integers("starts").Select(value => new Extent(value))] : tracer.Extents(operation, 1);
        Extent[] ends = isOld ? [.. operation.Integers("ends").Select(value => new Extent(value))] : tracer.Extents(operation, 2);
        long[] axes = isOld ? [.. operation.Integers("axes")] : operation.HasInput(3) ? tracer.Integers(operation, 3) : [];
        long[] steps = !isOld && operation.HasInput(4) ? tracer.Integers(operation, 4) : [.. Enumerable.Repeat(1L, starts.Length)];
        if (axes.Length == 0)
            axes = [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length || steps.Contains(0))
            throw operation.Refuse("its starts, ends, axes and steps have different lengths");
        for (int i = 0; i < starts.Length; i++)
        {
            int full = Arrangement.Axis(operation, axes[i], x.Rank);
            if (full == x.SampleAxis && steps[i] == 1 && starts[i] == new Extent(0) && (ends[i] == Extent.Samples || ends[i].Fixed >= int.MaxValue))
                continue;
            int axis = Arrangement.InSample(operation, axes[i], x), size = x.Sizes[axis];
            long step = steps[i], start = Bounded(tracer.Fixed(operation, starts[i])), end = Bounded(tracer.Fixed(operation, ends[i]));
            long count = step > 0 ? (end - start + step - 1) / step : (end - start + step + 1) / step;
            if (count <= 0 || step is < int.MinValue or > int.MaxValue)
                throw operation.Refuse("has an empty result");
            x = Cut(tracer, operation, x, axis, (int)start, (int)count, count == 1 ? 1 : (int)step);

            long Bounded(long place)
            {
                place = place < 0 ? place + size : place;
                return step > 0 ? Math.Clamp(place, 0, size) : Math.Clamp(place, -1, size - 1);
            }
        }

        return x;
    }

    private static Value Gather(Operation operation, Tracer tracer)
    {
        Value x = tracer.Input(operation, 0), indices = tracer.Input(operation, 1);
        if (indices.Integers is null)
            throw operation.Refuse("has indices that are computed at run time");
        int axis = Arrangement.InSample(operation, operation.Integer("axis", 0), x);
        int[] places = [.. tracer.Integers(operation, 1).Select(place => (int)Math.Clamp(place < 0 ? place + x.Sizes[axis] : place, -1, int.MaxValue))];
        return Arrangement.Pick(tracer, operation, x, axis, places, indices.Sizes);
    }

    private static Value Transpose(Operation operation, Tracer tracer)
    {
        Value x = tracer.Input(operation, 0);
        int[] order = [.. operation.HasAttribute("perm") ? operation.Integers("perm").Select(axis => (int)Math.Clamp(axis, -1, x.Rank)) : Enumerable.Range(0, x.Rank).Reverse()];
        if (!order.Order().SequenceEqual(Enumerable.Range(0, x.Rank)))
            throw operation.Refuse($"its axes are not a permutation of those of {x}");
        int sampleAxis = x.SampleAxis < 0 ? -1 : Array.IndexOf(order, x.SampleAxis);
        int[] axes = [.. order.Where(axis => axis != x.SampleAxis).Select(axis => x.SampleAxis >= 0 && axis > x.SampleAxis ? axis - 1 : axis)];
        int[] strides = Arrangement.Strides(x.Sizes);
        return Arrangement.View(tracer, operation, x, 0, [.. axes.Select(axis => x.Sizes[axis])], [.. axes.Select(axis => strides[axis])], sampleAxis);
    }

    private static Value Expand(Operation operation, Tracer tracer)
    {
        Value x = tracer.Numbers(operation, 0);
        Extent[] shape = tracer.Extents(operation, 1);
        // A placeholder with the requested shape, to broadcast the sizes of two values.
        int samples = x.SampleAxis < 0 ? -1 : x.SampleAxis - x.Rank + Math.Max(x.Rank, shape.Length);
        int first = Math.Max(x.Rank - shape.Length, 0);
        Extent[] full = [.. Enumerable.Repeat(new Extent(1), first), .. shape];
        if (samples >= 0 && full[samples] != Extent.Samples && tracer.Fixed(operation, full[samples]) is not 1 and var size && size != tracer.DeclaredSamples)
            throw operation.Refuse($"to [{string.Join(", ", shape)}] repeats the samples of {x}");
        int[] sizes = [.. full.Where((_, axis) => axis != samples).Select(extent => ShapeImports.Size(operation, tracer.Fixed(operation, extent)))];
        int[] from = [.. Enumerable.Repeat(1, sizes.Length - x.Sizes.Length), .. x.Sizes];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (from[axis] != sizes[axis] && from[axis] != 1 && sizes[axis] != 1)
                throw operation.Refuse($"the shape {x} cannot be expanded to [{string.Join(", ", shape)}]");
            sizes[axis] = Math.Max(from[axis], sizes[axis]);
        }

        int[] strides = Arrangement.Strides(from);
        return Arrangement.View(tracer, operation, x, 0, sizes, [.. strides.Select((stride, axis) => from[axis] == 1 ? 0 : stride)], samples);
    }

    /// <summary>One axis is repeated in version 1, all axes since version 6.</summary>
    private static Value Tile(Operation operation, Tracer tracer)
    {
        Value x = tracer.Input(operation, 0);
        long[] repeats;
        if (operation.Version < 6)
        {
            repeats = [.. Enumerable.Repeat(1L, x.Rank)];
            repeats[Arrangement.Axis(operation, tracer.Integers(operation, 2)[0], x.Rank)] = tracer.Integers(operation, 1)[0];
        }
        else
        {
            repeats = tracer.Integers(operation, 1);
        }

        if (repeats.Length != x.Rank || (x.SampleAxis >= 0 && repeats[x.SampleAxis] != 1))
            throw operation.Refuse($"repeats samples, or does not fit {x}");
        int[] times = [.. repeats.Where((_, axis) => axis != x.SampleAxis).Select(count => ShapeImports.Size(operation, count))], strides = Arrangement.Strides(x.Sizes);
        Value view = Arrangement.View(tracer, operation, x, 0, [.. times.SelectMany((count, axis) => new[] { count, x.Sizes[axis] })], [.. strides.SelectMany(stride => new[] { 0, stride })], x.SampleAxis);
        return view.WithShape([.. x.Sizes.Select((size, axis) => ShapeImports.Length(operation, [size, times[axis]]))], x.SampleAxis);
    }

    private static Value DepthToSpace(Operation operation, Tracer tracer)
    {
        (Value x, int block, int[] strides) = Image(operation, tracer);
        (int depth, int height, int width) = (x.Sizes[0], x.Sizes[1], x.Sizes[2]);
        if (depth % (block * block) != 0)
            throw operation.Refuse($"{depth} channels are not divisible into blocks of {block} × {block}");
        depth /= block * block;
        bool isBlockFirst = operation.Text("mode", "DCR") == "DCR";
        (int row, int column, int channel) = isBlockFirst ? (block * depth, depth, 1) : (block, 1, block * block);
        Value view = Arrangement.View(
            tracer, operation, x, 0, [depth, height, block, width, block],
            [channel * strides[0], strides[1], row * strides[0], strides[2], column * strides[0]], x.SampleAxis);
        return view.WithShape([depth, height * block, width * block], x.SampleAxis);
    }

    private static Value SpaceToDepth(Operation operation, Tracer tracer)
    {
        (Value x, int block, int[] strides) = Image(operation, tracer);
        (int depth, int height, int width) = (x.Sizes[0], x.Sizes[1], x.Sizes[2]);
        if (height % block != 0 || width % block != 0)
            throw operation.Refuse($"{height} × {width} is not divisible into blocks of {block} × {block}");
        Value view = Arrangement.View(
            tracer, operation, x, 0, [block, block, depth, height / block, width / block], [strides[1], strides[2], strides[0], block * strides[1], block * strides[2]], x.SampleAxis);
        return view.WithShape([depth * block * block, height / block, width / block], x.SampleAxis);
    }

    private static (Value X, int Block, int[] Strides) Image(Operation operation, Tracer tracer)
    {
        Value x = tracer.Numbers(operation, 0);
        long block = operation.Integer("blocksize", 0);
        if (x.Rank == 4 && x.SampleAxis < 0 && x.Sizes[0] == 1)
            x = x.WithShape(x.Sizes[1..], -1);
        return x.Sizes.Length == 3 && block is > 0 and < 1000 ? (x, (int)block, Arrangement.Strides(x.Sizes)) : throw operation.Refuse($"expects images [batch, channels, height, width], got {x}");
    }
}
