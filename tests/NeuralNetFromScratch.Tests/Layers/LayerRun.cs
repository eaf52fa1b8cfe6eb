using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Layers;

/// <summary>A layer with buffers of its own, as a user would drive it. All outputs start as NaN.</summary>
internal sealed class LayerRun
{
    private readonly Engine _engine;
    private readonly int _batch;
    private readonly Shape _inputShape;
    private readonly float[] _scratch;

    public LayerRun(Layer layer, Shape inputShape, int batch, Engine engine, ulong seed)
    {
        Layer = layer;
        _engine = engine;
        _inputShape = inputShape;
        _batch = batch;
        Parameters = ParameterStore.For(layer, inputShape, seed);
        Input = TestValues.Uniform(batch * inputShape.ElementCount, seed + 1);
        Output = TestValues.Poison(batch * layer.OutputShape(inputShape).ElementCount);
        InputGradient = TestValues.Poison(Input.Length);
        _scratch = TestValues.Poison(layer.ScratchLength(inputShape, batch));
    }

    public Layer Layer { get; }

    public ParameterStore Parameters { get; }

    public float[] Input { get; }

    public float[] Output { get; }

    public float[] InputGradient { get; }

    public int FirstSample { get; init; }

    public void Forward(bool isTraining = true) => Layer.Forward(Context(isTraining, false), Input, Output);

    public void Backward(ReadOnlySpan<float> outputGradient, bool accumulate = false, bool wantsInputGradient = true) =>
        Layer.Backward(Context(true, accumulate), Input, Output, outputGradient.ToArray(), wantsInputGradient ? InputGradient : []);

    private LayerContext Context(bool isTraining, bool accumulate) =>
        new(_engine, _batch, Parameters) { InputShape = _inputShape, IsTraining = isTraining, AccumulateGradients = accumulate, Scratch = _scratch, Random = new RandomSource(5), FirstSample = FirstSample };
}
