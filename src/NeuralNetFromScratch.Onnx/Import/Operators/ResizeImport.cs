namespace NeuralNetFromScratch.Onnx;

/// <summary>Repeats values along the axes of a sample.</summary>
internal static class ResizeImport
{
    /// <summary>The scales are attributes before version 9, and an input since then.</summary>
    public static Value Upsample(Operation operation, Tracer tracer)
    {
        Value x = tracer.Numbers(operation, 0);
        float[] scales = operation.Version < 7 ? [1, 1, operation.Number("height_scale", 1), operation.Number("width_scale", 1)]
            : operation.Version < 9 ? [.. operation.Numbers("scales")]
            : tracer.Constant(operation, tracer.Input(operation, 1), "scales");
        return Repeat(operation, tracer, x, scales);
    }

    /// <summary>With integer scales, all these nearest-neighbor modes are repetitions.</summary>
    public static Value Resize(Operation operation, Tracer tracer)
    {
        Value x = tracer.Numbers(operation, 0);
        bool isOld = operation.Version < 11;
        string places = operation.Text("coordinate_transformation_mode", "half_pixel"), nearest = operation.Text("nearest_mode", "round_prefer_floor");
        bool repeats = isOld || (places == "asymmetric" && nearest == "floor") || (places is "half_pixel" or "pytorch_half_pixel" or "half_pixel_symmetric" && nearest is "round_prefer_floor" or "round_prefer_ceil");
        if (!repeats || operation.HasAttribute("axes") || operation.HasAttribute("keep_aspect_ratio_policy"))
            throw operation.Refuse($"nearest-neighbor mode with {MessageText.Quote(places)} and {MessageText.Quote(nearest)} is not supported");
        if (tracer.Optional(operation, isOld ? 1 : 2) is { Length: > 0 } given)
            return Repeat(operation, tracer, x, tracer.Constant(operation, given, "scales"));
        Extent[] wanted = tracer.Extents(operation, 3), sizes = x.FullSizes();
        if (wanted.Length != sizes.Length)
            throw operation.Refuse($"has {wanted.Length} sizes for {x}");
        return Repeat(operation, tracer, x, [.. wanted.Select((size, axis) => size == sizes[axis] ? 1 : (float)tracer.Fixed(operation, size) / tracer.Fixed(operation, sizes[axis]))]);
    }

    private static Value Repeat(Operation operation, Tracer tracer, Value x, float[] scales)
    {
        if (operation.Text("mode", "nearest") != "nearest")
            throw operation.Refuse("interpolates; only the mode \"nearest\" is supported");
        if (scales.Length != x.Rank || Array.Exists(scales, scale => !(scale is >= 1 and < 10_000) || scale != MathF.Floor(scale)) || (x.SampleAxis >= 0 && scales[x.SampleAxis] != 1))
            throw operation.Refuse("its scales are not integers, or do not fit the axes of a sample");
        int[] times = [.. scales.Where((_, axis) => axis != x.SampleAxis).Select(scale => (int)scale)], strides = Arrangement.Strides(x.Sizes);
        int[] sizes = [.. x.Sizes.Select((size, axis) => ShapeImports.Length(operation, [size, times[axis]]))];
        if (ImageImports.Upsampled(operation, tracer, x, times, sizes) is { } image)
            return image;
        Value view = Arrangement.View(
            tracer, operation, x, 0, [.. x.Sizes.SelectMany((size, axis) => new[] { size, times[axis] })], [.. strides.SelectMany(stride => new[] { stride, 0 })], x.SampleAxis);
        return view.WithShape(sizes, x.SampleAxis);
    }
}
