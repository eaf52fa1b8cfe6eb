namespace NeuralNetFromScratch.Tests.Rooms;

/// <summary>A first layer that reads a dense block and sparse rows: <c>y = x·W</c>, without a bias, over the stored values alone.</summary>
public sealed class NaiveSparseDense : Layer, ISparseLayer, IPart<NaiveSparseDense>
{
    private readonly int _units;
    private readonly Action? _onSparseRows;

    /// <param name="units">Number of outputs.</param>
    /// <param name="onSparseRows">Is called when a batch comes with sparse rows.</param>
    public NaiveSparseDense(int units, Action? onSparseRows = null)
        : this(new Settings(Kind, new Setting("units", units))) => _onSparseRows = onSparseRows;

    private NaiveSparseDense(Settings settings)
        : base(settings)
    {
        _units = settings.Get<int>("units");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_units, "units");
    }

    public static string Kind => "naive-sparse-dense";

    public static NaiveSparseDense Create(Settings settings) => new(settings);

    public override Shape OutputShape(Shape inputShape) => [_units];

    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) =>
        [new("weight", [inputShape.ElementCount, _units], Initializer.GlorotUniform, ParameterRole.Weight)];

    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output) => Forward(context, new BatchView(input), output);

    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient) =>
        Backward(context, new BatchView(input), output, outputGradient, inputGradient);

    public void Forward(in LayerContext context, BatchView input, MatrixView output)
    {
        if (!input.IsDense)
            _onSparseRows?.Invoke();
        var weights = new ReadOnlyMatrixView(context.Values(0), input.Columns, _units);
        for (int row = 0; row < output.Rows; row++)
        {
            Span<float> y = output.Row(row);
            y.Clear();
            for (int j = 0; j < input.Dense.Columns; j++)
                Add(weights.Row(j), input.Dense[row, j], y);
            for (int i = 0; i < Stored(input, row); i++)
                Add(weights.Row(input.Dense.Columns + input.Sparse.GetColumns(row)[i]), input.Sparse.GetValues(row)[i], y);
        }
    }

    public void Backward(in LayerContext context, BatchView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView denseGradient)
    {
        var weights = new ReadOnlyMatrixView(context.Values(0), input.Columns, _units);
        var weightGradients = new MatrixView(context.GradientsToAddTo(0), input.Columns, _units);
        for (int row = 0; row < output.Rows; row++)
        {
            ReadOnlySpan<float> dy = outputGradient.Row(row);
            for (int j = 0; j < input.Dense.Columns; j++)
                Add(dy, input.Dense[row, j], weightGradients.Row(j));
            for (int i = 0; i < Stored(input, row); i++)
                Add(dy, input.Sparse.GetValues(row)[i], weightGradients.Row(input.Dense.Columns + input.Sparse.GetColumns(row)[i]));
            for (int j = 0; j < denseGradient.Columns && denseGradient.Rows > 0; j++)
            {
                denseGradient[row, j] = 0;
                for (int unit = 0; unit < _units; unit++)
                    denseGradient[row, j] += dy[unit] * weights[j, unit];
            }
        }
    }

    private static int Stored(BatchView input, int row) => input.IsDense ? 0 : input.Sparse.GetColumns(row).Length;

    private static void Add(ReadOnlySpan<float> x, float factor, Span<float> sum)
    {
        for (int i = 0; i < x.Length; i++)
            sum[i] += factor * x[i];
    }
}
