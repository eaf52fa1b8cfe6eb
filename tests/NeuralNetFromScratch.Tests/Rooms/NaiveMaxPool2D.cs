namespace NeuralNetFromScratch.Tests.Rooms;

/// <summary>The largest of each window of size × size places, for each channel. One byte for each output says which it was.</summary>
public sealed class NaiveMaxPool2D : Layer, IPart<NaiveMaxPool2D>
{
    private readonly int _size;

    public NaiveMaxPool2D(int size)
        : this(new Settings(Kind, new Setting("size", size)))
    {
    }

    private NaiveMaxPool2D(Settings settings)
        : base(settings)
    {
        _size = settings.Get<int>("size");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_size, "size");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_size, 16, "size");
    }

    public static string Kind => "naive-max-pool2d";

    public static NaiveMaxPool2D Create(Settings settings) => new(settings);

    public override Shape OutputShape(Shape inputShape) => inputShape.Rank == 3 && inputShape[0] >= _size && inputShape[1] >= _size
        ? [inputShape[0] / _size, inputShape[1] / _size, inputShape[2]]
        : throw new ArgumentException($"expected images [height, width, channels] of at least {_size} × {_size}, got {inputShape}", nameof(inputShape));

    public override ScratchSize Scratch(Shape inputShape, int rows) => new(Bytes: rows * OutputShape(inputShape).ElementCount);

    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        for (int row = 0; row < input.Rows; row++)
        {
            ReadOnlySpan<float> x = input.Row(row);
            for (int i = 0; i < output.Columns; i++)
            {
                int largest = 0;
                for (int k = 1; k < _size * _size; k++)
                    largest = x[Place(context.InputShape, i, k)] > x[Place(context.InputShape, i, largest)] ? k : largest;
                output[row, i] = x[Place(context.InputShape, i, largest)];
                if (context.IsTraining)
                    context.ScratchBytes[row * output.Columns + i] = (byte)largest;
            }
        }
    }

    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        inputGradient.Span.Clear();
        for (int row = 0; row < inputGradient.Rows; row++)
        {
            for (int i = 0; i < output.Columns; i++)
                inputGradient[row, Place(context.InputShape, i, context.ScratchBytes[row * output.Columns + i])] += outputGradient[row, i];
        }
    }

    /// <summary>The input at place k of the window of output i.</summary>
    private int Place(Shape input, int i, int k)
    {
        int channels = input[2], columns = input[1] / _size;
        int y = i / channels / columns * _size + k / _size, x = i / channels % columns * _size + k % _size;
        return (y * input[1] + x) * channels + i % channels;
    }
}
