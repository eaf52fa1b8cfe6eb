using System.Text.Json;

namespace NeuralNetFromScratch;

/// <summary>
/// What model files can hold: all of the library's layers and activations, and those of your own that are added here. It is immutable;
/// each <c>With</c> gives a new one.
/// </summary>
public sealed class ModelFormat
{
    private readonly Dictionary<string, (Type Type, Action<Layer, Utf8JsonWriter> Write, Func<JsonElement, Layer> Read)> _layers;
    private readonly Dictionary<string, Activation> _activations;

    private ModelFormat(
        Dictionary<string, (Type Type, Action<Layer, Utf8JsonWriter> Write, Func<JsonElement, Layer> Read)> layers, Dictionary<string, Activation> activations) =>
        (_layers, _activations) = (layers, activations);

    /// <summary>The library's own layers and activations.</summary>
    public static ModelFormat Default { get; } = new([], []);

    /// <summary>A format with one more layer.</summary>
    /// <typeparam name="TLayer">The layer's type.</typeparam>
    /// <param name="kind">What it is called in files.</param>
    /// <param name="write">Writes its settings as properties of a JSON object, which is begun and ended already; "kind" is taken.</param>
    /// <param name="read">Makes a layer of such an object. What it throws becomes an <see cref="InvalidDataException"/>.</param>
    public ModelFormat With<TLayer>(string kind, Action<TLayer, Utf8JsonWriter> write, Func<JsonElement, TLayer> read)
        where TLayer : Layer
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        ArgumentNullException.ThrowIfNull(write);
        ArgumentNullException.ThrowIfNull(read);
        return new(new(_layers) { [kind] = (typeof(TLayer), (layer, json) => write((TLayer)layer, json), read) }, _activations);
    }

    /// <summary>A format with one more activation, known by its kind and settings.</summary>
    /// <param name="activation">The activation.</param>
    public ModelFormat With(Activation activation)
    {
        ArgumentNullException.ThrowIfNull(activation);
        return new(_layers, new(_activations) { [activation.ToString()] = activation });
    }

    /// <summary>The way to write a layer of a user's own; null if it was not added.</summary>
    internal (string Kind, Action<Layer, Utf8JsonWriter> Write)? WriterOf(Layer layer)
    {
        foreach ((string kind, var entry) in _layers)
        {
            if (entry.Type == layer.GetType())
                return (kind, entry.Write);
        }

        return null;
    }

    internal Func<JsonElement, Layer>? ReaderOf(string kind) => _layers.TryGetValue(kind, out var entry) ? entry.Read : null;

    internal Activation? FindActivation(string name) => _activations.GetValueOrDefault(name);
}
