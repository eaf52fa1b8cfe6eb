using System.Collections;
using System.Diagnostics.CodeAnalysis;

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
            _parameters[i] = new Parameter(this, definitions[i], offset);
            offset = checked(offset + _parameters[i].Extent);
        }

        _values = new AlignedBuffer(offset);
        // A network that only predicts never needs its gradients.
        _gradients = new(() => new AlignedBuffer(offset));
    }

    /// <summary>All values, in the order in which they lie in memory.</summary>
    public Span<float> Values => _values.Span;

    /// <summary>All gradients, laid out like <see cref="Values"/>.</summary>
    public Span<float> Gradients => _gradients.Value.Span;

    /// <summary>The number of parameters (tensors).</summary>
    public int Count => _parameters.Length;

    /// <summary>The number of trained values in all parameters together.</summary>
    public long TrainableCount => _parameters.Where(parameter => parameter.Role != ParameterRole.State).Sum(parameter => (long)parameter.Shape.ElementCount);

    /// <summary>A parameter by number, in the order of the layers.</summary>
    public Parameter this[int index] => _parameters[index];

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
