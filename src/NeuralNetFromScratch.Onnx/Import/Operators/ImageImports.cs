namespace NeuralNetFromScratch.Onnx;

/// <summary>Convolutions, pooling and other layers on images [batch, channels, height, width]; a series [batch, channels, length] is an image of one row.</summary>
internal static class ImageImports
{
    public static IEnumerable<(string Type, OperatorImport Import)> All =>
    [
        ("Conv", OperatorTable.One(Convolution)),
        ("MaxPool", OperatorTable.One(MaxPool)),
        ("AveragePool", OperatorTable.One(AveragePool)),
    ];

    /// <summary>Returns a convolution with another bias or activation.</summary>
    public static Conv2D With(Conv2D layer, bool hasBias, Activation? activation = null) => new(layer.Channels, layer.KernelSize, activation ?? layer.Activation, Initializer.Zeros)
    {
        Stride = layer.Stride,
        Padding = layer.Padding,
        Dilation = layer.Dilation,
        Groups = layer.Groups,
        HasBias = hasBias,
    };

    /// <summary>Returns one value for each channel; null if the value is not an image with channels last.</summary>
    public static Value? GlobalPool(Operation operation, Tracer tracer, Value x, Layer layer) =>
        Image(x) is { } image && ImageOrder.IsTurned(x.Elements!) ? Apply(operation, tracer, x, image, layer, []) : null;

    /// <summary>Adds a normalization of each channel; null if the value is not an image.</summary>
    public static Value? Normalized(Operation operation, Tracer tracer, Value x, BatchNormalization layer, float[][] values) =>
        Image(x) is { } image && (x.Rank == 4 || ImageOrder.IsTurned(x.Elements!)) ? Apply(operation, tracer, x, image, layer, values) : null;

    /// <summary>Adds zero padding of images; null if the value is not an image, or other axes are padded.</summary>
    public static Value? Padded(Operation operation, Tracer tracer, Value x, long[] axes, long[] pads)
    {
        long[] before = new long[x.Rank], after = new long[x.Rank];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = Arrangement.Axis(operation, axes[i], x.Rank);
            (before[axis], after[axis]) = (pads[i], pads[i + axes.Length]);
        }

        if (x.Rank != 4 || Image(x) is not { } image || before[..2].Concat(after[..2]).Any(zeros => zeros != 0) || before.Concat(after).Any(zeros => zeros < 0) || before.Concat(after).All(zeros => zeros == 0))
            return null;
        return Apply(operation, tracer, x, image, new ZeroPadding2D(Padding(operation, [before[2], before[3], after[2], after[3]])), []);
    }

    /// <summary>Adds upsampling of images; null if the value is not an image, or other axes are repeated.</summary>
    public static Value? Upsampled(Operation operation, Tracer tracer, Value x, int[] times, int[] sizes)
    {
        if (x.IsConstant || x.Rank != 4 || Image(x) is not { } image || times[..^2].Any(count => count != 1) || times[^2..].All(count => count == 1))
            return null;
        _ = ShapeImports.Length(operation, sizes);
        return Apply(operation, tracer, x, image, new Upsample2D(new Size2D(times[^2], times[^1])), []);
    }

    /// <summary>The filters are [filters, channels of a group, height, width].</summary>
    private static Value Convolution(Operation operation, Tracer tracer)
    {
        Value x = UnaryImports.Floats(operation, tracer, 0), weight = tracer.Input(operation, 1);
        Shape image = Expected(operation, x);
        float[] given = tracer.Constant(operation, weight, "weight");
        int rank = x.Rank - 2, groups = ShapeImports.Size(operation, operation.Integer("group", 1));
        if (weight.Rank != x.Rank || groups == 0 || given.Length == 0 || weight.Sizes[0] % groups != 0 || weight.Sizes[1] * (long)groups != image[0])
            throw operation.Refuse($"its weight has shape {weight}, which is not compatible with {x} in {groups} groups");
        int filters = weight.Sizes[0], channels = weight.Sizes[1];
        var windows = new Windows(operation, image, rank, weight.Sizes[2..]);
        tracer.Budget.Spend(operation, 2L * given.Length);
        float[] kernel = new Turn(filters, given.Length / filters).Apply(given);
        // [channels, taps, filters] becomes [taps, channels, filters].
        kernel = new Turn(channels, windows.Size.Area).Apply(kernel, filters);
        var layer = new Conv2D(filters, windows.Size, null, Initializer.Zeros)
        {
            Stride = windows.Stride, Dilation = windows.Dilation, Padding = windows.Padding, Groups = groups, HasBias = operation.HasInput(2),
        };
        if (!layer.HasBias)
            return Apply(operation, tracer, x, image, layer, [kernel]);
        float[] bias = tracer.Constant(operation, tracer.Input(operation, 2), "bias");
        return bias.Length == filters ? Apply(operation, tracer, x, image, layer, [kernel, bias]) : throw operation.Refuse($"its bias has {bias.Length} values for {filters} filters");
    }

    private static Value MaxPool(Operation operation, Tracer tracer)
    {
        Value x = UnaryImports.Floats(operation, tracer, 0);
        Shape image = Expected(operation, x);
        var windows = new Windows(operation, image, x.Rank - 2);
        windows.RefuseDilation();
        // Positions outside the image are ignored, so that a truncated last window is one with more of them.
        return Apply(operation, tracer, x, image, new MaxPool2D(windows.Size) { Stride = windows.Stride, Padding = windows.Widened }, []);
    }

    private static Value AveragePool(Operation operation, Tracer tracer)
    {
        Value x = UnaryImports.Floats(operation, tracer, 0);
        Shape image = Expected(operation, x);
        var windows = new Windows(operation, image, x.Rank - 2);
        windows.RefuseDilation();
        bool counts = operation.Integer("count_include_pad", 0) != 0;
        if (counts && windows.Widened != windows.Padding)
            throw operation.Refuse("ceil_mode together with count_include_pad is not supported; export the model with only one of them");
        return Apply(operation, tracer, x, image, new AveragePool2D(windows.Size) { Stride = windows.Stride, Padding = windows.Widened, CountsPadding = counts || windows.Widened == default }, []);
    }

    /// <summary>Adds an image layer, with transpositions to channels last before it and to channels first after it.</summary>
    private static Value Apply(Operation operation, Tracer tracer, Value x, Shape image, Layer layer, float[][] values)
    {
        Shape input = [image[1], image[2], image[0]], output;
        try
        {
            output = layer.OutputShape(input);
            if (output.Rank == 1)
                output = [1, 1, output[0]];
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            throw operation.Refuse(exception.Message);
        }

        Operand result = tracer.LayerOn(operation, input, ImageOrder.Last(tracer, operation, x.Elements!, image), layer, output.ElementCount, values);
        bool isSeries = x.Rank == 3;
        int[] sizes = isSeries ? [output[2], output[1]] : [output[2], output[0], output[1]];
        return new Value { Kind = ElementKind.Number, Sizes = x.SampleAxis == 0 ? sizes : [1, .. sizes], SampleAxis = x.SampleAxis, Elements = ImageOrder.First(tracer, operation, result, output) };
    }

    /// <summary>Returns [channels, height, width] of images that depend on the input; null if the value is not such an image.</summary>
    private static Shape? Image(Value x)
    {
        if (x.IsConstant || x.SampleAxis > 0 || x.Rank is not (3 or 4) || (x.SampleAxis < 0 && x.Sizes[0] != 1) || x.Length == 0)
            return null;
        int[] sizes = x.SampleAxis == 0 ? x.Sizes : x.Sizes[1..];
        return sizes.Length == 2 ? [sizes[0], 1, sizes[1]] : Shape.Create(sizes);
    }

    private static Shape Expected(Operation operation, Value x) => Image(x)
        ?? throw operation.Refuse(x.Rank > 4 ? $"computes on {x}; three-dimensional windows are not supported, only images [batch, channels, height, width]" : $"expects images [batch, channels, height, width], got {x}");

    private static Padding2D Padding(Operation operation, ReadOnlySpan<long> pads)
    {
        foreach (long zeros in pads)
        {
            if (zeros is < 0 or > short.MaxValue)
                throw operation.Refuse(FormattableString.Invariant($"cannot have a padding of {zeros}"));
        }

        return new((int)pads[0], (int)pads[1], (int)pads[2], (int)pads[3]);
    }

    /// <summary>Kernel, strides, dilations and padding in a node's attributes.</summary>
    private sealed class Windows
    {
        private readonly Operation _operation;

        public Windows(Operation operation, Shape image, int rank, int[]? kernel = null)
        {
            _operation = operation;
            long[] given = [.. operation.Integers("kernel_shape")];
            if (kernel is not null && given.Length > 0 && !given.SequenceEqual(kernel.Select(size => (long)size)))
                throw operation.Refuse("its kernel_shape differs from that of its weight");
            Size = Pair("kernel_shape", kernel?.Select(size => (long)size).ToArray() ?? given, rank);
            Stride = Pair("strides", [.. operation.Integers("strides")], rank);
            Dilation = Pair("dilations", [.. operation.Integers("dilations")], rank);
            bool isCeiling = operation.Integer("ceil_mode", 0) != 0;
            string automatic = operation.Text("auto_pad", "NOTSET");
            long[] pads = [.. operation.Integers("pads")];
            if (pads.Length == 0 || automatic != "NOTSET")
                pads = new long[2 * rank];
            if (pads.Length != 2 * rank)
                throw operation.Refuse($"has {pads.Length} pads for {rank} axes");
            long[] all = rank == 1 ? [0, pads[0], 0, pads[1]] : pads;
            if (automatic is "SAME_UPPER" or "SAME_LOWER")
            {
                (all[0], all[2]) = Same(image[1], Size.Height, Stride.Height, Dilation.Height, automatic == "SAME_LOWER");
                (all[1], all[3]) = Same(image[2], Size.Width, Stride.Width, Dilation.Width, automatic == "SAME_LOWER");
            }
            else if (automatic is not ("NOTSET" or "VALID"))
            {
                throw operation.Refuse($"its auto_pad {MessageText.Quote(automatic)} is unknown");
            }

            Padding = Padding(operation, all);
            if (isCeiling)
            {
                all[2] += Missing(image[1], Size.Height, Stride.Height, Dilation.Height, all[0], all[2]);
                all[3] += Missing(image[2], Size.Width, Stride.Width, Dilation.Width, all[1], all[3]);
            }

            Widened = Padding(operation, all);
        }

        public Size2D Size { get; }

        public Size2D Stride { get; }

        public Size2D Dilation { get; }

        public Padding2D Padding { get; }

        /// <summary>The padding, including that of the last window in ceiling mode.</summary>
        public Padding2D Widened { get; }

        public void RefuseDilation()
        {
            if (Dilation != 1)
                throw _operation.Refuse("its dilations are not supported; the library's pooling has none");
        }

        private Size2D Pair(string name, long[] values, int rank)
        {
            if (values.Length == 0 && name != "kernel_shape")
                return 1;
            if (values.Length != rank || Array.Exists(values, value => value is <= 0 or > short.MaxValue))
                throw _operation.Refuse($"its {name} [{string.Join(", ", values)}] does not have {rank} axes");
            return rank == 1 ? new(1, (int)values[0]) : new((int)values[0], (int)values[1]);
        }

        private static (long Before, long After) Same(long input, long size, long stride, long dilation, bool isLower)
        {
            long zeros = Math.Max(0, (input - 1) / stride * stride + (size - 1) * dilation + 1 - input), less = zeros / 2;
            return isLower ? (zeros - less, less) : (less, zeros - less);
        }

        /// <summary>The padding that ceiling mode adds at the end, for a window that begins within the image or the padding before it.</summary>
        private static long Missing(long input, long size, long stride, long dilation, long before, long after)
        {
            long rest = input + before + after - (size - 1) * dilation - 1;
            if (rest < 0 || rest % stride == 0)
                return 0;
            long outputs = (rest + stride - 1) / stride;
            return outputs * stride < input + before ? stride - rest % stride : 0;
        }
    }
}
