using System.Diagnostics.CodeAnalysis;

namespace NeuralNetFromScratch;

/// <summary>The kinds of parts that can be read from files. A registry is immutable; <see cref="With{TPart}"/> returns a new one.</summary>
public sealed class PartRegistry
{
    private readonly Dictionary<string, (Type Type, Func<Settings, Part> Create)> _kinds;

    private PartRegistry(Dictionary<string, (Type Type, Func<Settings, Part> Create)> kinds) => _kinds = kinds;

    /// <summary>The registry without kinds.</summary>
    public static PartRegistry Empty { get; } = new([]);

    /// <summary>Creates a registry with an additional kind.</summary>
    /// <typeparam name="TPart">The type of the part.</typeparam>
    /// <returns>The registry.</returns>
    /// <exception cref="ArgumentException">Another part has the same kind.</exception>
    public PartRegistry With<TPart>()
        where TPart : Part, IPart<TPart>
    {
        if (_kinds.TryGetValue(TPart.Kind, out var taken) && taken.Type != typeof(TPart))
            throw new ArgumentException($"the kind \"{TPart.Kind}\" is that of {taken.Type.Name}; use another kind");
        return new(new(_kinds) { [TPart.Kind] = (typeof(TPart), static settings => TPart.Create(settings)) });
    }

    /// <summary>Creates a part from its settings.</summary>
    /// <param name="settings">The kind and settings.</param>
    /// <returns>The part.</returns>
    /// <exception cref="InvalidDataException">The kind is unknown, or a setting is missing, unknown or out of range.</exception>
    [SuppressMessage("Design", "CA1031", Justification = "What a part throws over the contents of a file is about the file.")]
    public Part Read(Settings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!_kinds.TryGetValue(settings.Kind, out var entry))
            throw new InvalidDataException($"the kind {MessageText.Quote(settings.Kind)} is unknown; add the part to the PartRegistry with which the file is read");
        Part part;
        try
        {
            part = entry.Create(settings);
        }
        catch (Exception exception) when (exception is not InvalidDataException)
        {
            throw MessageText.Malformed(settings.Kind, exception);
        }

        settings.ThrowIfUnread();
        return part;
    }

    /// <summary>All kinds.</summary>
    internal IEnumerable<string> Kinds => _kinds.Keys;

    /// <summary>Returns the type of a kind; null if the kind is unknown.</summary>
    internal Type? Find(string kind) => _kinds.TryGetValue(kind, out var entry) ? entry.Type : null;
}
