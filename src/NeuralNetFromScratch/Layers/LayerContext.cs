namespace NeuralNetFromScratch;

/// <summary>What a layer works with besides its input and output: its parameters, scratch memory, and an engine.</summary>
public readonly ref struct LayerContext
{
    private readonly ParameterStore _parameters;
    private readonly int _firstParameter;

    /// <summary>The context of a layer that stands alone.</summary>
    /// <param name="engine">What computes.</param>
    /// <param name="batch">Number of samples.</param>
    /// <param name="parameters">The layer's parameters, see <see cref="ParameterStore.For"/>.</param>
    public LayerContext(Engine engine, int batch, ParameterStore parameters)
        : this(engine, batch, parameters, 0)
    {
    }

    internal LayerContext(Engine engine, int batch, ParameterStore parameters, int firstParameter)
    {
        Engine = engine;
        Batch = batch;
        _parameters = parameters;
        _firstParameter = firstParameter;
    }

    /// <summary>What computes.</summary>
    public Engine Engine { get; }

    /// <summary>Number of samples in the buffers.</summary>
    public int Batch { get; }

    /// <summary>
    /// Shape of one sample at the input. Layers that contain others need it to find out the shapes within; the others can do without.
    /// </summary>
    public Shape InputShape { get; init; }

    /// <summary>Whether the pass belongs to a training step; false for evaluation and prediction.</summary>
    public bool IsTraining { get; init; }

    /// <summary>
    /// Whether <see cref="Layer.Backward"/> adds its parameter gradients to what the gradients hold. It is false only for layers
    /// with <see cref="Layer.OverwritesGradients"/>, for the first rows of a step.
    /// </summary>
    public bool AccumulateGradients { get; init; }

    /// <summary>Number of samples of the same step that went before these.</summary>
    public int FirstSample { get; init; }

    /// <summary>Chance for this layer in this step. Use the sample's number in the step, from <see cref="FirstSample"/> on, as part of the index.</summary>
    public RandomSource Random { get; init; }

    /// <summary>
    /// Memory of the layer's own, <see cref="Layer.ScratchLength"/> floats: what <see cref="Layer.Forward"/> leaves there,
    /// <see cref="Layer.Backward"/> finds.
    /// </summary>
    public Span<float> Scratch { get; init; }

    /// <summary>The values of one of the layer's parameters.</summary>
    /// <param name="parameter">Its number in the layer's <see cref="Layer.Parameters"/>.</param>
    public Span<float> Value(int parameter) => _parameters[_firstParameter + parameter].Values;

    /// <summary>The gradients of one of the layer's parameters.</summary>
    /// <param name="parameter">Its number in the layer's <see cref="Layer.Parameters"/>.</param>
    public Span<float> Gradient(int parameter) => _parameters[_firstParameter + parameter].Gradients;

    /// <summary>The context of a layer within this one.</summary>
    internal LayerContext Within(LayerNode node, Span<float> scratch, bool accumulateGradients) =>
        new(Engine, Batch, _parameters, _firstParameter + node.FirstParameter)
        {
            InputShape = node.InputShape,
            IsTraining = IsTraining,
            AccumulateGradients = accumulateGradients,
            FirstSample = FirstSample,
            Random = Random.Fork((ulong)node.Number),
            Scratch = scratch,
        };
}
