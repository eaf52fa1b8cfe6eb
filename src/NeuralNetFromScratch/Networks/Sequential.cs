using System.Numerics.Tensors;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// A feed-forward network: layers in a row, and their parameters. Any number of threads can predict with it at once, as long as nobody trains it
/// meanwhile: each prediction runs on buffers of its own.
/// </summary>
public sealed partial class Sequential
{
    private const ulong InitializationStream = 0;

    /// <summary>A network with freshly initialized parameters.</summary>
    /// <param name="inputShape">The shape of one sample: <c>[784]</c>, or <c>[28, 28]</c>.</param>
    /// <param name="seed">Seed of the initial parameters: one seed gives one network.</param>
    /// <param name="layers">The layers, first to last; at least one.</param>
    /// <exception cref="ArgumentException">There is no layer, or one cannot take the output of the one before it.</exception>
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

    /// <summary>A network whose parameters are zero, to be filled.</summary>
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

    /// <summary>The shape of one sample at the input.</summary>
    public Shape InputShape => Chain.InputShape;

    /// <summary>The shape of one sample at the output.</summary>
    public Shape OutputShape => Chain.OutputShape;

    /// <summary>The parameters, by name and as flat buffers.</summary>
    public ParameterStore Parameters { get; }

    /// <summary>The layers, first to last.</summary>
    public IReadOnlyList<Layer> Layers => Chain.Layers;

    /// <summary>
    /// What the classes are called, in the order of the outputs; empty where that is not known. A network with one output, the probability of class 1,
    /// may have two names: of class 0 and of class 1. They are saved with the network.
    /// </summary>
    /// <exception cref="ArgumentException">There are names, but not as many as outputs, or one is null.</exception>
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

    /// <summary>Whether a network with these outputs can have so many class names.</summary>
    internal static bool FitsClassNames(int count, Shape outputs) => count == 0 || count == outputs.ElementCount || (count == 2 && outputs.ElementCount == 1);

    /// <summary>How raw numbers became the input; null where that is not known. It goes where the model goes.</summary>
    public InputScaling? InputScaling { get; init; }

    /// <summary>
    /// Texts of your own beside the model, by name and in the order of their names: an author, a licence, the data it was trained on. Files and checkpoints
    /// keep them, and copies get those that are there at the moment. They change nothing in what the network computes.
    /// </summary>
    public IDictionary<string, string> Metadata { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Tensors of your own beside the model, by name and in the order of their names: thresholds of classes, means of the features. They are no parameters:
    /// nothing trains them. Files and checkpoints keep them, and copies get copies of those that are there at the moment. A tensor in a file has 1 to 16
    /// dimensions.
    /// </summary>
    public IDictionary<string, Tensor<float>> ExtraTensors { get; } = new SortedDictionary<string, Tensor<float>>(StringComparer.Ordinal);

    /// <summary>The layers at their places.</summary>
    public Chain Chain { get; }

    internal ReadOnlySpan<ChainNode> Nodes => Chain.Nodes;

    /// <summary>A predictor with buffers of its own, for one thread: it allocates nothing when it predicts.</summary>
    /// <param name="maxBatch">
    /// Number of samples that its buffers hold, 256 at most. Larger inputs are processed in chunks of this size. Default: 1.
    /// </param>
    /// <param name="emulateFusedMultiplyAdd">
    /// Whether a processor without fused multiply-add computes as one with it, for the same bits, at many times the cost. Default: false: outputs agree to
    /// rounding there.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBatch"/> is not positive.</exception>
    public Predictor CreatePredictor(int maxBatch = 1, bool emulateFusedMultiplyAdd = false) =>
        new(this, emulateFusedMultiplyAdd ? SimdWidths.BestFused : SimdWidths.Best, maxBatch);

    /// <summary>A network of the same layers with parameters of its own, which start as these are now.</summary>
    public Sequential Copy() => new(this);

    /// <summary>
    /// The same function with fewer layers, for prediction: each batch normalization right after a linear <see cref="Dense"/> or <see cref="Conv2D"/> is
    /// computed into its weights, and an activation that stands alone after that joins it. Layers within a <see cref="Residual"/> stay as they are.
    /// Predictions agree to rounding.
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

    /// <summary>A table of the layers: output shape, number of parameters, and their memory.</summary>
    public string Summary() => NetworkSummary.Of(this);

    /// <summary>The same as <see cref="Summary"/>.</summary>
    public override string ToString() => Summary();
}
