namespace NeuralNetFromScratch.Tests.Rooms;

/// <summary>
/// A convolution without padding, stride 1, as its formula is written: [height, width, channels] becomes [height − k + 1, width − k + 1, filters],
/// <c>y[i, j, f] = b[f] + Σ x[i + u, j + v, c]·w[u, v, c, f]</c>.
/// </summary>
public sealed class NaiveConv2D : Layer, IPart<NaiveConv2D>
{
    private const int Weight = 0, Bias = 1;

    private readonly int _filters;
    private readonly int _size;

    public NaiveConv2D(int filters, int kernelSize)
        : this(new Settings(Kind, new("filters", filters), new("kernelSize", kernelSize)))
    {
    }

    private NaiveConv2D(Settings settings)
        : base(settings)
    {
        _filters = settings.Get<int>("filters");
        _size = settings.Get<int>("kernelSize");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_filters, "filters");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_size, "kernelSize");
    }

    public static string Kind => "naive-conv2d";

    public static NaiveConv2D Create(Settings settings) => new(settings);

    public override Shape OutputShape(Shape inputShape) => inputShape.Rank == 3 && inputShape[0] >= _size && inputShape[1] >= _size
        ? [inputShape[0] - _size + 1, inputShape[1] - _size + 1, _filters]
        : throw new ArgumentException($"expected images [height, width, channels] of at least {_size} × {_size}, got {inputShape}", nameof(inputShape));

    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) =>
    [
        new("weight", [_size, _size, inputShape[2], _filters], Initializer.HeNormal, ParameterRole.Weight) { PyTorchAxes = [3, 2, 0, 1] },
        new("bias", [_filters], Initializer.Zeros, ParameterRole.NoDecay),
    ];

    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        var places = new Places(context.InputShape, OutputShape(context.InputShape), _size);
        ReadOnlySpan<float> w = context.Values(Weight), b = context.Values(Bias);
        for (int row = 0; row < input.Rows; row++)
        {
            ReadOnlySpan<float> x = input.Row(row);
            Span<float> y = output.Row(row);
            for (int i = 0; i < y.Length; i++)
            {
                y[i] = b[i % _filters];
                for (int k = 0; k < places.Patch; k++)
                    y[i] += x[places.Input(i, k)] * w[k * _filters + i % _filters];
            }
        }
    }

    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        var places = new Places(context.InputShape, OutputShape(context.InputShape), _size);
        ReadOnlySpan<float> w = context.Values(Weight);
        Span<float> dw = context.GradientsToAddTo(Weight), db = context.GradientsToAddTo(Bias);
        inputGradient.Span.Clear();
        for (int row = 0; row < input.Rows; row++)
        {
            ReadOnlySpan<float> x = input.Row(row), dy = outputGradient.Row(row);
            for (int i = 0; i < dy.Length; i++)
            {
                int filter = i % _filters;
                db[filter] += dy[i];
                for (int k = 0; k < places.Patch; k++)
                {
                    dw[k * _filters + filter] += dy[i] * x[places.Input(i, k)];
                    if (inputGradient.Rows > 0)
                        inputGradient[row, places.Input(i, k)] += dy[i] * w[k * _filters + filter];
                }
            }
        }
    }

    /// <summary>Which input each step of an output's sum reads.</summary>
    private readonly struct Places(Shape input, Shape output, int size)
    {
        private readonly int _columns = input[1];
        private readonly int _channels = input[2];
        private readonly int _outputColumns = output[1];
        private readonly int _filters = output[2];

        public int Patch => size * size * _channels;

        public int Input(int i, int k)
        {
            int y = i / (_outputColumns * _filters) + k / (size * _channels), x = i / _filters % _outputColumns + k / _channels % size;
            return (y * _columns + x) * _channels + k % _channels;
        }
    }
}
