using System.Collections;
using System.Diagnostics.CodeAnalysis;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// All parameters of a network in one flat buffer of values and one of gradients, so that an optimizer makes one pass and a copy is one call.
/// Each parameter is a named slice that starts on a cache line. Slices are in the order of the layers, so that a layer's parameters are adjacent.
/// The padding between slices belongs to no parameter; its values and gradients are 0.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "A store that can be enumerated, not a collection that can be added to.")]
public sealed class ParameterStore : IReadOnlyList<Parameter>
{
    private readonly Parameter[] _parameters;
    private readonly AlignedBuffer _values;
    private readonly Lazy<AlignedBuffer> _gradients;

    /// <summary>Creates parameters that are all 0.</summary>
    /// <param name="definitions">The parameters in the order of their layers.</param>
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
        // A network that only predicts never allocates its gradients.
        _gradients = new(() => new AlignedBuffer(offset));
    }

    private ParameterStore(ParameterStore source)
    {
        _parameters = [.. source._parameters.Select(parameter => new Parameter(this, parameter.Definition, parameter.Offset))];
        _values = source._values;
        _gradients = new(() => new AlignedBuffer(_values.Length));
    }

    /// <summary>All values in memory order, including padding.</summary>
    public Span<float> Values
    {
        get
        {
            foreach (Parameter parameter in _parameters)
                parameter.Deferred?.Complete();
            return KnownValues;
        }
    }

    /// <summary>The number of elements of <see cref="Values"/>.</summary>
    internal int ElementCount => _values.Length;

    /// <summary>The memory of <see cref="Values"/>, in which rows may lack the updates of <see cref="Parameter.Deferred"/>.</summary>
    internal AlignedBuffer Buffer => _values;

    /// <summary><see cref="Values"/>, for a caller that does not read rows with deferred updates.</summary>
    internal Span<float> KnownValues => _values.Span;

    /// <summary>All gradients, in the same layout as <see cref="Values"/>.</summary>
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

    /// <summary>The number of trainable values in all parameters.</summary>
    public long TrainableCount => _parameters.Where(parameter => parameter.Role != ParameterRole.Buffer).Sum(parameter => (long)parameter.Shape.ElementCount);

    /// <summary>Gets a parameter by index, in the order of the layers.</summary>
    /// <param name="index">The index of the parameter, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public Parameter this[int index] => (uint)index < (uint)_parameters.Length
        ? _parameters[index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"there are {_parameters.Length} parameters");

    /// <summary>Gets a parameter by name, for example "dense1.weight".</summary>
    /// <param name="name">The full name of the parameter.</param>
    /// <exception cref="KeyNotFoundException">No parameter has this name. The message lists the names.</exception>
    public Parameter this[string name] =>
        Array.Find(_parameters, parameter => parameter.Name == name)
        ?? throw new KeyNotFoundException($"no parameter has the name \"{name}\"; the parameters are {string.Join(", ", _parameters.Select(p => p.Name))}");

    /// <summary>Enumerates the parameters in the order of the layers.</summary>
    public IEnumerator<Parameter> GetEnumerator() => ((IEnumerable<Parameter>)_parameters).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Returns a store with the same layout and values.</summary>
    internal ParameterStore Copy()
    {
        var copy = new ParameterStore([.. _parameters.Select(parameter => parameter.Definition)]);
        Values.CopyTo(copy.Values);
        return copy;
    }

    /// <summary>Returns a store of the same values with gradients of its own.</summary>
    internal ParameterStore WithOwnGradients() => new(this);

    /// <summary>Sets all values by their initializers. Each parameter has a separate random stream.</summary>
    /// <param name="random">The random source.</param>
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

    /// <summary>The full name, for example "dense1.weight".</summary>
    public string Name => Definition.Name;

    /// <summary>The shape.</summary>
    public Shape Shape => Definition.Shape;

    /// <summary>The role of the parameter in an update.</summary>
    public ParameterRole Role => Definition.Role;

    /// <summary>The definition by the layer, with the full name.</summary>
    public ParameterDefinition Definition { get; }

    /// <summary>The index of the first element in the store's flat buffers.</summary>
    public int Offset { get; }

    /// <summary>The values in row-major order.</summary>
    public Span<float> Values
    {
        get
        {
            Deferred?.Complete();
            return KnownValues;
        }
    }

    /// <summary><see cref="Values"/>, for a caller that does not read rows with deferred updates.</summary>
    internal Span<float> KnownValues => _store.KnownValues.Slice(Offset, Shape.ElementCount);

    /// <summary>The updates that rows of the values lack in a training; null if there are none.</summary>
    internal DeferredUpdates? Deferred { get; set; }

    /// <summary>
    /// The derivatives of the loss with respect to the values, from the last training step; for running statistics, the batch's values.
    /// </summary>
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

    /// <summary>Which rows of the gradient can differ from zero; null unless a trainer's optimizer passes over the others.</summary>
    internal GradientRows? GradientRows { get; set; }

    /// <summary>The number of elements up to the next parameter: whole cache lines.</summary>
    internal int Extent => Compute.AlignedMemory.RoundUp(Shape.ElementCount);

    /// <summary>Returns name and shape.</summary>
    public override string ToString() => $"{Name} {Shape}";
}

/// <summary>The role of a parameter in an update.</summary>
public enum ParameterRole
{
    /// <summary>Trainable, subject to penalties and weight decay.</summary>
    Weight,

    /// <summary>Trainable, without penalties and weight decay: biases, scales and shifts.</summary>
    NoDecay,

    /// <summary>Stored with the parameters but not trained: running statistics, means and standard deviations of the inputs.</summary>
    Buffer,
}

/// <summary>The definition of a parameter by its layer.</summary>
/// <param name="Name">The name within the layer, for example "weight" or "bias".</param>
/// <param name="Shape">The shape of the parameter.</param>
/// <param name="Initializer">The initializer of the values.</param>
/// <param name="Role">The role of the parameter in an update.</param>
public sealed record ParameterDefinition(string Name, Shape Shape, Initializer Initializer, ParameterRole Role)
{
    private readonly int? _fanIn;
    private readonly int? _fanOut;

    /// <summary>
    /// The number of inputs from which one output is computed, for initializers. Default: the product of all dimensions except the last, which is
    /// right for <c>[in, out]</c> and <c>[height, width, in, out]</c>; 0 for parameters with fewer than two dimensions.
    /// </summary>
    public int FanIn
    {
        get => _fanIn ?? (Shape.Rank < 2 || Shape[^1] == 0 ? 0 : Shape.ElementCount / Shape[^1]);
        init => _fanIn = value;
    }

    /// <summary>
    /// The number of outputs to which one input contributes, for initializers. Default: the last dimension; 0 for parameters with fewer than two
    /// dimensions.
    /// </summary>
    public int FanOut
    {
        get => _fanOut ?? (Shape.Rank < 2 ? 0 : Shape[^1]);
        init => _fanOut = value;
    }

    /// <summary>The name of the parameter in PyTorch's module of the same kind. Default: <see cref="Name"/>.</summary>
    public string PyTorchName
    {
        get => field ?? Name;
        init;
    }

    /// <summary>
    /// The order of the parameter's axes in PyTorch: axis i there is axis <c>PyTorchAxes[i]</c> here. <c>[1, 0]</c> is for a weight that is
    /// <c>[in, out]</c> here and <c>[out, in]</c> there. Empty, the default, if both orders are equal.
    /// </summary>
    public IReadOnlyList<int> PyTorchAxes { get; init; } = [];

    /// <summary>
    /// For running statistics: the weight m of the batch's value g, which the layer stores as the gradient, in the update
    /// <c>r ← (1 − m)·r + m·g</c>. Ignored unless <see cref="Role"/> is <see cref="ParameterRole.Buffer"/>. Default: 0, which leaves the values
    /// unchanged.
    /// </summary>
    public float MixingShare { get; init; }

    /// <summary>Whether the layer divides by the values. Loading a file with a value that is not finite and positive then throws.</summary>
    internal bool IsDivisor { get; init; }
}
