using System.Diagnostics.CodeAnalysis;

namespace NeuralNetFromScratch;

/// <summary>The kinds of parts that can be read from files. It is immutable; <see cref="With{TPart}"/> gives a new one.</summary>
public sealed class PartRegistry
{
    private readonly Dictionary<string, (Type Type, Func<Settings, Part> Create)> _kinds;

    private PartRegistry(Dictionary<string, (Type Type, Func<Settings, Part> Create)> kinds) => _kinds = kinds;

    /// <summary>A registry without any kind.</summary>
    public static PartRegistry Empty { get; } = new([]);

    /// <summary>A registry with one more kind.</summary>
    /// <typeparam name="TPart">The part.</typeparam>
    /// <exception cref="ArgumentException">Another part has this kind.</exception>
    public PartRegistry With<TPart>()
        where TPart : Part, IPart<TPart>
    {
        if (_kinds.TryGetValue(TPart.Kind, out var taken) && taken.Type != typeof(TPart))
            throw new ArgumentException($"the kind \"{TPart.Kind}\" belongs to {taken.Type.Name}; call yours something else");
        return new(new(_kinds) { [TPart.Kind] = (typeof(TPart), static settings => TPart.Create(settings)) });
    }

    /// <summary>Makes a part of its settings.</summary>
    /// <param name="settings">Kind and settings.</param>
    /// <exception cref="InvalidDataException">The kind is unknown, or a setting is missing, unknown or out of range.</exception>
    [SuppressMessage("Design", "CA1031", Justification = "What a part throws over the contents of a file is about the file.")]
    public Part Read(Settings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!_kinds.TryGetValue(settings.Kind, out var entry))
            throw new InvalidDataException($"the kind {MessageText.Quote(settings.Kind)} is unknown; add a part of your own to the PartRegistry that the file is read with");
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

    /// <summary>The type that a kind is read into; null where the kind is unknown.</summary>
    internal Type? Find(string kind) => _kinds.TryGetValue(kind, out var entry) ? entry.Type : null;
}
