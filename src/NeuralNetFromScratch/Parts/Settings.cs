using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace NeuralNetFromScratch;

/// <summary>
/// The state of a part: its kind and an ordered list of named settings. Model files, checkpoints, summaries and equality all use this list, so
/// that no setting can be omitted from one of them. It is immutable; <see cref="With{T}(string, T)"/> returns a new one.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "A list of settings, not a collection to add to.")]
public sealed class Settings : IEquatable<Settings>, IEnumerable<Setting>
{
    private readonly Setting[] _items;

    /// <summary>The number of settings from the constructor, which keep their order. Others follow in the order of their names.</summary>
    private readonly int _ordered;

    /// <summary>The names that were read, if the settings come from a file; otherwise null.</summary>
    private readonly HashSet<string>? _read;

    /// <summary>Creates the settings of a part.</summary>
    /// <param name="kind">
    /// The name of the kind in files and summaries, for example "dense". The kinds of a user's parts must differ from those of the library.
    /// </param>
    /// <param name="items">The settings in the order in which they are written.</param>
    /// <exception cref="ArgumentException">The kind is empty, a name occurs twice, or a value is null.</exception>
    public Settings(string kind, params ReadOnlySpan<Setting> items)
        : this(kind, items.ToArray(), items.Length, isRead: false)
    {
    }

    private Settings(string kind, Setting[] items, int ordered, bool isRead)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        Kind = kind;
        _items = items;
        _ordered = ordered;
        _read = isRead ? [] : null;
        for (int i = 0; i < items.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(items[i], nameof(items));
            if (items[i].Value is null)
                throw new ArgumentException($"{MessageText.Of(kind)}: setting {MessageText.Quote(items[i].Name)} has no value", nameof(items));
            for (int other = 0; other < i; other++)
            {
                if (items[other].Name == items[i].Name)
                    throw new ArgumentException($"{MessageText.Of(kind)}: setting {MessageText.Quote(items[i].Name)} occurs twice", nameof(items));
            }
        }
    }

    /// <summary>The name of the kind in files and summaries.</summary>
    public string Kind { get; }

    /// <summary>Returns the value of a setting.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name of the setting.</param>
    /// <exception cref="InvalidDataException">The setting is missing or has another type.</exception>
    public T Get<T>(string name) =>
        TryGet(name, out T? value) ? value : throw new InvalidDataException($"{Kind}: setting {MessageText.Quote(name)} is missing");

    /// <summary>Returns the value of a setting, or a default value if it is omitted.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name of the setting.</param>
    /// <param name="defaultValue">The value of an omitted setting.</param>
    /// <exception cref="InvalidDataException">The setting has another type.</exception>
    public T Get<T>(string name, T defaultValue) => TryGet(name, out T? value) ? value : defaultValue;

    /// <summary>Returns the values of a setting that is a list; empty if it is omitted.</summary>
    /// <typeparam name="T">The type of one value.</typeparam>
    /// <param name="name">The name of the setting.</param>
    /// <exception cref="InvalidDataException">The setting is not a list of such values.</exception>
    public T[] GetList<T>(string name)
    {
        if (Find(name) is not { } setting)
            return [];
        if (setting.Value is string or not IEnumerable)
            throw WrongType<T>(name, setting.Value);
        return [.. ((IEnumerable)setting.Value).Cast<object>().Select(value => Convert<T>(name, value))];
    }

    /// <summary>Creates settings with one changed or added.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name of the setting.</param>
    /// <param name="value">The value; null omits the setting.</param>
    public Settings With<T>(string name, T value)
    {
        int place = Array.FindIndex(_items, item => item.Name == name);
        if (value is null)
            return place < 0 ? this : new(Kind, [.. _items[..place], .. _items[(place + 1)..]], place < _ordered ? _ordered - 1 : _ordered, isRead: false);
        var setting = new Setting(name, value);
        if (place >= 0)
            return new(Kind, [.. _items[..place], setting, .. _items[(place + 1)..]], _ordered, isRead: false);
        // By name, so that the result does not depend on the order in which properties are set.
        place = _ordered;
        while (place < _items.Length && string.CompareOrdinal(_items[place].Name, name) < 0)
            place++;
        return new(Kind, [.. _items[..place], setting, .. _items[place..]], _ordered, isRead: false);
    }

    /// <summary>Creates settings with one changed or added, or omitted if it has its default value.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name of the setting.</param>
    /// <param name="value">The value.</param>
    /// <param name="defaultValue">The value of an omitted setting.</param>
    public Settings With<T>(string name, T value, T defaultValue)
        where T : struct =>
        EqualityComparer<T>.Default.Equals(value, defaultValue) ? With<object?>(name, null) : With(name, value);

    /// <summary>Creates settings with a list changed or added, or omitted if it is empty.</summary>
    /// <typeparam name="T">The type of one value.</typeparam>
    /// <param name="name">The name of the setting.</param>
    /// <param name="values">The values, which are copied.</param>
    public Settings WithList<T>(string name, IReadOnlyCollection<T> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return With<object?>(name, values.Count == 0 ? null : Array.AsReadOnly([.. values]));
    }

    /// <inheritdoc/>
    public bool Equals(Settings? other) => other is not null && Kind == other.Kind && _items.SequenceEqual(other._items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Settings);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, _items.Length);

    /// <summary>Enumerates the settings in their order.</summary>
    public IEnumerator<Setting> GetEnumerator() => ((IEnumerable<Setting>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Returns kind and settings as text, for example <c>dense(units=128, activation=relu)</c>.</summary>
    public override string ToString() => _items.Length == 0 ? Kind : $"{Kind}({string.Join(", ", _items.Select(item => item.ToString()))})";

    /// <summary>Creates settings from a file, which record the names that are read.</summary>
    internal static Settings FromFile(string kind, Setting[] items) => new(kind, items, items.Length, isRead: true);

    /// <exception cref="InvalidDataException">
    /// The settings come from a file and one of them was not read, because this version does not know it.
    /// </exception>
    internal void ThrowIfUnread()
    {
        if (_read is not null && Array.Find(_items, item => !_read.Contains(item.Name)) is { } unknown)
            throw new InvalidDataException($"{Kind}: the setting {MessageText.Quote(unknown.Name)} is unknown");
    }

    private Setting? Find(string name)
    {
        _read?.Add(name);
        return Array.Find(_items, item => item.Name == name);
    }

    private bool TryGet<T>(string name, [NotNullWhen(true)] out T? value)
    {
        value = default;
        if (Find(name) is not { } setting)
            return false;
        value = Convert<T>(name, setting.Value)!;
        return true;
    }

    private T Convert<T>(string name, object value) => value switch
    {
        T typed => typed,
        NumberText number when number.As(Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T)) is T read => read,
        _ => throw WrongType<T>(name, value),
    };

    private InvalidDataException WrongType<T>(string name, object value) =>
        new($"{Kind}: setting {MessageText.Quote(name)} must be {Describe(typeof(T))}, got {MessageText.Of(Setting.Text(value))}");

    private static string Describe(Type type) =>
        type == typeof(bool) ? "true or false"
        : type == typeof(string) ? "a text"
        : type == typeof(float) || type == typeof(double) ? "a finite number"
        : type == typeof(int) || type == typeof(long) || type == typeof(ulong) ? "a whole number"
        : $"a part of type {type.Name}";
}
