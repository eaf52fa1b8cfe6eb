using System.Numerics.Tensors;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// A feed-forward network: a sequence of layers and their parameters. Predictions are thread-safe, since each uses separate buffers; the network
/// must not be trained at the same time.
/// </summary>
public sealed partial class Sequential
{
    private const ulong InitializationStream = 0;

    /// <summary>Creates a network with newly initialized parameters.</summary>
    /// <param name="inputShape">The shape of one sample, for example <c>[784]</c> or <c>[28, 28]</c>.</param>
    /// <param name="seed">The seed of the initial parameters. The same seed gives the same network.</param>
    /// <param name="layers">The layers in order; at least one.</param>
    /// <exception cref="ArgumentException">There are no layers, or a layer does not accept the output shape of the one before it.</exception>
    public Sequential(Shape inputShape, ulong seed, params IReadOnlyList<Layer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Count == 0)
            throw new ArgumentException("a network needs at least one layer", nameof(layers));
        if (inputShape.ElementCount == 0)
            throw new ArgumentException($"a sample needs at least one value, got shape {inputShape}", nameof(inputShape));
        Chain = new Chain(inputShape, layers);
        Parameters = new ParameterStore(Chain.Parameters);
        Parameters.Initialize(new RandomSource(seed).Fork(InitializationStream));
    }

    /// <summary>Creates a network whose parameters are 0 and are filled later.</summary>
    internal Sequential(Chain chain)
    {
        Chain = chain;
        Parameters = new ParameterStore(chain.Parameters);
    }

    private Sequential(Sequential source)
    {
        Chain = source.Chain;
        OutputActivation = source.OutputActivation;
        ClassNames = source.ClassNames;
        InputScaling = source.InputScaling;
        Parameters = source.Parameters.Copy();
        CopyUserEntries(source);
    }

    /// <summary>The shape of one input sample.</summary>
    public Shape InputShape => Chain.InputShape;

    /// <summary>The shape of one output sample.</summary>
    public Shape OutputShape => Chain.OutputShape;

    /// <summary>The parameters, accessible by name and as flat buffers.</summary>
    public ParameterStore Parameters { get; }

    /// <summary>The layers in order.</summary>
    public IReadOnlyList<Layer> Layers => Chain.Layers;

    /// <summary>
    /// The names of the classes in the order of the outputs; empty if they are not known. A network with one output, the probability of class 1,
    /// can have two names: of class 0 and of class 1. The names are saved with the network.
    /// </summary>
    /// <exception cref="ArgumentException">The number of names differs from the number of outputs, or a name is null.</exception>
    public IReadOnlyList<string> ClassNames
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (!FitsClassNames(value.Count, OutputShape))
                throw new ArgumentException($"expected {OutputShape.ElementCount} class names, one for each output, got {value.Count}", nameof(value));
            field = value.Contains(null!) ? throw new ArgumentException("a class name is null", nameof(value)) : [.. value];
        }
    } = [];

    /// <summary>Whether a network with these outputs can have this number of class names.</summary>
    internal static bool FitsClassNames(int count, Shape outputs) => count == 0 || count == outputs.ElementCount || (count == 2 && outputs.ElementCount == 1);

    /// <summary>The conversion of raw numbers to the input; null if it is not known. It is saved with the network.</summary>
    public InputScaling? InputScaling { get; init; }

    /// <summary>
    /// The user's texts, by name and in the order of their names, for example an author, a license or the training data. They are saved in files and
    /// checkpoints, and copied with the network. They do not affect what the network computes.
    /// </summary>
    public IDictionary<string, string> Metadata { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// The user's tensors, by name and in the order of their names, for example thresholds of classes or means of the features. They are not parameters
    /// and are not trained. They are saved in files and checkpoints, and copied with the network. A tensor in a file has 1 to 16 dimensions.
    /// </summary>
    public IDictionary<string, Tensor<float>> ExtraTensors { get; } = new SortedDictionary<string, Tensor<float>>(StringComparer.Ordinal);

    /// <summary>The chain of layers with their shapes and parameters.</summary>
    public Chain Chain { get; }

    internal ReadOnlySpan<ChainNode> Nodes => Chain.Nodes;

    /// <summary>Creates a predictor with its own buffers, for use by one thread. It allocates nothing when it predicts.</summary>
    /// <param name="maxBatch">
    /// The number of samples that the buffers hold, limited to 256. Larger inputs are processed in chunks of this size. Default: 1.
    /// </param>
    /// <param name="emulateFusedMultiplyAdd">
    /// Whether a processor without fused multiply-add computes as one with it, for the same bits, at many times the cost. Default: false: outputs agree to
    /// rounding there.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBatch"/> is not positive.</exception>
    public Predictor CreatePredictor(int maxBatch = 1, bool emulateFusedMultiplyAdd = false) =>
        new(this, emulateFusedMultiplyAdd ? SimdWidths.BestFused : SimdWidths.Best, maxBatch);

    /// <summary>Creates a network of the same layers with a copy of the parameters.</summary>
    public Sequential Copy() => new(this);

    /// <summary>
    /// Creates a network that computes the same function with fewer layers, for prediction. Each batch normalization directly after a linear
    /// <see cref="Dense"/> or <see cref="Conv2D"/> is fused into its weights, together with a separate activation layer that follows. Layers
    /// within a <see cref="Residual"/> are not changed. Predictions agree up to rounding.
    /// </summary>
    public Sequential FuseBatchNormalization() => NormalizationFolding.Fold(this);

    /// <summary>Takes over the texts and tensors that the user has put beside another network.</summary>
    internal void CopyUserEntries(Sequential source)
    {
        foreach ((string key, string text) in source.Metadata)
            Metadata[key] = text;
        foreach ((string key, Tensor<float> tensor) in source.ExtraTensors)
            ExtraTensors[key] = TensorViews.Copy(tensor);
    }

    /// <summary>Returns a table of the layers: output shape, number of parameters, and their memory.</summary>
    public string Summary() => NetworkSummary.Of(this);

    /// <summary>
    /// Returns <see cref="Summary()"/> with a line that says how the first layer treats zeros in a data set: as sparse rows, by leaving out their products, or
    /// by computing them. The line is found from 64 samples; a training decides for each batch.
    /// </summary>
    /// <param name="data">The data set, whose samples fit the network.</param>
    /// <exception cref="ArgumentException">The data set does not fit the network.</exception>
    public string Summary(Dataset data) => NetworkSummary.Of(this) + InputSummary.Of(this, data) + "\n";

    /// <summary>Returns <see cref="Summary()"/>.</summary>
    public override string ToString() => Summary();
}
