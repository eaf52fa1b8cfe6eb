using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>The largest value of each channel of a picture: [height, width, channels] becomes [channels]. Backward gives dy to the first place that has it.</summary>
public sealed class GlobalMaxPool2D : Layer, IPart<GlobalMaxPool2D>
{
    /// <summary>A layer.</summary>
    public GlobalMaxPool2D()
        : this(new Settings(Kind))
    {
    }

    private GlobalMaxPool2D(Settings settings)
        : base(settings)
    {
    }

    /// <summary>The kind of part: "global-max-pool2d".</summary>
    public static string Kind => "global-max-pool2d";

    /// <summary>PyTorch's adaptive pooling leaves [channels, 1, 1], which a flatten follows.</summary>
    internal override int PyTorchModules => 2;

    /// <inheritdoc/>
    public static GlobalMaxPool2D Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => [PictureShape.Of(inputShape).Channels];

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.ThrowIfDefault(this);
        PoolShape window = PictureShape.Of(context.InputShape).Whole;
        context.CheckForward(this, input, output, window.Channels);
        context.Engine.MaximumOfWindows(window, input, output);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.ThrowIfDefault(this);
        PoolShape window = PictureShape.Of(context.InputShape).Whole;
        context.CheckBackward(this, input, output, outputGradient, inputGradient, window.Channels);
        if (inputGradient.Rows > 0)
            context.Engine.MaximumGradients(window, input, output, outputGradient, inputGradient);
    }
}

/// <summary>The mean of each channel of a picture: [height, width, channels] becomes [channels]. The sums of the picture's rows are added.</summary>
public sealed class GlobalAveragePool2D : Layer, IPart<GlobalAveragePool2D>
{
    /// <summary>A layer.</summary>
    public GlobalAveragePool2D()
        : this(new Settings(Kind))
    {
    }

    private GlobalAveragePool2D(Settings settings)
        : base(settings)
    {
    }

    /// <summary>The kind of part: "global-average-pool2d".</summary>
    public static string Kind => "global-average-pool2d";

    /// <summary>PyTorch's adaptive pooling leaves [channels, 1, 1], which a flatten follows.</summary>
    internal override int PyTorchModules => 2;

    /// <inheritdoc/>
    public static GlobalAveragePool2D Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => [PictureShape.Of(inputShape).Channels];

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.ThrowIfDefault(this);
        PoolShape window = PictureShape.Of(context.InputShape).Whole;
        context.CheckForward(this, input, output, window.Channels);
        context.Engine.SumsOfWindows(window, 0, input, output);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.ThrowIfDefault(this);
        PoolShape window = PictureShape.Of(context.InputShape).Whole;
        context.CheckBackward(this, input, output, outputGradient, inputGradient, window.Channels);
        if (inputGradient.Rows > 0)
            context.Engine.SpreadOverWindows(window, 0, outputGradient, inputGradient);
    }
}
