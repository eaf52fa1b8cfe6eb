using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Makes one value of each window on a picture [height, width, channels], for each channel by itself. A picture [height, width] counts as one of one
/// channel. Places of the padding do not take part in a maximum.
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

    /// <summary>Height and width of the window.</summary>
    public Size2D Size { get; }

    /// <summary>Places from one window to the next, down and to the right. The default is <see cref="Size"/>: windows lie side by side.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public Size2D Stride
    {
        get;
        init => Settings = Settings.WithList<int>("stride", (field = value.AtLeast(1, nameof(Stride))) == Size ? [] : value.Numbers);
    }

    /// <summary>Places around the picture. The default is none. Each number must be smaller than the window, so that no window lies beyond the picture.</summary>
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
        PictureShape picture = PictureShape.Of(inputShape);
        (WindowAxis vertical, WindowAxis horizontal) = picture.Windows(Size, Stride, 1, Padding);
        if (Math.Max(vertical.Before, vertical.After) >= Size.Height || Math.Max(horizontal.Before, horizontal.After) >= Size.Width)
            throw new ArgumentException($"a window of {Size} would lie wholly within the padding; each side's padding must be smaller than the window", nameof(inputShape));
        return new(vertical, horizontal, picture.Channels);
    }
}

/// <summary>
/// The largest value of each window: <c>y = max x</c>. Backward gives dy to the first place, row by row, that has the largest value. A NaN in the window
/// is its maximum.
/// </summary>
public sealed class MaxPool2D : Pool2D, IPart<MaxPool2D>
{
    /// <summary>A maximum of windows.</summary>
    /// <param name="size">Height and width of the window.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public MaxPool2D(Size2D size)
        : this(SettingsOf(Kind, size))
    {
    }

    private MaxPool2D(Settings settings)
        : base(settings)
    {
    }

    /// <summary>The kind of part: "max-pool2d".</summary>
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

/// <summary>The mean of each window: <c>y = Σ x / n</c>, with n as <see cref="CountsPadding"/> says. The sums of a window's rows are added.</summary>
public sealed class AveragePool2D : Pool2D, IPart<AveragePool2D>
{
    /// <summary>A mean of windows.</summary>
    /// <param name="size">Height and width of the window.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public AveragePool2D(Size2D size)
        : this(SettingsOf(Kind, size))
    {
    }

    private AveragePool2D(Settings settings)
        : base(settings) => CountsPadding = settings.Get("countsPadding", true);

    /// <summary>The kind of part: "average-pool2d".</summary>
    public static string Kind => "average-pool2d";

    /// <summary>
    /// Whether n is the size of the window, so that places of the padding count as zeros, or the number of places within the picture. The default is
    /// true, as in PyTorch; Keras does not count them.
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
