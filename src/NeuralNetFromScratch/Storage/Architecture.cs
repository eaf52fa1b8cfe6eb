using System.Collections;
using System.Text;
using System.Text.Json;

namespace NeuralNetFromScratch;

/// <summary>Writes a network's layers and settings as JSON and reads them. A part is an object with its kind and settings.</summary>
internal static class Architecture
{
    /// <summary>Limits for the contents of a file, well above those of any sensible network.</summary>
    private const int MaximumLayers = 10_000, MaximumDepth = 32;

    private const string KindKey = "kind";

    /// <summary>The names of the output activations, in the order of the enumeration.</summary>
    private static readonly string[] Outputs = ["none", "softmax", "log-softmax", "sigmoid"];

    /// <summary>Writes a network. It throws for everything that <see cref="Read"/> would reject or read as something else.</summary>
    /// <exception cref="NotSupportedException">
    /// A user's part has the kind of one of the library's or a setting that a file cannot contain, or there are too many layers, or layers are
    /// nested too deeply.
    /// </exception>
    public static string Write(Sequential network)
    {
        int count = 0;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WritePropertyName("inputShape");
            json.WriteStartArray();
            foreach (int size in network.InputShape)
                json.WriteNumberValue(size);
            json.WriteEndArray();
            if (network.OutputActivation is { } activation)
                json.WriteString("outputActivation", Outputs[(int)activation]);
            json.WriteStartArray("layers");
            foreach (Layer layer in network.Layers)
                WritePart(json, layer, 0, ref count);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <exception cref="InvalidDataException">The text does not describe a network.</exception>
    public static (Shape InputShape, OutputActivation? Activation, IReadOnlyList<Layer> Layers) Read(string text, PartRegistry parts)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 2 * MaximumDepth + 8, AllowDuplicateProperties = false });
            JsonElement root = document.RootElement;
            string? activation = root.TryGetProperty("outputActivation", out JsonElement known) ? known.GetString() : null;
            int count = 0;
            List<Layer> layers = [];
            foreach (JsonElement element in root.GetProperty("layers").EnumerateArray())
                layers.Add(ReadPart(element, parts, 0, ref count) is Layer layer ? layer : throw new InvalidDataException("expected a layer, got another kind of part"));
            return (Shape.Create([.. root.GetProperty("inputShape").EnumerateArray().Select(size => size.GetInt32())]), ParseOutputs(activation), layers);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw MessageText.Malformed("the architecture is malformed", exception);
        }
    }

    private static void WritePart(Utf8JsonWriter json, Part part, int depth, ref int count)
    {
        string kind = part.Settings.Kind;
        if (BuiltInParts.Registry.Find(kind) is { } type && type != part.GetType())
            throw new NotSupportedException($"{part.GetType()} cannot be written: its kind \"{kind}\" is that of the library's {type.Name}; use another kind");
        if (depth > MaximumDepth)
            throw new NotSupportedException($"layers are nested more than {MaximumDepth} deep, which a file cannot contain");
        if (part is Layer && ++count > MaximumLayers)
            throw new NotSupportedException($"there are more than {MaximumLayers} layers, which a file cannot contain");
        json.WriteStartObject();
        json.WriteString(KindKey, WellFormed(kind, kind));
        foreach (Setting setting in part.Settings)
        {
            if (setting.Name == KindKey)
                throw new NotSupportedException($"{kind}: a setting cannot have the name \"{KindKey}\"");
            json.WritePropertyName(WellFormed(setting.Name, kind));
            if (setting.Value is IEnumerable list and not string and not Part)
                WriteList(json, list, $"{kind}: setting \"{setting.Name}\"", depth, ref count);
            else
                WriteValue(json, setting.Value, $"{kind}: setting \"{setting.Name}\"", depth, ref count);
        }

        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, IEnumerable list, string where, int depth, ref int count)
    {
        json.WriteStartArray();
        foreach (object? item in list)
            WriteValue(json, item, where, depth, ref count);
        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, object? value, string where, int depth, ref int count)
    {
        switch (value)
        {
            case Part part:
                WritePart(json, part, depth + 1, ref count);
                break;
            case string text:
                json.WriteStringValue(WellFormed(text, where));
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case float number when !float.IsFinite(number):
            case double wide when !double.IsFinite(wide):
                throw new NotSupportedException($"{where} is {Setting.Text(value)}, which a file cannot contain");
            case float or double or int or long or ulong or NumberText:
                json.WriteRawValue(Setting.Text(value));
                break;
            default:
                throw new NotSupportedException($"{where} has a value of type {value?.GetType().Name ?? "null"}, which a file cannot contain");
        }
    }

    /// <summary>Checks the text, because an unpaired surrogate would be read back as another character.</summary>
    private static string WellFormed(string text, string where)
    {
        try
        {
            SafetensorsWriter.ThrowIfMalformed(text);
            return text;
        }
        catch (ArgumentException exception)
        {
            throw new NotSupportedException($"{where}: {exception.Message}", exception);
        }
    }

    private static Part ReadPart(JsonElement element, PartRegistry parts, int depth, ref int count)
    {
        if (depth > MaximumDepth)
            throw new InvalidDataException($"layers are nested more than {MaximumDepth} deep");
        string kind = element.GetProperty(KindKey).GetString() ?? throw new InvalidDataException("a part has no kind");
        List<Setting> settings = [];
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Name != KindKey)
                settings.Add(new(property.Name, ReadValue(property.Value, parts, depth, ref count)));
        }

        Part part = parts.Read(Settings.FromFile(kind, [.. settings]));
        if (part is Layer && ++count > MaximumLayers)
            throw new InvalidDataException($"there are more than {MaximumLayers} layers");
        return part;
    }

    private static object ReadValue(JsonElement element, PartRegistry parts, int depth, ref int count)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object: return ReadPart(element, parts, depth + 1, ref count);
            case JsonValueKind.Number: return new NumberText(element.GetRawText());
            case JsonValueKind.String: return element.GetString()!;
            case JsonValueKind.True or JsonValueKind.False: return element.GetBoolean();
            case JsonValueKind.Array:
                var items = new List<object>();
                foreach (JsonElement item in element.EnumerateArray())
                    items.Add(item.ValueKind == JsonValueKind.Array ? throw new InvalidDataException("a list contains a list") : ReadValue(item, parts, depth, ref count));
                return items.AsReadOnly();
            default: throw new InvalidDataException("a setting is null");
        }
    }

    private static OutputActivation? ParseOutputs(string? name)
    {
        if (name is null)
            return null;
        int index = Array.IndexOf(Outputs, name);
        return index >= 0 ? (OutputActivation)index : throw new InvalidDataException($"the output activation {MessageText.Quote(name)} is unknown");
    }
}

/// <summary>The library's parts by kind. Files are read with them unless a <see cref="PartRegistry"/> is given.</summary>
public static class BuiltInParts
{
    /// <summary>The registry of all of the library's kinds.</summary>
    public static PartRegistry Registry { get; } = PartRegistry.Empty
        .With<Dense>().With<ActivationLayer>().With<ScaleShift>().With<BatchNormalization>().With<LayerNormalization>().With<Standardization>()
        .With<Conv2D>().With<MaxPool2D>().With<AveragePool2D>().With<GlobalMaxPool2D>().With<GlobalAveragePool2D>()
        .With<ZeroPadding2D>().With<Upsample2D>().With<SpatialDropout2D>()
        .With<Dropout>().With<GaussianNoise>().With<Flatten>().With<Residual>()
        .With<BuiltInActivation<IdentityFunction>>().With<BuiltInActivation<ReluFunction>>().With<BuiltInActivation<LeakyReluFunction>>()
        .With<BuiltInActivation<EluFunction>>().With<BuiltInActivation<SeluFunction>>().With<BuiltInActivation<GeluFunction>>()
        .With<BuiltInActivation<GeluTanhFunction>>().With<BuiltInActivation<SiluFunction>>().With<BuiltInActivation<SoftplusFunction>>()
        .With<BuiltInActivation<SigmoidFunction>>().With<BuiltInActivation<TanhFunction>>().With<BuiltInActivation<HardSwishFunction>>()
        .With<SoftmaxCrossEntropy>().With<BinaryCrossEntropy>().With<MeanSquaredError>().With<MeanAbsoluteError>().With<Huber>()
        .With<Sgd>().With<Adam>().With<AdamW>().With<RmsProp>().With<Adagrad>().With<Adamax>().With<NAdam>().With<RAdam>().With<Adadelta>().With<Lion>().With<ParameterGroup>()
        .With<Accuracy>().With<TopKAccuracy>().With<Precision>().With<Recall>().With<F1Score>().With<RocAuc>().With<AveragePrecision>()
        .With<LogLoss>().With<CalibrationError>().With<ConfusionMatrixMetric>()
        .With<Mae>().With<Mse>().With<Rmse>().With<Mape>().With<R2>().With<ExplainedVariance>()
        .With<ConstantSchedule>().With<StepSchedule>().With<ExponentialSchedule>().With<InverseTimeSchedule>().With<CosineSchedule>()
        .With<LinearSchedule>().With<OneCycleSchedule>().With<PlateauSchedule>().With<ProductSchedule>().With<SequenceSchedule>()
        .With<WarmUpSchedule>().With<PerEpochSchedule>().With<PerStepSchedule>().With<RampSchedule>().With<HoldSchedule>().With<MultiStepSchedule>()
        .With<PolynomialSchedule>().With<RestartSchedule>().With<CyclicSchedule>()
        .With<ImageAugmentation>().With<RandomFlip>().With<RandomCrop>().With<ColorJitter>().With<Cutout>().With<AugmentationSequence>();

    /// <summary>
    /// Creates a registry of the library's kinds and one user's part. Add further ones with <see cref="PartRegistry.With{TPart}"/>.
    /// </summary>
    /// <typeparam name="TPart">The type of the part.</typeparam>
    /// <returns>The registry.</returns>
    /// <exception cref="ArgumentException">The library has a part of the same kind.</exception>
    public static PartRegistry With<TPart>()
        where TPart : Part, IPart<TPart> => Registry.With<TPart>();
}
