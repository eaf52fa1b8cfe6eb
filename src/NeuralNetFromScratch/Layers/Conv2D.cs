using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// A convolution of images: <c>y[i, j, f] = f(b[f] + Σ x[i·stride + r·dilation − top, j·stride + s·dilation − left, c] · w[r, s, c, f])</c> with
/// x [height, width, channels], w [kernel height, kernel width, channels / groups, filters] and b [filters]; x is 0 outside the image. An image
/// [height, width] has one channel. A batch is [batch, height, width, channels] (channels last).
/// </summary>
/// <remarks>
/// The operation is a cross-correlation, as in other libraries: the kernel is not flipped. Each output, and each element of the input's gradient,
/// is one chain of multiply-adds in the order of rows, columns, channels, and has the bits of a matrix product with copied patches ("im2col").
/// The gradient of the weights is such a chain for each chunk of samples; the shapes determine the size of a chunk. Chunks are added in a binary
/// tree, as are the bias's sums over the positions of each sample.
/// </remarks>
public sealed class Conv2D : Layer, IPart<Conv2D>
{
    private const int Weight = 0, Bias = 1;

    private readonly Initializer _weightInitializer;
    private readonly Initializer _biasInitializer;

    /// <summary>Creates a convolution.</summary>
    /// <param name="channels">The number of output channels (filters); positive.</param>
    /// <param name="kernelSize">The height and width of the kernel, for example <c>3</c> or <c>new Size2D(1, 7)</c>; positive.</param>
    /// <param name="activation">The activation f; null for the identity.</param>
    /// <param name="weightInitializer">The initializer of the weights; null for that of the activation.</param>
    /// <param name="biasInitializer">The initializer of the biases; null for zeros.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public Conv2D(
        int channels, Size2D kernelSize, Activation? activation = null, Initializer? weightInitializer = null, Initializer? biasInitializer = null)
        : this(
            new Settings(Kind, new("channels", channels), new("kernelSize", Array.AsReadOnly(kernelSize.Numbers)))
                .With("activation", Activation.Identity.Equals(activation) ? null : activation),
            weightInitializer,
            biasInitializer)
    {
    }

    private Conv2D(Settings settings, Initializer? weightInitializer, Initializer? biasInitializer)
        : base(settings)
    {
        Channels = Guard.Positive(settings.Get<int>("channels"), "channels");
        KernelSize = Size2D.Read(settings, "kernelSize").AtLeast(1, "kernelSize");
        Activation = settings.Get("activation", Activation.Identity);
        Stride = Size2D.Read(settings, "stride", 1);
        Padding = Padding2D.Read(settings);
        Dilation = Size2D.Read(settings, "dilation", 1);
        Groups = settings.Get("groups", 1);
        HasBias = settings.Get("bias", true);
        _weightInitializer = weightInitializer ?? Activation.DefaultInitializer;
        _biasInitializer = biasInitializer ?? Initializer.Zeros;
    }

    /// <summary>The kind of this part: "conv2d".</summary>
    public static string Kind => "conv2d";

    /// <summary>The number of output channels.</summary>
    public int Channels { get; }

    /// <summary>The height and width of the kernel.</summary>
    public Size2D KernelSize { get; }

    /// <summary>The activation f.</summary>
    public Activation Activation { get; }

    /// <summary>The distance between successive windows, vertically and horizontally. Default: 1; positive.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public Size2D Stride
    {
        get;
        init => Settings = Settings.WithList<int>("stride", (field = value.AtLeast(1, nameof(Stride))) == 1 ? [] : value.Numbers);
    }

    /// <summary>The zeros around the image. Default: none.</summary>
    public Padding2D Padding
    {
        get;
        init => Settings = (field = value).AddTo(Settings);
    }

    /// <summary>The distance between successive elements of the kernel. Default: 1; positive.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public Size2D Dilation
    {
        get;
        init => Settings = Settings.WithList<int>("dilation", (field = value.AtLeast(1, nameof(Dilation))) == 1 ? [] : value.Numbers);
    }

    /// <summary>
    /// The number of groups into which the channels of input and output are divided; each group has separate filters. With as many groups as
    /// input channels it is a depthwise convolution. Default: 1; positive, and a divisor of <see cref="Channels"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or does not divide <see cref="Channels"/>.</exception>
    public int Groups
    {
        get;
        init => Settings = Settings.With("groups", field = Guard.Positive(value, nameof(Groups)) is var groups && Channels % groups == 0
            ? groups
            : throw Guard.OutOfRange(nameof(Groups), value, FormattableString.Invariant($"must divide the {Channels} channels")), defaultValue: 1);
    }

    /// <summary>Whether the layer has a bias b. A normalization layer that follows makes the bias redundant. Default: true.</summary>
    public bool HasBias
    {
        get;
        init => Settings = Settings.With("bias", field = value, defaultValue: true);
    }

    /// <summary>Creates a layer from its settings.</summary>
    /// <param name="settings">The kind and settings.</param>
    /// <exception cref="ArgumentException">A setting is missing or out of range.</exception>
    public static Conv2D Create(Settings settings) => new(settings, null, null);

    /// <summary>In PyTorch an activation is a separate module.</summary>
    internal override int PyTorchModules => Activation.Equals(Activation.Identity) ? 1 : 2;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ConvolutionShape shape = ShapeFor(inputShape);
        return [shape.Vertical.Output, shape.Horizontal.Output, Channels];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape)
    {
        ConvolutionShape shape = ShapeFor(inputShape);
        var weight = new ParameterDefinition(
            "weight", [KernelSize.Height, KernelSize.Width, shape.GroupChannels, Channels], _weightInitializer, ParameterRole.Weight)
        {
            FanOut = shape.Taps * shape.GroupFilters,
            PyTorchAxes = [3, 2, 0, 1],
        };
        return [weight, .. HasBias ? (ReadOnlySpan<ParameterDefinition>)[new("bias", [Channels], _biasInitializer, ParameterRole.NoDecay)] : []];
    }

    /// <summary>
    /// The activation's input, if its derivative needs it; the sums of the chunks' weight gradients; the sums of the samples' bias gradients.
    /// </summary>
    public override ScratchSize Scratch(Shape inputShape, int rows)
    {
        ConvolutionShape shape = ShapeFor(inputShape);
        return new(checked(KeptLength(shape, rows) + ChunksLength(shape, rows) + (HasBias ? Guard.Length(rows, Channels) : 0)));
    }

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.ThrowIfDefault(this);
        ConvolutionShape shape = ShapeFor(context.InputShape);
        context.CheckForward(this, input, output, shape.OutputLength);
        ReadOnlySpan<float> weights = context.Values(this, Weight, shape.WeightCount), biases = HasBias ? context.Values(this, Bias, Channels) : [];
        if (context.IsTraining && Activation.DerivativeNeedsInput)
        {
            MatrixView z = new(context.ScratchOf(this, output.Span.Length), output.Rows, output.Columns);
            Activation.Identity.ConvolveAndApply(context.Engine, shape, input, weights, biases, z);
            Activation.ApplyWith(context.Engine, z.Span, output.Span);
        }
        else
        {
            Activation.ConvolveAndApply(context.Engine, shape, input, weights, biases, output);
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        // dZ = dA ∘ f', db = Σ dZ; dW and dX from the patches and windows
        context.ThrowIfDefault(this);
        ConvolutionShape shape = ShapeFor(context.InputShape);
        context.CheckBackward(this, input, output, outputGradient, inputGradient, shape.OutputLength);
        int rows = output.Rows, kept = KeptLength(shape, rows), chunks = ChunksLength(shape, rows);
        Span<float> scratch = context.ScratchOf(this, kept + chunks + (HasBias ? rows * Channels : 0)), weightGradient = context.Gradients(this, Weight, shape.WeightCount);
        ReadOnlyMatrixView argument = kept > 0 ? new(scratch[..kept], rows, output.Columns) : output;
        if (HasBias)
        {
            MatrixView sums = new(scratch.Slice(kept + chunks, rows * Channels), rows, Channels);
            Activation.SweepPictures(context.Engine, argument, outputGradient, sums);
            PartialSums.Add(context.Engine, sums.Span, context.Gradients(this, Bias, Channels), context.Accumulate);
        }
        else
        {
            Activation.DifferentiateWith(context.Engine, argument.Span, outputGradient.Span);
        }

        context.Engine.CorrelateGradient(
            shape, rows, input.Span, outputGradient.Span, scratch.Slice(kept, chunks), weightGradient, context.Accumulate);
        if (inputGradient.Rows > 0)
            context.Engine.ConvolveBack(shape, rows, outputGradient.Span, context.Values(this, Weight, shape.WeightCount), inputGradient.Span);
    }

    private ConvolutionShape ShapeFor(Shape inputShape)
    {
        ImageShape picture = ImageShape.Of(inputShape);
        if (picture.Channels % Groups != 0)
            throw new ArgumentException($"expected images whose number of channels is divisible by {Groups} groups, got {inputShape}", nameof(inputShape));
        (WindowAxis vertical, WindowAxis horizontal) = picture.Windows(KernelSize, Stride, Dilation, Padding);
        return new(vertical, horizontal, picture.Channels, Channels, Groups);
    }

    private int KeptLength(in ConvolutionShape shape, int rows) => Activation.DerivativeNeedsInput ? Guard.Length(rows, shape.OutputLength) : 0;

    private static int ChunksLength(in ConvolutionShape shape, int rows) =>
        rows > 0 && shape.Chunks(rows) is > 1 and var chunks ? checked(chunks * shape.WeightCount) : 0;
}
