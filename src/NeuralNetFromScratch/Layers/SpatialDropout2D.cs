using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// In training, sets whole channels of an image [height, width, channels] to 0 with a given probability and multiplies the others by
/// <c>1 / (1 − rate)</c>, which preserves the mean; otherwise the identity (Tompson et al. 2015). Adjacent values of an image are correlated, so
/// that <see cref="Dropout"/> of single values has little effect. The selection depends only on the training's seed, the step, the sample's index
/// in the step and the channel.
/// </summary>
public sealed class SpatialDropout2D : Layer, IPart<SpatialDropout2D>
{
    /// <summary>Creates a spatial dropout layer.</summary>
    /// <param name="rate">The probability with which a channel is dropped; at least 0 and less than 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rate"/> is out of range.</exception>
    public SpatialDropout2D(float rate)
        : this(new Settings(Kind, new Setting("rate", rate)))
    {
    }

    private SpatialDropout2D(Settings settings)
        : base(settings) => Rate = Guard.Fraction(settings.Get<float>("rate"), "rate");

    /// <summary>The probability with which a channel is dropped.</summary>
    public float Rate { get; }

    /// <summary>The kind of this part: "spatial-dropout2d".</summary>
    public static string Kind => "spatial-dropout2d";

    /// <inheritdoc/>
    public static SpatialDropout2D Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        _ = ImageShape.Of(inputShape);
        return inputShape;
    }

    /// <summary>A factor for each channel of each sample.</summary>
    public override ScratchSize Scratch(Shape inputShape, int rows) => new(Guard.Length(rows, ImageShape.Of(inputShape).Channels));

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.CheckForward(this, input, output, input.Columns);
        if (!context.IsTraining)
        {
            input.Span.CopyTo(output.Span);
            return;
        }

        int channels = ImageShape.Of(context.InputShape).Channels;
        MatrixView factors = new(context.ScratchOf(this, input.Rows * channels), input.Rows, channels);
        float kept = 1 / (1 - Rate);
        for (int row = 0; row < input.Rows; row++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                ulong index = (ulong)(context.SampleOffset + row) * (ulong)channels + (ulong)channel;
                factors[row, channel] = context.Random.Uniform(index) < Rate ? 0 : kept;
            }
        }

        context.Engine.ForRows(new ChannelScaling { X = input, Y = output, Factors = factors }, input.Rows, input.Span.Length, Tuning.ElementGrain);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.CheckBackward(this, input, output, outputGradient, inputGradient, input.Columns);
        if (inputGradient.Rows == 0)
            return;
        int channels = ImageShape.Of(context.InputShape).Channels;
        MatrixView factors = new(context.ScratchOf(this, input.Rows * channels), input.Rows, channels);
        context.Engine.ForRows(new ChannelScaling { X = outputGradient, Y = inputGradient, Factors = factors }, input.Rows, input.Span.Length, Tuning.ElementGrain);
    }
}

/// <summary><c>y = factor · x</c> with a factor for each channel of each sample.</summary>
internal ref struct ChannelScaling : IRowOperation
{
    /// <summary>[samples, places · channels].</summary>
    public ReadOnlyMatrixView X;
    public MatrixView Y;

    /// <summary>[samples, channels].</summary>
    public ReadOnlyMatrixView Factors;

    public readonly void Run<TSimd>(int row)
        where TSimd : struct, ISimd<TSimd>
    {
        ReadOnlySpan<float> x = X.Row(row), factors = Factors.Row(row);
        Span<float> y = Y.Row(row);
        for (int place = 0; place < x.Length; place += factors.Length)
            System.Numerics.Tensors.TensorPrimitives.Multiply(x.Slice(place, factors.Length), factors, y.Slice(place, factors.Length));
    }
}
