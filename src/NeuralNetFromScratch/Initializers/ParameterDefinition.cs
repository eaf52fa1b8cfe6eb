namespace NeuralNetFromScratch;

/// <summary>What a parameter is to the optimizer.</summary>
public enum ParameterRole
{
    /// <summary>Trained, and subject to penalties and weight decay.</summary>
    Weight,

    /// <summary>Trained, and free of penalties and weight decay: biases, scales and shifts.</summary>
    Bias,

    /// <summary>Kept with the parameters, but not trained: running statistics, the means and deviations of the inputs.</summary>
    State,
}

/// <summary>A parameter that a layer asks for.</summary>
/// <param name="Name">Its name within the layer: "weight", "bias".</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Initializer">The values that it starts with.</param>
/// <param name="Role">What it is to the optimizer.</param>
public sealed record ParameterDefinition(string Name, Shape Shape, Initializer Initializer, ParameterRole Role)
{
    private readonly int? _fanIn;
    private readonly int? _fanOut;

    /// <summary>
    /// Number of inputs that one output is computed from, for initializers. By default the product of all dimensions but the last, which is
    /// right for <c>[in, out]</c> and <c>[height, width, in, out]</c>; 0 for parameters with fewer than two dimensions.
    /// </summary>
    public int FanIn
    {
        get => _fanIn ?? (Shape.Rank < 2 || Shape[^1] == 0 ? 0 : Shape.ElementCount / Shape[^1]);
        init => _fanIn = value;
    }

    /// <summary>Number of outputs that one input takes part in, for initializers. By default the last dimension; 0 for parameters with fewer than two dimensions.</summary>
    public int FanOut
    {
        get => _fanOut ?? (Shape.Rank < 2 ? 0 : Shape[^1]);
        init => _fanOut = value;
    }

    /// <summary>The name of the parameter in PyTorch's module of the same kind; <see cref="Name"/> unless set.</summary>
    public string PyTorchName
    {
        get => field ?? Name;
        init;
    }

    /// <summary>
    /// The order of this parameter's axes in PyTorch: axis i there is axis <c>PyTorchAxes[i]</c> here. <c>[1, 0]</c> for a weight that is
    /// <c>[in, out]</c> here and <c>[out, in]</c> there. Empty where both are the same.
    /// </summary>
    public IReadOnlyList<int> PyTorchAxes { get; init; } = [];

    /// <summary>
    /// For running statistics: the share m of the batch's value g, which the layer writes in the place of the gradient, in the update
    /// <c>r ← (1 − m)·r + m·g</c>. 0, the default, leaves the values alone. Ignored unless <see cref="Role"/> is <see cref="ParameterRole.State"/>.
    /// </summary>
    public float MixingShare { get; init; }
}
