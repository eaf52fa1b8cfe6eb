namespace NeuralNetFromScratch.Onnx;

/// <summary>Padding of samples.</summary>
internal static class PadImport
{
    /// <summary>The padding is the attribute "paddings" in version 1, "pads" before version 11, and an input since then.</summary>
    public static Value Read(Operation operation, Tracer tracer)
    {
        Value x = tracer.Numbers(operation, 0);
        long[] pads = operation.Version < 2 ? [.. operation.Integers("paddings")] : operation.Version < 11 ? [.. operation.Integers("pads")] : tracer.Integers(operation, 1);
        float fill = operation.Version < 11 ? operation.Number("value", 0)
            : tracer.Optional(operation, 2) is { } given ? tracer.Constant(operation, given, "value") is [var only] ? only : throw operation.Refuse("its value is not a single number") : 0;
        string mode = operation.Text("mode", "constant");
        long[] axes = operation.HasInput(3) ? tracer.Integers(operation, 3) : [.. Enumerable.Range(0, x.Rank).Select(axis => (long)axis)];
        if (pads.Length != 2 * axes.Length)
            throw operation.Refuse($"has {pads.Length} pads for {axes.Length} axes");
        if (mode == "constant" && fill == 0 && !x.IsConstant && ImageImports.Padded(operation, tracer, x, axes, pads) is { } zeros)
            return zeros;
        for (int i = 0; i < axes.Length; i++)
        {
            (long before, long after) = (pads[i], pads[i + axes.Length]);
            if (before == 0 && after == 0)
                continue;
            int axis = Arrangement.InSample(operation, axes[i], x);
            if (before < 0 || after < 0)
                x = Cropped(tracer, operation, x, axis, Math.Max(-before, 0), Math.Max(-after, 0));
            x = Padded(tracer, operation, x, axis, ShapeImports.Size(operation, Math.Max(before, 0)), ShapeImports.Size(operation, Math.Max(after, 0)), mode, fill);
        }

        return x;
    }

    private static Value Cropped(Tracer tracer, Operation operation, Value x, int axis, long before, long after)
    {
        int[] sizes = [.. x.Sizes], strides = Arrangement.Strides(x.Sizes);
        sizes[axis] = before + after < sizes[axis] ? (int)(sizes[axis] - before - after) : throw operation.Refuse("has an empty result");
        return Arrangement.View(tracer, operation, x, (int)before * strides[axis], sizes, strides, x.SampleAxis);
    }

    private static Value Padded(Tracer tracer, Operation operation, Value x, int axis, int before, int after, string mode, float fill)
    {
        int size = x.Sizes[axis];
        List<Value> parts = [x];
        if (before > 0)
            parts.Insert(0, Margin(before, -before));
        if (after > 0)
            parts.Add(Margin(after, size));
        return ArrangementImports.Join(tracer, operation, [.. parts], axis);

        // The padding that begins at a position along the axis.
        Value Margin(int count, int place)
        {
            int[] sizes = [.. x.Sizes], strides = Arrangement.Strides(x.Sizes);
            sizes[axis] = count;
            switch (mode)
            {
                case "constant":
                    int length = ShapeImports.Length(operation, sizes);
                    return new Value { Kind = x.Kind, Sizes = sizes, SampleAxis = x.SampleAxis, Elements = Filled(length) };
                case "edge":
                    int edge = place < 0 ? 0 : size - 1;
                    int stride = strides[axis];
                    strides[axis] = 0;
                    return Arrangement.View(tracer, operation, x, edge * stride, sizes, strides, x.SampleAxis);
                case "reflect" when count < size:
                    int first = place < 0 ? before : size - 2;
                    int offset = first * strides[axis];
                    strides[axis] = -strides[axis];
                    return Arrangement.View(tracer, operation, x, offset, sizes, strides, x.SampleAxis);
                default:
                    throw operation.Refuse($"the mode {MessageText.Quote(mode)} is not supported for a padding of {count}");
            }
        }

        Operand Filled(int length)
        {
            tracer.Budget.Spend(operation, length);
            float[] values = new float[length];
            Array.Fill(values, fill);
            return new(values);
        }
    }
}
