using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>Adds zeros around an image [height, width, channels]. Backward discards their gradients.</summary>
public sealed class ZeroPadding2D : Layer, IPart<ZeroPadding2D>
{
    /// <summary>Creates a zero padding layer.</summary>
    /// <param name="padding">The number of zeros on each side. <see cref="Padding2D.Same"/> is not valid, because it requires a window.</param>
    /// <exception cref="ArgumentException"><paramref name="padding"/> is <see cref="Padding2D.Same"/>.</exception>
    public ZeroPadding2D(Padding2D padding)
        : this(padding.AddTo(new Settings(Kind)))
    {
    }

    private ZeroPadding2D(Settings settings)
        : base(settings)
    {
        Padding = Padding2D.Read(settings);
        if (Padding.IsSame)
            throw new ArgumentException("expected a number of zeros for each side; \"same\" requires a window", "padding");
    }

    /// <summary>The number of zeros on each side.</summary>
    public Padding2D Padding { get; }

    /// <summary>The kind of this part: "zero-padding2d".</summary>
    public static string Kind => "zero-padding2d";

    /// <inheritdoc/>
    public static ZeroPadding2D Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ImageShape picture = ImageShape.Of(inputShape);
        return [checked(Padding.Top + picture.Height + Padding.Bottom), checked(Padding.Left + picture.Width + Padding.Right), picture.Channels];
    }

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.ThrowIfDefault(this);
        ImageShape picture = ImageShape.Of(context.InputShape);
        context.CheckForward(this, input, output, OutputLength(picture));
        output.Span.Clear();
        for (int sample = 0; sample < input.Rows; sample++)
        {
            for (int row = 0; row < picture.Height; row++)
                input.Row(sample).Slice(row * picture.RowLength, picture.RowLength).CopyTo(output.Row(sample)[Place(picture, row)..]);
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.ThrowIfDefault(this);
        ImageShape picture = ImageShape.Of(context.InputShape);
        context.CheckBackward(this, input, output, outputGradient, inputGradient, OutputLength(picture));
        for (int sample = 0; sample < inputGradient.Rows; sample++)
        {
            for (int row = 0; row < picture.Height; row++)
                outputGradient.Row(sample).Slice(Place(picture, row), picture.RowLength).CopyTo(inputGradient.Row(sample)[(row * picture.RowLength)..]);
        }
    }

    private int OutputLength(ImageShape picture) =>
        checked((Padding.Top + picture.Height + Padding.Bottom) * (Padding.Left + picture.Width + Padding.Right) * picture.Channels);

    /// <summary>Returns the offset of a row of the image in the output.</summary>
    private int Place(ImageShape picture, int row) => ((Padding.Top + row) * (Padding.Left + picture.Width + Padding.Right) + Padding.Left) * picture.Channels;
}

/// <summary>
/// Enlarges an image [height, width, channels] by an integer factor (nearest neighbor): <c>y[i, j, c] = x[⌊i / factor⌋, ⌊j / factor⌋, c]</c>.
/// Backward adds the gradients of the copies.
/// </summary>
public sealed class Upsample2D : Layer, IPart<Upsample2D>
{
    /// <summary>Creates an upsampling layer.</summary>
    /// <param name="factor">The vertical and horizontal factors; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public Upsample2D(Size2D factor)
        : this(new Settings(Kind, new Setting("factor", Array.AsReadOnly(factor.Numbers))))
    {
    }

    private Upsample2D(Settings settings)
        : base(settings) => Factor = Size2D.Read(settings, "factor").AtLeast(1, "factor");

    /// <summary>The vertical and horizontal factors.</summary>
    public Size2D Factor { get; }

    /// <summary>The kind of this part: "upsample2d".</summary>
    public static string Kind => "upsample2d";

    /// <inheritdoc/>
    public static Upsample2D Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        ImageShape picture = ImageShape.Of(inputShape);
        return [checked(Factor.Height * picture.Height), checked(Factor.Width * picture.Width), picture.Channels];
    }

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.ThrowIfDefault(this);
        PoolShape copies = Copies(context.InputShape);
        context.CheckForward(this, input, output, copies.InputLength);
        context.Engine.SpreadOverWindows(copies, 1, input, output);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.ThrowIfDefault(this);
        PoolShape copies = Copies(context.InputShape);
        context.CheckBackward(this, input, output, outputGradient, inputGradient, copies.InputLength);
        if (inputGradient.Rows > 0)
            context.Engine.SumsOfWindows(copies, 1, outputGradient, inputGradient);
    }

    /// <summary>Returns the copies of each position, as windows on the output.</summary>
    private PoolShape Copies(Shape inputShape)
    {
        ImageShape picture = ImageShape.Of(inputShape);
        return new(
            new(Factor.Height * picture.Height, Factor.Height, Factor.Height), new(Factor.Width * picture.Width, Factor.Width, Factor.Width), picture.Channels);
    }
}
