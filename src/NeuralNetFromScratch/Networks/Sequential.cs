namespace NeuralNetFromScratch;

/// <summary>
/// A feed-forward network: layers in a row, and their parameters. It holds no activations, so that any number of threads can predict
/// with it at once, as long as nobody trains it meanwhile.
/// </summary>
public sealed class Sequential
{
    private const ulong InitializationStream = 0;

    private readonly LayerNode[] _nodes;
    private Predictor? _idlePredictor;

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
        if (inputShape.Length == 0)
            throw new ArgumentException($"a sample needs at least one value, got shape {inputShape}", nameof(inputShape));
        var chain = new LayerChain(inputShape, layers);
        _nodes = chain.Nodes;
        InputShape = inputShape;
        OutputShape = chain.OutputShape;
        Parameters = new ParameterStore(chain.Definitions);
        Parameters.Initialize(new RandomSource(seed).Fork(InitializationStream));
    }

    private Sequential(Sequential source)
    {
        _nodes = source._nodes;
        InputShape = source.InputShape;
        OutputShape = source.OutputShape;
        OutputTransform = source.OutputTransform;
        Parameters = source.Parameters.Copy();
    }

    /// <summary>The shape of one sample at the input.</summary>
    public Shape InputShape { get; }

    /// <summary>The shape of one sample at the output.</summary>
    public Shape OutputShape { get; }

    /// <summary>The parameters, by name and as flat buffers.</summary>
    public ParameterStore Parameters { get; }

    /// <summary>The layers, first to last.</summary>
    public IEnumerable<Layer> Layers => _nodes.Select(node => node.Layer);

    /// <summary>What predictions are made of the last layer's output: probabilities, unless said otherwise.</summary>
    public OutputTransform OutputTransform { get; init; } = OutputTransform.Softmax;

    internal ReadOnlySpan<LayerNode> Nodes => _nodes;

    /// <summary>Predicts a batch on the calling thread. Any number of threads may call at once.</summary>
    /// <param name="batch">Samples: [batch, …InputShape], or one sample of the input shape by itself.</param>
    /// <returns>Probabilities: [batch, classes], or what <see cref="OutputTransform"/> says.</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public Tensor Predict(Tensor batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int samples = SampleCount(batch.Shape);
        var output = new Tensor(OutputShape.Prepend(samples));
        Predictor predictor = Interlocked.Exchange(ref _idlePredictor, null) ?? CreatePredictor(Predictor.BlockRows);
        predictor.Predict(batch.Span, output.Span);
        _idlePredictor = predictor;
        return output;
    }

    /// <summary>A predictor with buffers of its own, for one thread: it allocates nothing when it predicts.</summary>
    /// <param name="maxBatch">
    /// How many samples its buffers hold. More can be predicted at a time; they are then taken so many after so many.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBatch"/> is not positive.</exception>
    public Predictor CreatePredictor(int maxBatch = 1) => new(this, maxBatch);

    /// <summary>A network of the same layers with parameters of its own, which start as these are now.</summary>
    public Sequential Copy() => new(this);

    /// <summary>
    /// The same function with fewer layers, for prediction: each batch normalization right after a linear <see cref="Dense"/> is computed into
    /// its weights, and an activation that stands alone after that joins it. Layers within a <see cref="Residual"/> stay as they are.
    /// Predictions agree to rounding.
    /// </summary>
    public Sequential FoldNormalization() => NormalizationFolding.Fold(this);

    /// <summary>A table of the layers: output shape, number of parameters, and their memory.</summary>
    public string Summary() => NetworkSummary.Of(this);

    private int SampleCount(Shape shape)
    {
        if (shape == InputShape)
            return 1;
        if (shape.Rank > 0 && shape.Length == (long)shape[0] * InputShape.Length && (shape.Rank == 2 || shape == InputShape.Prepend(shape[0])))
            return shape[0];
        throw new ArgumentException(
            $"{_nodes[0].Name}: expected input [batch, {string.Join(", ", InputShape)}], got {shape}", nameof(shape));
    }
}
