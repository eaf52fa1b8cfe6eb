using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace NeuralNetFromScratch;

/// <summary>A network's layers and settings as JSON, and back.</summary>
internal static class Architecture
{
    /// <summary>More than any sensible network, so that a file cannot make the reader build without end.</summary>
    private const int MaximumLayers = 10_000, MaximumDepth = 32;

    /// <exception cref="NotSupportedException">A layer or activation of the user's own was not added to the format.</exception>
    public static string Write(Sequential network, ModelFormat format)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteNumbers(json, "inputShape", [.. network.InputShape]);
            json.WriteString("outputTransform", TransformName(network.OutputTransform));
            WriteLayers(json, network.Layers, format);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <exception cref="InvalidDataException">The text does not describe a network.</exception>
    public static (Shape InputShape, OutputTransform Transform, IReadOnlyList<Layer> Layers) Read(string text, ModelFormat format)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 2 * MaximumDepth + 8, AllowDuplicateProperties = false });
            JsonElement root = document.RootElement;
            string transform = root.GetProperty("outputTransform").GetString()!;
            int count = 0;
            IReadOnlyList<Layer> layers = ReadLayers(root, format, 0, ref count);
            return (ReadShape(root.GetProperty("inputShape")), ParseTransform(transform), layers);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"the architecture cannot be understood: {exception.Message}", exception);
        }
    }

    private static void WriteLayers(Utf8JsonWriter json, IEnumerable<Layer> layers, ModelFormat format)
    {
        json.WriteStartArray("layers");
        foreach (Layer layer in layers)
        {
            json.WriteStartObject();
            WriteLayer(json, layer, format);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLayer(Utf8JsonWriter json, Layer layer, ModelFormat format)
    {
        if (format.WriterOf(layer) is (string kind, Action<Layer, Utf8JsonWriter> write))
        {
            json.WriteString("kind", kind);
            write(layer, json);
            return;
        }

        json.WriteString("kind", layer.Settings.Kind);
        switch (layer)
        {
            case Dense dense:
                json.WriteNumber("units", dense.Units);
                json.WriteString("activation", NameOf(dense.Activation, format));
                if (!dense.HasBias)
                    json.WriteBoolean("bias", false);
                if (dense.SkipsZeroInputs)
                    json.WriteBoolean("skipsZeroInputs", true);
                break;
            case Activate activate:
                json.WriteString("activation", NameOf(activate.Activation, format));
                break;
            case BatchNormalization batch:
                json.WriteNumber("momentum", batch.Momentum);
                json.WriteNumber("epsilon", batch.Epsilon);
                json.WriteBoolean("affine", batch.IsAffine);
                break;
            case LayerNormalization normalization:
                json.WriteNumber("epsilon", normalization.Epsilon);
                break;
            case Dropout dropout:
                json.WriteNumber("rate", dropout.Rate);
                break;
            case GaussianNoise noise:
                json.WriteNumber("standardDeviation", noise.StandardDeviation);
                break;
            case Standardize standardize:
                json.WriteNumber("features", standardize.Features);
                break;
            case Residual residual:
                WriteLayers(json, residual.Layers, format);
                break;
            case Affine or Flatten:
                break;
            default:
                throw new NotSupportedException($"layers of type {layer.GetType()} cannot be written; add them to a ModelFormat");
        }
    }

    private static List<Layer> ReadLayers(JsonElement parent, ModelFormat format, int depth, ref int count)
    {
        if (depth > MaximumDepth)
            throw new InvalidDataException($"layers lie within layers more than {MaximumDepth} deep");
        var layers = new List<Layer>();
        foreach (JsonElement element in parent.GetProperty("layers").EnumerateArray())
        {
            if (++count > MaximumLayers)
                throw new InvalidDataException($"there are more than {MaximumLayers} layers");
            layers.Add(ReadLayer(element, format, depth, ref count));
        }

        return layers;
    }

    private static Layer ReadLayer(JsonElement element, ModelFormat format, int depth, ref int count)
    {
        string kind = element.GetProperty("kind").GetString()!;
        if (format.ReaderOf(kind) is { } read)
            return ReadOwn(kind, read, element);
        return kind switch
        {
            "dense" => new Dense(element.GetProperty("units").GetInt32(), ReadActivation(element, format), Initializer.Zeros)
            {
                HasBias = !element.TryGetProperty("bias", out JsonElement bias) || bias.GetBoolean(),
                SkipsZeroInputs = element.TryGetProperty("skipsZeroInputs", out JsonElement skips) && skips.GetBoolean(),
            },
            "activate" => new Activate(ReadActivation(element, format)),
            "batchnorm" => new BatchNormalization(
                element.GetProperty("momentum").GetSingle(), element.GetProperty("epsilon").GetSingle(), element.GetProperty("affine").GetBoolean()),
            "layernorm" => new LayerNormalization(element.GetProperty("epsilon").GetSingle()),
            "dropout" => new Dropout(element.GetProperty("rate").GetSingle()),
            "noise" => new GaussianNoise(element.GetProperty("standardDeviation").GetSingle()),
            "standardize" => new Standardize(element.GetProperty("features").GetInt32()),
            "residual" => new Residual(ReadLayers(element, format, depth + 1, ref count)),
            "affine" => new Affine(),
            "flatten" => new Flatten(),
            _ => throw new InvalidDataException($"the layer kind \"{kind}\" is unknown; add your own to a ModelFormat"),
        };
    }

    [SuppressMessage("Design", "CA1031", Justification = "What the user's code throws over a file's contents is about the file.")]
    private static Layer ReadOwn(string kind, Func<JsonElement, Layer> read, JsonElement element)
    {
        try
        {
            return read(element);
        }
        catch (Exception exception)
        {
            throw new InvalidDataException($"a layer of kind \"{kind}\" cannot be understood: {exception.Message}", exception);
        }
    }

    private static Activation ReadActivation(JsonElement element, ModelFormat format) =>
        ActivationNames.Parse(element.GetProperty("activation").GetString()!, format);

    private static string NameOf(Activation activation, ModelFormat format) => ActivationNames.Knows(activation, format)
        ? activation.ToString()
        : throw new NotSupportedException($"the activation \"{activation}\" cannot be written; add it to a ModelFormat");

    private static void WriteNumbers(Utf8JsonWriter json, string name, int[] numbers)
    {
        json.WriteStartArray(name);
        foreach (int number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static Shape ReadShape(JsonElement element) => Shape.Create([.. element.EnumerateArray().Select(size => size.GetInt32())]);

    private static string TransformName(OutputTransform transform) => transform switch
    {
        OutputTransform.Softmax => "softmax",
        OutputTransform.LogSoftmax => "log-softmax",
        OutputTransform.Sigmoid => "sigmoid",
        _ => "none",
    };

    private static OutputTransform ParseTransform(string name) => name switch
    {
        "softmax" => OutputTransform.Softmax,
        "log-softmax" => OutputTransform.LogSoftmax,
        "sigmoid" => OutputTransform.Sigmoid,
        "none" => OutputTransform.None,
        _ => throw new InvalidDataException($"the output transform \"{name}\" is unknown"),
    };
}
