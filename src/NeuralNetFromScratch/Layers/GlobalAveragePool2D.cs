using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Global max pooling: the largest value of each channel of an image. [height, width, channels] becomes [channels]. Backward passes dy to the
/// first position that has the largest value.
/// </summary>
public sealed class GlobalMaxPool2D : Layer, IPart<GlobalMaxPool2D>
{
    /// <summary>Creates a global max pooling layer.</summary>
    public GlobalMaxPool2D()
        : this(new Settings(Kind))
    {
    }

    private GlobalMaxPool2D(Settings settings)
        : base(settings)
    {
    }

    /// <summary>The kind of this part: "global-max-pool2d".</summary>
    public static string Kind => "global-max-pool2d";

    /// <summary>PyTorch's adaptive pooling returns [channels, 1, 1] and is followed by a flatten.</summary>
    internal override int PyTorchModules => 2;

    /// <inheritdoc/>
    public static GlobalMaxPool2D Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => [ImageShape.Of(inputShape).Channels];

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.ThrowIfDefault(this);
        PoolShape window = ImageShape.Of(context.InputShape).Whole;
        context.CheckForward(this, input, output, window.Channels);
        context.Engine.MaximumOfWindows(window, input, output);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.ThrowIfDefault(this);
        PoolShape window = ImageShape.Of(context.InputShape).Whole;
        context.CheckBackward(this, input, output, outputGradient, inputGradient, window.Channels);
        if (inputGradient.Rows > 0)
            context.Engine.MaximumGradients(window, input, output, outputGradient, inputGradient);
    }
}

/// <summary>
/// Global average pooling: the mean of each channel of an image. [height, width, channels] becomes [channels]. The image's rows are summed first,
/// then their sums.
/// </summary>
public sealed class GlobalAveragePool2D : Layer, IPart<GlobalAveragePool2D>
{
    /// <summary>Creates a global average pooling layer.</summary>
    public GlobalAveragePool2D()
        : this(new Settings(Kind))
    {
    }

    private GlobalAveragePool2D(Settings settings)
        : base(settings)
    {
    }

    /// <summary>The kind of this part: "global-average-pool2d".</summary>
    public static string Kind => "global-average-pool2d";

    /// <summary>PyTorch's adaptive pooling returns [channels, 1, 1] and is followed by a flatten.</summary>
    internal override int PyTorchModules => 2;

    /// <inheritdoc/>
    public static GlobalAveragePool2D Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => [ImageShape.Of(inputShape).Channels];

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.ThrowIfDefault(this);
        PoolShape window = ImageShape.Of(context.InputShape).Whole;
        context.CheckForward(this, input, output, window.Channels);
        context.Engine.SumsOfWindows(window, 0, input, output);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.ThrowIfDefault(this);
        PoolShape window = ImageShape.Of(context.InputShape).Whole;
        context.CheckBackward(this, input, output, outputGradient, inputGradient, window.Channels);
        if (inputGradient.Rows > 0)
            context.Engine.SpreadOverWindows(window, 0, outputGradient, inputGradient);
    }
}
