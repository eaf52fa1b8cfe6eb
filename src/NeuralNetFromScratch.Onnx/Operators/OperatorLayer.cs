using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// Executes operators of an imported model for which the library has no layer, one by one in single precision, as ONNX defines them, for one sample at a time.
/// The values of a sample are computed again for the backward pass. The constants of the model are a parameter that is not trained.
/// </summary>
internal sealed class OperatorLayer : Layer, IPart<OperatorLayer>
{
    private const int Constants = 0;

    private readonly StepLayout _layout;
    private readonly Shape _outputShape;
    private readonly float[]? _values;

    /// <param name="inputLength">The number of values of a sample.</param>
    /// <param name="steps">The operators. The result of the last one is the output. Without operators, the layer reshapes samples.</param>
    /// <param name="constants">The number of values of each constant.</param>
    /// <param name="outputShape">The shape of one sample at the output.</param>
    /// <param name="values">The values of the constants; zeros if null, for networks whose parameters are loaded.</param>
    public OperatorLayer(int inputLength, IReadOnlyList<Step> steps, IReadOnlyList<int> constants, Shape outputShape, float[]? values = null)
        : this(new Settings(Kind, new Setting("inputLength", inputLength)).WithList("steps", steps).WithList("constants", constants).WithList("outputShape", [.. outputShape]))
    {
        if (values is not null && values.Length != _layout.ConstantTotal)
            throw new ArgumentException($"expected {_layout.ConstantTotal} values of constants, got {values.Length}", nameof(values));
        _values = values;
    }

    private OperatorLayer(Settings settings)
        : base(settings)
    {
        InputLength = settings.Get<int>("inputLength");
        _layout = new StepLayout(InputLength, settings.GetList<Step>("steps"), settings.GetList<int>("constants"));
        _outputShape = Shape.Create(settings.GetList<int>("outputShape"));
        if (_outputShape.ElementCount != _layout.OutputLength)
            throw new ArgumentException($"the steps return {_layout.OutputLength} values, which do not fit samples of shape {_outputShape}");
    }

    public static string Kind => "onnx-operators";

    public int InputLength { get; }

    public IReadOnlyList<Step> Steps => _layout.Steps;

    /// <summary>The number of values of each constant.</summary>
    public IReadOnlyList<int> ConstantLengths => _layout.ConstantLengths;

    /// <summary>The offsets and lengths of the values.</summary>
    public StepLayout Layout => _layout;

    public static OperatorLayer Create(Settings settings) => new(settings);

    public override Shape OutputShape(Shape inputShape) => inputShape.ElementCount == InputLength
        ? _outputShape
        : throw new ArgumentException($"expected samples of {InputLength} values, got shape {inputShape}", nameof(inputShape));

    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) =>
        _layout.ConstantTotal == 0 ? [] : [new("constants", [_layout.ConstantTotal], _values is null ? Initializer.Zeros : new GivenInitializer(_values), ParameterRole.Buffer)];

    public override ScratchSize Scratch(Shape inputShape, int rows) => new(WorkerFloats: checked(2 * _layout.Total));

    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        var job = new ForwardJob { Context = context, Layout = _layout, Constants = ConstantsOf(context), X = input, Y = output };
        context.Engine.Run(job, context.Engine.WorkersFor((long)input.Rows * _layout.Total, Tuning.ElementGrain));
    }

    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        if (inputGradient.Rows == 0)
            return;
        var job = new BackwardJob { Context = context, Layout = _layout, Constants = ConstantsOf(context), X = input, Dy = outputGradient, Dx = inputGradient };
        context.Engine.Run(job, context.Engine.WorkersFor((long)input.Rows * _layout.Total, Tuning.ElementGrain));
    }

    private ReadOnlySpan<float> ConstantsOf(in LayerContext context) => _layout.ConstantTotal == 0 ? [] : context.Values(Constants);

    /// <summary>Computes all values of a sample.</summary>
    private static void Run(StepLayout layout, ReadOnlySpan<float> x, Span<float> values, ReadOnlySpan<float> constants)
    {
        x.CopyTo(values);
        for (int i = 0; i < layout.Steps.Length; i++)
            layout.Steps[i].Operator.Forward(new StepRun(layout, values, [], constants, i));
    }

    private ref struct ForwardJob : IJob
    {
        public LayerContext Context;
        public StepLayout Layout;
        public ReadOnlySpan<float> Constants;
        public ReadOnlyMatrixView X;
        public MatrixView Y;

        public readonly void Run(int worker, int workers)
        {
            Span<float> values = Context.WorkerScratch(worker, Layout.Total);
            Section rows = Section.Of(X.Rows, 1, worker, workers);
            for (int row = rows.Start; row < rows.End; row++)
            {
                OperatorLayer.Run(Layout, X.Row(row), values, Constants);
                Layout.Of(Layout.Steps.Length, values).CopyTo(Y.Row(row));
            }
        }
    }

    private ref struct BackwardJob : IJob
    {
        public LayerContext Context;
        public StepLayout Layout;
        public ReadOnlySpan<float> Constants;
        public ReadOnlyMatrixView X, Dy;
        public MatrixView Dx;

        public readonly void Run(int worker, int workers)
        {
            Span<float> memory = Context.WorkerScratch(worker, 2 * Layout.Total), values = memory[..Layout.Total], gradients = memory[Layout.Total..];
            Section rows = Section.Of(X.Rows, 1, worker, workers);
            for (int row = rows.Start; row < rows.End; row++)
            {
                OperatorLayer.Run(Layout, X.Row(row), values, Constants);
                gradients.Clear();
                Dy.Row(row).CopyTo(Layout.Of(Layout.Steps.Length, gradients));
                for (int i = Layout.Steps.Length - 1; i >= 0; i--)
                    Layout.Steps[i].Operator.Backward(new StepRun(Layout, values, gradients, Constants, i));
                Layout.Of(0, gradients).CopyTo(Dx.Row(row));
            }
        }
    }
}
