using System.Numerics;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Predicts with a network on the calling thread, in buffers of its own: one for each thread. It allocates nothing once warm, and sees the
/// network's parameters as they are at the time. A call while another goes on throws <see cref="InvalidOperationException"/>, so that no caller gets
/// the outputs of another; <see cref="Sequential.Predict(ReadOnlySpan{float}, Span{float})"/> can be called from any thread.
/// </summary>
public sealed class Predictor
{
    /// <summary>Samples that are taken together when there are many: enough for the matrix product, few enough for the cache.</summary>
    internal const int BlockRows = 256;

    private readonly Sequential _network;
    private readonly int _growsTo;
    private readonly Engine _engine;
    private ChainMemory _memory;
    private UseGuard _use;

    /// <param name="network">The network.</param>
    /// <param name="width">The registers to compute with.</param>
    /// <param name="maxBatch">Samples that its buffers hold at first.</param>
    /// <param name="sparseColumns">Sparse columns that they are made for at first.</param>
    /// <param name="growsTo">Samples up to which the buffers grow with what is asked for; they stay as they are if 0.</param>
    internal Predictor(Sequential network, SimdWidth width, int maxBatch, int sparseColumns = 0, int growsTo = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBatch);
        _engine = new Engine(width);
        _network = network;
        _growsTo = growsTo;
        _memory = new ChainMemory(network.Chain, _engine, network.Parameters, Math.Min(maxBatch, network.Chain.BlockRows(BlockRows)), isTraining: false, sparseColumns);
    }

    /// <summary>Predicts some samples.</summary>
    /// <param name="inputs">The samples, one after another: [batch, in].</param>
    /// <param name="outputs">Receives the probabilities, or what <see cref="Sequential.OutputActivation"/> says: [batch, out].</param>
    /// <exception cref="ArgumentException">The inputs are not whole samples, or the outputs' length does not fit.</exception>
    /// <exception cref="InvalidOperationException">The network does not know what its outputs mean, or another call goes on.</exception>
    public void Predict(ReadOnlySpan<float> inputs, Span<float> outputs)
    {
        int inputLength = _network.InputShape.ElementCount;
        int samples = inputs.Length / inputLength;
        if (inputs.Length % inputLength != 0)
            throw new ArgumentException($"expected samples of {inputLength} values, got {inputs.Length} values", nameof(inputs));
        Predict(new ReadOnlyMatrixView(inputs, samples, inputLength), outputs);
    }

    /// <summary>Predicts some samples, whose last features may be sparse.</summary>
    /// <param name="inputs">The samples: [batch, in]; a dense block is contiguous.</param>
    /// <param name="outputs">Receives the probabilities, or what <see cref="Sequential.OutputActivation"/> says: [batch, out].</param>
    /// <exception cref="ArgumentException">The samples have another number of features than the network's, or the outputs' length does not fit.</exception>
    /// <exception cref="InvalidOperationException">The network does not know what its outputs mean, or another call goes on.</exception>
    public void Predict(BatchView inputs, Span<float> outputs)
    {
        int outputLength = _network.OutputShape.ElementCount;
        OutputActivation activation = _network.KnownOutputActivation;
        if (inputs.Columns != _network.InputShape.ElementCount)
            throw new ArgumentException($"{_network.Nodes[0].Name}: expected input [batch, {_network.InputShape.ElementCount}], got [{inputs.Rows}, {inputs.Columns}]", nameof(inputs));
        if (outputs.Length != (long)inputs.Rows * outputLength)
            throw new ArgumentException(
                $"expected room for {inputs.Rows} × {outputLength} outputs, got {outputs.Length}", nameof(outputs));
        using UseGuard.Use use = _use.Begin(
            "the predictor is in use: it serves one caller at a time; make one for each thread, or call the network's own Predict, which serves any number");
        int capacity = Math.Max(_memory.MaxRows, Math.Min(_growsTo, (int)BitOperations.RoundUpToPowerOf2((uint)inputs.Rows)));
        if (_memory.SparseColumns != inputs.Sparse.Columns || _memory.MaxRows < capacity)
            _memory = new ChainMemory(_network.Chain, _engine, _network.Parameters, capacity, isTraining: false, inputs.Sparse.Columns);
        for (int start = 0; start < inputs.Rows; start += _memory.MaxRows)
        {
            int rows = Math.Min(_memory.MaxRows, inputs.Rows - start);
            Span<float> block = outputs.Slice(start * outputLength, rows * outputLength);
            _memory.Run(rows).Forward(inputs.SliceRows(start, rows)).Span.CopyTo(block);
            activation.Apply(block, outputLength);
        }
    }
}

/// <summary>
/// How raw numbers, such as the bytes of a picture, became a network's input: <c>(raw · Scale − Mean) / StandardDeviation</c>. A network
/// does not do this itself (a <see cref="Standardization"/> layer does); it keeps the note, so that whoever gets the model knows.
/// </summary>
/// <param name="Scale">Factor; 1/255 for bytes. Finite.</param>
/// <param name="Mean">What is subtracted; finite.</param>
/// <param name="StandardDeviation">What is divided by; finite and positive.</param>
/// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
public sealed record InputScaling(float Scale = 1, float Mean = 0, float StandardDeviation = 1)
{
    /// <summary>Factor.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public float Scale { get; init => field = Guard.Finite(value, nameof(Scale)); } = Guard.Finite(Scale, nameof(Scale));

    /// <summary>What is subtracted.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public float Mean { get; init => field = Guard.Finite(value, nameof(Mean)); } = Guard.Finite(Mean, nameof(Mean));

    /// <summary>What is divided by.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite or not positive.</exception>
    public float StandardDeviation { get; init => field = Guard.Positive(value, nameof(StandardDeviation)); } = Guard.Positive(StandardDeviation, nameof(StandardDeviation));

    /// <summary>Turns bytes into a network's input.</summary>
    /// <param name="raw">The bytes.</param>
    /// <param name="input">Receives as many numbers.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Apply(ReadOnlySpan<byte> raw, Span<float> input)
    {
        if (raw.Length != input.Length)
            throw new ArgumentException($"expected room for {raw.Length} numbers, got {input.Length}", nameof(input));
        for (int i = 0; i < raw.Length; i++)
            input[i] = (raw[i] * Scale - Mean) / StandardDeviation;
    }
}

/// <summary>What the outputs mean.</summary>
public sealed partial class Sequential
{
    /// <summary>
    /// What turns the last layer's outputs into predictions; null where that is not known. The first trainer sets it to
    /// <see cref="Loss.OutputActivation"/> of its loss, and a model file keeps it. Set it for a network that is not trained here, such as one whose
    /// weights alone were loaded, or to null to train a network with a loss of another kind.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration's.</exception>
    public OutputActivation? OutputActivation
    {
        get;
        set => field = value is { } known ? Guard.Defined(known, nameof(value)) : null;
    }

    /// <exception cref="InvalidOperationException">It is not known.</exception>
    internal OutputActivation KnownOutputActivation => OutputActivation ?? throw new InvalidOperationException(
        "the network does not know what its outputs mean; train it, load a model file, or set OutputActivation: Softmax for one of several classes, Sigmoid for labels that do not exclude each other, None for numbers");

    /// <summary>Takes the meaning of the outputs from the loss that the network is to be trained with.</summary>
    /// <exception cref="ArgumentException">Loss and network contradict each other; nothing has changed.</exception>
    internal void AdoptOutputs(Loss loss)
    {
        OutputActivation wanted = loss.OutputActivation;
        if (OutputActivation is { } known && known != wanted && !(IsSoftmax(known) && IsSoftmax(wanted)))
            throw new ArgumentException(
                $"{loss} is for outputs of kind {wanted}, but the network's are {known}; take another loss, or set the network's OutputActivation to null first", nameof(loss));
        if (wanted != NeuralNetFromScratch.OutputActivation.None && LastActivation is { } last && last.Equals(Activation.Sigmoid))
            throw new ArgumentException(
                $"{loss} applies a {(IsSoftmax(wanted) ? "softmax" : "sigmoid")} to the outputs itself, but {Nodes[^1].Name} ends in a sigmoid; leave the last activation out", nameof(loss));
        loss.CheckOutputs(OutputShape.ElementCount);
        OutputActivation ??= wanted;
    }

    /// <summary>The activation that the outputs come from; null where another layer comes after it.</summary>
    private Activation? LastActivation => Nodes[^1].Layer switch
    {
        Dense dense => dense.Activation,
        Conv2D convolution => convolution.Activation,
        ActivationLayer activate => activate.Activation,
        _ => null,
    };

    private static bool IsSoftmax(OutputActivation activation) =>
        activation is NeuralNetFromScratch.OutputActivation.Softmax or NeuralNetFromScratch.OutputActivation.LogSoftmax;
}
