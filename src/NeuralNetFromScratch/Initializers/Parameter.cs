namespace NeuralNetFromScratch;

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
    public Span<float> Gradients => _store.Gradients.Slice(Offset, Shape.ElementCount);

    /// <summary>Elements from its first to the next parameter's: whole cache lines.</summary>
    internal int Extent => Compute.AlignedMemory.RoundUp(Shape.ElementCount);

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} {Shape}";
}
