using System.Collections;
using System.Diagnostics.CodeAnalysis;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// All parameters of a network in one flat buffer of values and one of gradients, so that an optimizer makes one pass and a copy is
/// one call. Each parameter is a named slice that starts on a cache line, in the order of the layers, so that a layer's parameters lie
/// together. The few places between slices belong to no parameter; they start at zero and have zero gradients.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "A store that can be enumerated, not a collection that can be added to.")]
public sealed class ParameterStore : IReadOnlyList<Parameter>
{
    private readonly Parameter[] _parameters;
    private readonly AlignedBuffer _values;
    private readonly Lazy<AlignedBuffer> _gradients;

    /// <summary>Parameters that are all zero.</summary>
    /// <param name="definitions">The parameters, in the order of their layers.</param>
    public ParameterStore(IReadOnlyList<ParameterDefinition> definitions)
    {
        ArgumentNullException.ThrowIfNull(definitions);
        _parameters = new Parameter[definitions.Count];
        int offset = 0;
        for (int i = 0; i < definitions.Count; i++)
        {
            _parameters[i] = new Parameter(this, definitions[i] ?? throw new ArgumentException($"definition {i} is null", nameof(definitions)), offset);
            offset = checked(offset + _parameters[i].Extent);
        }

        _values = new AlignedBuffer(offset);
        // A network that only predicts never needs its gradients.
        _gradients = new(() => new AlignedBuffer(offset));
    }

    /// <summary>All values, in the order in which they lie in memory.</summary>
    public Span<float> Values => _values.Span;

    /// <summary>All gradients, laid out like <see cref="Values"/>.</summary>
    public Span<float> Gradients
    {
        get
        {
            ForgetGradientRows();
            return KnownGradients;
        }
    }

    /// <summary><see cref="Gradients"/>, for a caller that leaves rows at zero which are listed as such in <see cref="Parameter.GradientRows"/>.</summary>
    internal Span<float> KnownGradients => _gradients.Value.Span;

    /// <summary>Lets no row of a gradient count as known to be zero.</summary>
    internal void ForgetGradientRows()
    {
        foreach (Parameter parameter in _parameters)
            parameter.GradientRows?.Forget();
    }

    /// <summary>The number of parameters (tensors).</summary>
    public int Count => _parameters.Length;

    /// <summary>The number of trained values in all parameters together.</summary>
    public long TrainableCount => _parameters.Where(parameter => parameter.Role != ParameterRole.Buffer).Sum(parameter => (long)parameter.Shape.ElementCount);

    /// <summary>A parameter by number, in the order of the layers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such parameter.</exception>
    public Parameter this[int index] => (uint)index < (uint)_parameters.Length
        ? _parameters[index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"there are {_parameters.Length} parameters");

    /// <summary>A parameter by name, such as "dense1.weight".</summary>
    /// <exception cref="KeyNotFoundException">There is none of this name; the message lists those that there are.</exception>
    public Parameter this[string name] =>
        Array.Find(_parameters, parameter => parameter.Name == name)
        ?? throw new KeyNotFoundException($"no parameter is called \"{name}\"; there are {string.Join(", ", _parameters.Select(p => p.Name))}");

    /// <summary>Enumerates the parameters in the order of the layers.</summary>
    public IEnumerator<Parameter> GetEnumerator() => ((IEnumerable<Parameter>)_parameters).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A store laid out like this one, with the same values.</summary>
    internal ParameterStore Copy()
    {
        var copy = new ParameterStore([.. _parameters.Select(parameter => parameter.Definition)]);
        Values.CopyTo(copy.Values);
        return copy;
    }

    /// <summary>Sets all values as their initializers say. Each parameter has a random stream of its own.</summary>
    /// <param name="random">The only source of random numbers.</param>
    public void Initialize(RandomSource random)
    {
        for (int i = 0; i < _parameters.Length; i++)
            _parameters[i].Definition.Initializer.Fill(_parameters[i].Values, _parameters[i].Definition, random.Fork((ulong)i));
    }
}

/// <summary>A named slice of a <see cref="ParameterStore"/>.</summary>
public sealed class Parameter
{
    private readonly ParameterStore _store;

    internal Parameter(ParameterStore store, ParameterDefinition definition, int offset)
    {
        _store = store;
        Definition = definition;
        Offset = offset;
    }

    /// <summary>The full name: "dense1.weight".</summary>
    public string Name => Definition.Name;

    /// <summary>The shape.</summary>
    public Shape Shape => Definition.Shape;

    /// <summary>What the parameter is to the optimizer.</summary>
    public ParameterRole Role => Definition.Role;

    /// <summary>What the layer asked for, with the full name.</summary>
    public ParameterDefinition Definition { get; }

    /// <summary>The index of its first element in the store's flat buffers.</summary>
    public int Offset { get; }

    /// <summary>Its values in row-major order.</summary>
    public Span<float> Values => _store.Values.Slice(Offset, Shape.ElementCount);

    /// <summary>The loss's derivatives by them, from the last training step; of running statistics, the batch's values.</summary>
    public Span<float> Gradients
    {
        get
        {
            GradientRows?.Forget();
            return KnownGradients;
        }
    }

    /// <summary><see cref="Gradients"/>, for a caller that leaves rows at zero which are listed as such in <see cref="GradientRows"/>.</summary>
    internal Span<float> KnownGradients => _store.KnownGradients.Slice(Offset, Shape.ElementCount);

    /// <summary>Which rows of the gradient can differ from zero, if the layer keeps a list of them.</summary>
    internal GradientRows? GradientRows { get; set; }

    /// <summary>Elements from its first to the next parameter's: whole cache lines.</summary>
    internal int Extent => Compute.AlignedMemory.RoundUp(Shape.ElementCount);

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} {Shape}";
}

/// <summary>What a parameter is to the optimizer.</summary>
public enum ParameterRole
{
    /// <summary>Trained, and subject to penalties and weight decay.</summary>
    Weight,

    /// <summary>Trained, and free of penalties and weight decay: biases, scales and shifts.</summary>
    NoDecay,

    /// <summary>Kept with the parameters, but not trained: running statistics, the means and deviations of the inputs.</summary>
    Buffer,
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
    /// <c>r ← (1 − m)·r + m·g</c>. 0, the default, leaves the values alone. Ignored unless <see cref="Role"/> is <see cref="ParameterRole.Buffer"/>.
    /// </summary>
    public float MixingShare { get; init; }

    /// <summary>Whether something is divided by the values: a file in which one is not finite and positive is refused.</summary>
    internal bool IsDivisor { get; init; }
}
