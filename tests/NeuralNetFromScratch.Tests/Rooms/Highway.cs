namespace NeuralNetFromScratch.Tests.Rooms;

/// <summary>A highway (Srivastava et al. 2015): <c>y = t∘h + (1 − t)∘x</c>, with layers for h and a gate t of one sigmoid layer.</summary>
public sealed class Highway : Layer, IPart<Highway>
{
    private const int Transform = 0, Gate = 1;

    private readonly Layer[] _layers;

    public Highway(params Layer[] layers)
        : this(new Settings(Kind, new Setting("layers", layers)))
    {
    }

    private Highway(Settings settings)
        : base(settings) => _layers = settings.GetList<Layer>("layers");

    public static string Kind => "highway";

    public override bool MixesSamples => Array.Exists(_layers, layer => layer.MixesSamples);

    public static Highway Create(Settings settings) => new(settings);

    public override Shape OutputShape(Shape inputShape) => Branches(inputShape)[Transform].OutputShape is var output && output == inputShape
        ? output
        : throw new ArgumentException($"expected layers from {inputShape} to {inputShape}, got layers to {output}", nameof(inputShape));

    public override IReadOnlyList<Chain> Branches(Shape inputShape) =>
        [new Chain(inputShape, _layers), new Chain(inputShape, [new Dense(inputShape.ElementCount, Activation.Sigmoid)], "gate")];

    public override ScratchSize Scratch(Shape inputShape, int rows) => new(rows * inputShape.ElementCount);

    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        ReadOnlySpan<float> x = input.Span, h = context.Branch(Transform).Forward(input).Span, t = context.Branch(Gate).Forward(input).Span;
        for (int i = 0; i < x.Length; i++)
            output.Span[i] = t[i] * h[i] + (1 - t[i]) * x[i];
    }

    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        ChainRun transform = context.Branch(Transform), gate = context.Branch(Gate);
        ReadOnlySpan<float> x = input.Span, h = transform.Output.Span, t = gate.Output.Span, dy = outputGradient.Span;
        for (int i = 0; i < x.Length; i++)
        {
            transform.OutputGradient.Span[i] = dy[i] * t[i];
            gate.OutputGradient.Span[i] = dy[i] * (h[i] - x[i]);
        }

        MatrixView throughGate = inputGradient.Rows > 0 ? new(context.Scratch, input.Rows, input.Columns) : default;
        transform.Backward(input, inputGradient);
        gate.Backward(input, throughGate);
        for (int i = 0; i < inputGradient.Span.Length; i++)
            inputGradient.Span[i] += throughGate.Span[i] + dy[i] * (1 - t[i]);
    }
}
