using System.Numerics;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Predicts with a network on the calling thread, with its own buffers. Create one for each thread. It allocates nothing once warm, and uses the
/// current parameters of the network. A call while another is in progress throws <see cref="InvalidOperationException"/>.
/// <see cref="Sequential.Predict(ReadOnlySpan{float}, Span{float})"/> can be called from any thread.
/// </summary>
public sealed class Predictor
{
    /// <summary>The number of samples in a block: enough for an efficient matrix product, and small enough for the cache.</summary>
    internal const int BlockRows = 256;

    private readonly Sequential _network;
    private readonly int _growsTo;
    private readonly Engine _engine;
    private ChainMemory _memory;
    private UseGuard _use;

    /// <param name="network">The network.</param>
    /// <param name="width">The registers to compute with.</param>
    /// <param name="maxBatch">The initial number of samples that the buffers hold.</param>
    /// <param name="sparseColumns">The initial number of sparse columns.</param>
    /// <param name="growsTo">The largest number of samples to which the buffers grow on demand; 0 for buffers of fixed size.</param>
    internal Predictor(Sequential network, SimdWidth width, int maxBatch, int sparseColumns = 0, int growsTo = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBatch);
        _engine = new Engine(width);
        _network = network;
        _growsTo = growsTo;
        _memory = new ChainMemory(network.Chain, _engine, network.Parameters, Math.Min(maxBatch, network.Chain.BlockRows(BlockRows)), isTraining: false, sparseColumns);
    }

    /// <summary>Predicts one or more samples.</summary>
    /// <param name="inputs">The samples, one after another: [batch, in].</param>
    /// <param name="outputs">
    /// Receives the predictions: [batch, out], probabilities or what <see cref="Sequential.OutputActivation"/> specifies.
    /// </param>
    /// <exception cref="ArgumentException">The inputs are not whole samples, or the length of the outputs does not match.</exception>
    /// <exception cref="InvalidOperationException"><see cref="Sequential.OutputActivation"/> is null, or another call is in progress.</exception>
    public void Predict(ReadOnlySpan<float> inputs, Span<float> outputs)
    {
        int inputLength = _network.InputShape.ElementCount;
        int samples = inputs.Length / inputLength;
        if (inputs.Length % inputLength != 0)
            throw new ArgumentException($"expected samples of {inputLength} values, got {inputs.Length} values", nameof(inputs));
        Predict(new ReadOnlyMatrixView(inputs, samples, inputLength), outputs);
    }

    /// <summary>Predicts samples whose last features may be sparse.</summary>
    /// <param name="inputs">The samples: [batch, in]; a dense block must be contiguous.</param>
    /// <param name="outputs">
    /// Receives the predictions: [batch, out], probabilities or what <see cref="Sequential.OutputActivation"/> specifies.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The number of features differs from that of the network, or the length of the outputs does not match.
    /// </exception>
    /// <exception cref="InvalidOperationException"><see cref="Sequential.OutputActivation"/> is null, or another call is in progress.</exception>
    public void Predict(BatchView inputs, Span<float> outputs)
    {
        int outputLength = _network.OutputShape.ElementCount;
        OutputActivation activation = _network.KnownOutputActivation;
        if (inputs.Columns != _network.InputShape.ElementCount)
            throw new ArgumentException($"{_network.Nodes[0].Name}: expected input [batch, {_network.InputShape.ElementCount}], got [{inputs.Rows}, {inputs.Columns}]", nameof(inputs));
        if (outputs.Length != (long)inputs.Rows * outputLength)
            throw new ArgumentException(
                $"expected a span of {inputs.Rows} × {outputLength} outputs, got {outputs.Length}", nameof(outputs));
        using UseGuard.Use use = _use.Begin(
            "the predictor is in use by another call; create one predictor for each thread, or call the network's Predict, which is thread-safe");
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
/// The conversion of raw numbers, such as the bytes of an image, to a network's input: <c>(raw · Scale − Mean) / StandardDeviation</c>. The
/// network does not apply it (a <see cref="Standardization"/> layer does so). It is stored as metadata of the model, so that users of the model
/// can scale their inputs the same way.
/// </summary>
/// <param name="Scale">The factor; must be finite. 1/255 maps bytes to 0..1. Default: 1.</param>
/// <param name="Mean">The value to subtract; must be finite. Default: 0.</param>
/// <param name="StandardDeviation">The divisor; must be finite and positive. Default: 1.</param>
/// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
public sealed record InputScaling(float Scale = 1, float Mean = 0, float StandardDeviation = 1)
{
    /// <summary>The factor.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public float Scale { get; init => field = Guard.Finite(value, nameof(Scale)); } = Guard.Finite(Scale, nameof(Scale));

    /// <summary>The value to subtract.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public float Mean { get; init => field = Guard.Finite(value, nameof(Mean)); } = Guard.Finite(Mean, nameof(Mean));

    /// <summary>The divisor.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite or not positive.</exception>
    public float StandardDeviation { get; init => field = Guard.Positive(value, nameof(StandardDeviation)); } = Guard.Positive(StandardDeviation, nameof(StandardDeviation));

    /// <summary>Converts bytes to a network's input.</summary>
    /// <param name="raw">The bytes.</param>
    /// <param name="input">Receives the converted values; must have the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Apply(ReadOnlySpan<byte> raw, Span<float> input)
    {
        if (raw.Length != input.Length)
            throw new ArgumentException($"expected a span of {raw.Length} numbers, got {input.Length}", nameof(input));
        for (int i = 0; i < raw.Length; i++)
            input[i] = (raw[i] * Scale - Mean) / StandardDeviation;
    }

    /// <summary>Converts bytes to a network's input, a new array of the same length.</summary>
    /// <param name="raw">The bytes.</param>
    public float[] Apply(ReadOnlySpan<byte> raw)
    {
        var input = new float[raw.Length];
        Apply(raw, input);
        return input;
    }
}

/// <summary>The meaning of the outputs.</summary>
public sealed partial class Sequential
{
    /// <summary>
    /// The function that converts the last layer's outputs to predictions; null if it is not known. The first trainer sets it to
    /// <see cref="Loss.OutputActivation"/> of its loss, and model files store it. Set it for a network that is not trained here, for example
    /// after loading only its weights. Set it to null before training the network with another kind of loss.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined in the enumeration.</exception>
    public OutputActivation? OutputActivation
    {
        get;
        set => field = value is { } known ? Guard.Defined(known, nameof(value)) : null;
    }

    /// <exception cref="InvalidOperationException"><see cref="OutputActivation"/> is null.</exception>
    internal OutputActivation KnownOutputActivation => OutputActivation ?? throw new InvalidOperationException(
        "the meaning of the network's outputs is not known; train it, load a model file, or set OutputActivation: Softmax for one of several classes, Sigmoid for independent labels, None for numbers");

    /// <summary>Sets the meaning of the outputs from the loss with which the network will be trained.</summary>
    /// <exception cref="ArgumentException">The loss and the network contradict each other. Nothing has changed.</exception>
    internal void AdoptOutputs(Loss loss)
    {
        OutputActivation wanted = loss.OutputActivation;
        if (OutputActivation is { } known && known != wanted && !(IsSoftmax(known) && IsSoftmax(wanted)))
            throw new ArgumentException(
                $"{loss} is for outputs of kind {wanted}, but the network's are {known}; use another loss, or set the network's OutputActivation to null first", nameof(loss));
        if (wanted != NeuralNetFromScratch.OutputActivation.None && LastActivation is { } last && last.Equals(Activation.Sigmoid))
            throw new ArgumentException(
                $"{loss} applies a {(IsSoftmax(wanted) ? "softmax" : "sigmoid")} to the outputs itself, but {Nodes[^1].Name} ends in a sigmoid; remove the last activation", nameof(loss));
        loss.CheckOutputs(OutputShape.ElementCount);
        OutputActivation ??= wanted;
    }

    /// <summary>The activation that produces the outputs; null if another layer follows it.</summary>
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
