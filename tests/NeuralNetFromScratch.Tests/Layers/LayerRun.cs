using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Layers;

/// <summary>A layer in a chain of its own, as a user would drive it. All outputs and the scratch memory start as NaN.</summary>
internal sealed class LayerRun
{
    private readonly int _batch;
    private readonly Shape _inputShape;
    private readonly ChainMemory _training;
    private readonly ChainMemory _prediction;

    public LayerRun(Layer layer, Shape inputShape, int batch, Engine engine, ulong seed)
    {
        Layer = layer;
        _inputShape = inputShape;
        _batch = batch;
        Parameters = layer.CreateParameters(inputShape, seed);
        var chain = new Chain(inputShape, [layer]);
        _training = new ChainMemory(chain, engine, Parameters, batch, isTraining: true);
        _prediction = new ChainMemory(chain, engine, Parameters, batch, isTraining: false);
        _training.Poison();
        _prediction.Poison();
        Input = TestValues.Uniform(batch * inputShape.ElementCount, seed + 1);
        Output = TestValues.Poison(batch * layer.OutputShape(inputShape).ElementCount);
        InputGradient = TestValues.Poison(Input.Length);
    }

    public Layer Layer { get; }

    public ParameterStore Parameters { get; }

    public float[] Input { get; }

    public float[] Output { get; }

    public float[] InputGradient { get; }

    public int SampleOffset { get; init; }

    private ReadOnlyMatrixView InputView => new(Input, _batch, _inputShape.ElementCount);

    public void Forward(bool isTraining = true) => Pass(isTraining, false).Forward(InputView).Span.CopyTo(Output);

    public void Backward(ReadOnlySpan<float> outputGradient, bool accumulate = false, bool wantsInputGradient = true)
    {
        ChainRun pass = Pass(true, accumulate);
        outputGradient.CopyTo(pass.OutputGradient.Span);
        pass.Backward(InputView, wantsInputGradient ? new(InputGradient, _batch, _inputShape.ElementCount) : default);
    }

    /// <summary>Mixes the batch's statistics into the running ones, as an update does.</summary>
    public void MixStatistics()
    {
        foreach (Parameter state in Parameters.Where(parameter => parameter.Role == ParameterRole.Buffer))
        {
            float share = state.Definition.MixingShare;
            for (int i = 0; i < state.Shape.ElementCount; i++)
                state.Values[i] = (1 - share) * state.Values[i] + share * state.Gradients[i];
        }
    }

    private ChainRun Pass(bool isTraining, bool accumulate) => (isTraining ? _training : _prediction).Run(_batch, accumulate, new RandomSource(5), SampleOffset);
}
