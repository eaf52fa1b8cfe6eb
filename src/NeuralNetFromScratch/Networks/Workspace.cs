using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch;

/// <summary>
/// The buffers of one run through a network: each layer's output, gradients, and scratch memory. Allocated once, for so many rows.
/// </summary>
internal sealed class Workspace
{
    private readonly Sequential _network;
    private readonly Engine _engine;
    private readonly bool _isTraining;

    /// <summary>Each layer's output, [rows, out]. For prediction two buffers take turns.</summary>
    private readonly AlignedBuffer[] _outputs;

    /// <summary>Each layer's scratch memory.</summary>
    private readonly AlignedBuffer[] _scratch;

    /// <summary>Gradients at the layers' outputs, [rows, out]; two buffers take turns.</summary>
    private readonly AlignedBuffer[] _gradients = [];

    /// <summary>The first layer that learns: no gradient needs to go further down.</summary>
    private readonly int _firstTrained;

    public Workspace(Sequential network, Engine engine, int maxRows, bool isTraining)
    {
        _network = network;
        _engine = engine;
        _isTraining = isTraining;
        MaxRows = maxRows;
        ReadOnlySpan<LayerNode> nodes = network.Nodes;
        int widest = 0;
        foreach (LayerNode node in nodes)
            widest = Math.Max(widest, checked(maxRows * node.OutputShape.ElementCount));
        AlignedBuffer[] pair = [new(widest), new(widest)];
        _outputs = new AlignedBuffer[nodes.Length];
        _scratch = new AlignedBuffer[nodes.Length];
        foreach (LayerNode node in nodes)
        {
            _outputs[node.Number] = isTraining ? new(maxRows * node.OutputShape.ElementCount) : pair[node.Number % 2];
            _scratch[node.Number] = new(node.Layer.ScratchLength(node.InputShape, maxRows));
        }

        if (isTraining)
            _gradients = pair;
        _firstTrained = 0;
        while (_firstTrained < nodes.Length && !HasTrainedParameters(nodes[_firstTrained]))
            _firstTrained++;
    }

    /// <summary>The most rows that the buffers hold.</summary>
    public int MaxRows { get; }

    /// <summary>The step's random numbers; layers fork off their own.</summary>
    public RandomSource Random { get; set; }

    /// <summary>Number of samples of the same step that went before.</summary>
    public int FirstSample { get; set; }

    /// <summary>Where the loss writes the gradient at the network's output: [rows, out].</summary>
    public Span<float> OutputGradient(int rows) => Gradient(_network.Nodes[^1], rows);

    /// <summary>What the last <see cref="Forward"/> over so many rows computed: [rows, out].</summary>
    public ReadOnlySpan<float> NetworkOutput(int rows) => Output(_network.Nodes[^1], rows);

    /// <summary>Computes the network's output: [rows, out].</summary>
    /// <param name="input">[rows, in].</param>
    /// <param name="rows">Number of samples.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ReadOnlySpan<float> Forward(ReadOnlySpan<float> input, int rows)
    {
        foreach (LayerNode node in _network.Nodes)
        {
            Span<float> output = Output(node, rows);
            node.Layer.Forward(Context(node, rows, accumulate: false), input, output);
            input = output;
        }

        return input;
    }

    /// <summary>Carries the gradient from the output to the parameters, after <see cref="Forward"/> on the same rows.</summary>
    /// <param name="input">As it was given to <see cref="Forward"/>.</param>
    /// <param name="rows">Number of samples.</param>
    /// <param name="accumulate">Whether the parameters' gradients are added to what they hold.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward(ReadOnlySpan<float> input, int rows, bool accumulate)
    {
        ReadOnlySpan<LayerNode> nodes = _network.Nodes;
        for (int i = nodes.Length - 1; i >= _firstTrained; i--)
        {
            LayerNode node = nodes[i];
            bool overwrites = node.Layer.OverwritesGradients;
            if (!overwrites && !accumulate)
                ClearGradients(node);
            node.Layer.Backward(
                Context(node, rows, accumulate || !overwrites),
                i == 0 ? input : Output(nodes[i - 1], rows),
                Output(node, rows),
                Gradient(node, rows),
                i == _firstTrained ? [] : Gradient(nodes[i - 1], rows));
        }
    }

    private bool HasTrainedParameters(LayerNode node)
    {
        for (int i = 0; i < node.ParameterCount; i++)
        {
            if (_network.Parameters[node.FirstParameter + i].Role != ParameterRole.State)
                return true;
        }

        return false;
    }

    private void ClearGradients(LayerNode node)
    {
        for (int i = 0; i < node.ParameterCount; i++)
            _network.Parameters[node.FirstParameter + i].Gradients.Clear();
    }

    private Span<float> Output(LayerNode node, int rows) => _outputs[node.Number].Span[..(rows * node.OutputShape.ElementCount)];

    private Span<float> Gradient(LayerNode node, int rows) => _gradients[node.Number % 2].Span[..(rows * node.OutputShape.ElementCount)];

    private LayerContext Context(LayerNode node, int rows, bool accumulate) =>
        new(_engine, rows, _network.Parameters, node.FirstParameter)
        {
            InputShape = node.InputShape,
            IsTraining = _isTraining,
            AccumulateGradients = accumulate,
            FirstSample = FirstSample,
            Random = Random.Fork((ulong)node.Number),
            Scratch = _scratch[node.Number].Span,
        };
}
