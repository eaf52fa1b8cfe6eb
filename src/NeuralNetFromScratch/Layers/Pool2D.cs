using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// The base class of pooling layers, which compute one value from each window on an image [height, width, channels], for each channel separately.
/// An image [height, width] has one channel. Positions of the padding are ignored by a maximum.
/// </summary>
public abstract class Pool2D : Layer
{
    private protected Pool2D(Settings settings)
        : base(settings)
    {
        Size = Size2D.Read(settings, "size").AtLeast(1, "size");
        Stride = Size2D.Read(settings, "stride", Size);
        Padding = Padding2D.Read(settings);
    }

    /// <summary>The height and width of the window.</summary>
    public Size2D Size { get; }

    /// <summary>
    /// The distance between successive windows, vertically and horizontally. Default: <see cref="Size"/>, so that windows are adjacent; positive.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public Size2D Stride
    {
        get;
        init => Settings = Settings.WithList<int>("stride", (field = value.AtLeast(1, nameof(Stride))) == Size ? [] : value.Numbers);
    }

    /// <summary>
    /// The positions around the image. Each number must be smaller than the window, so that no window is outside the image. Default: none.
    /// </summary>
    public Padding2D Padding
    {
        get;
        init => Settings = (field = value).AddTo(Settings);
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        PoolShape windows = WindowsOn(inputShape);
        return [windows.Vertical.Output, windows.Horizontal.Output, windows.Channels];
    }

    private protected static Settings SettingsOf(string kind, Size2D size) => new(kind, new Setting("size", Array.AsReadOnly(size.Numbers)));

    private protected PoolShape WindowsOn(Shape inputShape)
    {
        ImageShape picture = ImageShape.Of(inputShape);
        (WindowAxis vertical, WindowAxis horizontal) = picture.Windows(Size, Stride, 1, Padding);
        if (Math.Max(vertical.Before, vertical.After) >= Size.Height || Math.Max(horizontal.Before, horizontal.After) >= Size.Width)
            throw new ArgumentException($"a window of {Size} would be entirely within the padding; the padding of each side must be smaller than the window", nameof(inputShape));
        return new(vertical, horizontal, picture.Channels);
    }
}

/// <summary>
/// Max pooling: <c>y = max x</c> over each window. Backward passes dy to the first position, row by row, that has the largest value. The maximum
/// of a window that contains NaN is NaN.
/// </summary>
public sealed class MaxPool2D : Pool2D, IPart<MaxPool2D>
{
    /// <summary>Creates a max pooling layer.</summary>
    /// <param name="size">The height and width of the window; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public MaxPool2D(Size2D size)
        : this(SettingsOf(Kind, size))
    {
    }

    private MaxPool2D(Settings settings)
        : base(settings)
    {
    }

    /// <summary>The kind of this part: "max-pool2d".</summary>
    public static string Kind => "max-pool2d";

    /// <inheritdoc/>
    public static MaxPool2D Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.ThrowIfDefault(this);
        PoolShape windows = WindowsOn(context.InputShape);
        context.CheckForward(this, input, output, windows.OutputLength);
        context.Engine.MaximumOfWindows(windows, input, output);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.ThrowIfDefault(this);
        PoolShape windows = WindowsOn(context.InputShape);
        context.CheckBackward(this, input, output, outputGradient, inputGradient, windows.OutputLength);
        if (inputGradient.Rows > 0)
            context.Engine.MaximumGradients(windows, input, output, outputGradient, inputGradient);
    }
}

/// <summary>
/// Average pooling: <c>y = Σ x / n</c> over each window; <see cref="CountsPadding"/> determines n. The rows of a window are summed first, then
/// their sums.
/// </summary>
public sealed class AveragePool2D : Pool2D, IPart<AveragePool2D>
{
    /// <summary>Creates an average pooling layer.</summary>
    /// <param name="size">The height and width of the window; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public AveragePool2D(Size2D size)
        : this(SettingsOf(Kind, size))
    {
    }

    private AveragePool2D(Settings settings)
        : base(settings) => CountsPadding = settings.Get("countsPadding", true);

    /// <summary>The kind of this part: "average-pool2d".</summary>
    public static string Kind => "average-pool2d";

    /// <summary>
    /// Whether n is the size of the window, so that positions of the padding count as zeros. If false, n is the number of positions within the
    /// image, as in Keras. Default: true, as in PyTorch.
    /// </summary>
    public bool CountsPadding
    {
        get;
        init => Settings = Settings.With("countsPadding", field = value, defaultValue: true);
    }

    private float Factor => CountsPadding ? 1f / Size.Area : 0;

    /// <inheritdoc/>
    public static AveragePool2D Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.ThrowIfDefault(this);
        PoolShape windows = WindowsOn(context.InputShape);
        context.CheckForward(this, input, output, windows.OutputLength);
        context.Engine.SumsOfWindows(windows, Factor, input, output);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.ThrowIfDefault(this);
        PoolShape windows = WindowsOn(context.InputShape);
        context.CheckBackward(this, input, output, outputGradient, inputGradient, windows.OutputLength);
        if (inputGradient.Rows > 0)
            context.Engine.SpreadOverWindows(windows, Factor, outputGradient, inputGradient);
    }
}
