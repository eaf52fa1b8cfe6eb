using System.Globalization;
using System.Text;
using System.Text.Json;

namespace NeuralNetFromScratch;

/// <summary>Networks as safetensors files: tensors by name, everything else as text in the metadata.</summary>
internal static class ModelFile
{
    private const string FormatKey = "format", VersionKey = "format_version", ArchitectureKey = "architecture", NamingKey = "naming";
    private const string ClassesKey = "class_names", ScaleKey = "input_scale", MeanKey = "input_mean", DeviationKey = "input_standard_deviation";
    private const string FormatName = "NeuralNetFromScratch", Version = "1", PyTorchNaming = "pytorch", LibraryNaming = "library";

    /// <summary>The keys of a checkpoint: its version, and the tensor of all parameters in memory order.</summary>
    public const string CheckpointKey = "checkpoint_version", CheckpointValues = "values";

    public static (IReadOnlyList<SafetensorEntry> Tensors, Dictionary<string, string> Metadata) Describe(Sequential network, TensorNaming naming)
    {
        Dictionary<string, string> metadata = DescribeNetwork(network, naming);
        List<SafetensorEntry> tensors = [];
        foreach ((TensorPlace place, Parameter parameter) in TensorPlace.Of(network.Chain, naming).Zip(network.Parameters))
        {
            if (parameter.Definition.IsDivisor && Unusable(parameter.Values) is { } value)
                throw new InvalidOperationException(FormattableString.Invariant($"{parameter.Name} must be finite and positive, got {value}; such a network cannot be loaded"));
            UserEntries.ThrowIfTaken(place.Name);
            tensors.Add(SafetensorEntry.FromFloats(place.Name, Shape.Create([.. place.Dimensions]), place.ToFile(parameter.Values)));
        }

        tensors.AddRange(UserEntries.Tensors(network));
        return (tensors, metadata);
    }

    /// <summary>Describes everything except the tensors.</summary>
    public static Dictionary<string, string> DescribeNetwork(Sequential network, TensorNaming naming)
    {
        Guard.Defined(naming, nameof(naming));
        var metadata = new Dictionary<string, string>
        {
            [FormatKey] = FormatName,
            [VersionKey] = Version,
            [ArchitectureKey] = Architecture.Write(network),
            [NamingKey] = naming == TensorNaming.PyTorch ? PyTorchNaming : LibraryNaming,
        };
        if (network.ClassNames.Count > 0)
            metadata[ClassesKey] = WriteStrings(network.ClassNames);
        if (network.InputScaling is { } scaling)
        {
            metadata[ScaleKey] = scaling.Scale.ToString("R", CultureInfo.InvariantCulture);
            metadata[MeanKey] = scaling.Mean.ToString("R", CultureInfo.InvariantCulture);
            metadata[DeviationKey] = scaling.StandardDeviation.ToString("R", CultureInfo.InvariantCulture);
        }

        UserEntries.AddTexts(network, metadata);
        return metadata;
    }

    /// <summary>Whether a file holds a network of this library.</summary>
    public static bool IsModel(SafetensorsReader file) => Holds(file.Metadata);

    /// <summary>Whether the texts of a file describe a network of this library.</summary>
    public static bool Holds(IReadOnlyDictionary<string, string> metadata) => metadata.GetValueOrDefault(FormatKey) == FormatName;

    /// <exception cref="InvalidDataException">The file does not contain a network, or the network does not match its tensors.</exception>
    public static Sequential Read(SafetensorsReader file, PartRegistry parts)
    {
        bool isCheckpoint = file.Metadata.ContainsKey(CheckpointKey);
        if (!IsModel(file) || file.Metadata.GetValueOrDefault(ArchitectureKey) is not { } architecture)
            throw new InvalidDataException(isCheckpoint
                ? "the file is a checkpoint without a network, because a part of the network cannot be written; resume the training with the original network"
                : "the file has tensors, but no network of this library; load its weights into a network with LoadWeights");
        if (file.Metadata.GetValueOrDefault(VersionKey) is var version && version != Version)
            throw new InvalidDataException($"the file has format version {MessageText.Quote(version)}; this library reads version {Version}");
        ContentDigest.Check(file);
        (Shape inputShape, OutputActivation? activation, IReadOnlyList<Layer> layers) = Architecture.Read(architecture, parts);
        Chain chain = Connect(inputShape, layers);
        TensorNaming naming = file.Metadata.GetValueOrDefault(NamingKey) switch
        {
            LibraryNaming => TensorNaming.Native,
            PyTorchNaming => TensorNaming.PyTorch,
            var other => throw new InvalidDataException($"the naming {MessageText.Quote(other)} is unknown"),
        };

        // All names and shapes are checked first, so that only the memory of existing tensors is allocated.
        IReadOnlyList<(TensorPlace Place, SafetensorInfo? Tensor)> found = isCheckpoint ? [] : WeightMatch.Of(file, chain, new() { Naming = naming });
        SafetensorInfo? flat = isCheckpoint ? FlatValues(file, chain) : null;
        string[] classNames = file.Metadata.TryGetValue(ClassesKey, out string? classes) ? ReadStrings(classes, "class names") : [];
        if (!Sequential.FitsClassNames(classNames.Length, chain.OutputShape))
            throw new InvalidDataException($"there are {classNames.Length} class names for {chain.OutputShape.ElementCount} outputs");
        var network = new Sequential(chain)
        {
            OutputActivation = activation,
            ClassNames = classNames,
            InputScaling = ReadScaling(file.Metadata),
        };
        if (flat is null)
            Fill(file, found, network.Parameters);
        else
            file.ReadFloats(flat, network.Parameters.Values);
        ThrowIfUnusable(network.Parameters);
        UserEntries.Read(file, network);
        return network;
    }

    /// <exception cref="InvalidDataException">Names or shapes differ. The message lists all differences. Nothing has changed.</exception>
    /// <exception cref="ArgumentException">The options name a layer that does not exist.</exception>
    public static void ReadWeights(SafetensorsReader file, Sequential network, WeightLoadOptions options)
    {
        if (file.Metadata.ContainsKey(CheckpointKey))
            throw new InvalidDataException("the file is a checkpoint; load its network with Sequential.Load");
        IReadOnlyList<(TensorPlace Place, SafetensorInfo? Tensor)> found = WeightMatch.Of(file, network.Chain, options);
        ContentDigest.Check(file);
        // Everything is read before anything changes.
        ParameterStore read = network.Parameters.Copy();
        Fill(file, found, read);
        ThrowIfUnusable(read);
        read.Values.CopyTo(network.Parameters.Values);
    }

    private static Chain Connect(Shape inputShape, IReadOnlyList<Layer> layers)
    {
        try
        {
            if (layers.Count == 0 || inputShape.ElementCount == 0)
                throw new InvalidDataException($"a network needs layers and an input, got {layers.Count} layers and input {inputShape}");
            return new Chain(inputShape, layers);
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            throw MessageText.Malformed("the layers do not match", exception);
        }
    }

    private static void Fill(SafetensorsReader file, IReadOnlyList<(TensorPlace Place, SafetensorInfo? Tensor)> found, ParameterStore parameters)
    {
        for (int i = 0; i < found.Count; i++)
        {
            (TensorPlace place, SafetensorInfo? tensor) = found[i];
            Span<float> values = parameters[i].Values;
            if (tensor is null)
            {
                values.Clear();
                continue;
            }

            file.ReadFloats(tensor, values);
            place.FromFile(values);
        }
    }

    /// <summary>The parameters of a checkpoint.</summary>
    private static SafetensorInfo FlatValues(SafetensorsReader file, Chain chain)
    {
        long length = chain.Parameters.Sum(definition => (long)Compute.AlignedMemory.RoundUp(definition.Shape.ElementCount));
        SafetensorInfo values = file.Tensors.FirstOrDefault(tensor => tensor.Name == CheckpointValues) ?? throw new InvalidDataException($"tensor \"{CheckpointValues}\" is missing");
        return values.Type == SafetensorType.F32 && values.Dimensions is [var size] && size == length
            ? values
            : throw new InvalidDataException($"expected tensor {CheckpointValues} F32 [{length}], got {values}");
    }

    private static void ThrowIfUnusable(ParameterStore parameters)
    {
        foreach (Parameter parameter in parameters)
        {
            if (parameter.Definition.IsDivisor && Unusable(parameter.Values) is { } value)
                throw new InvalidDataException(FormattableString.Invariant($"{parameter.Name} must be finite and positive, got {value}"));
        }
    }

    private static float? Unusable(ReadOnlySpan<float> divisors)
    {
        foreach (float value in divisors)
        {
            if (!float.IsFinite(value) || value <= 0)
                return value;
        }

        return null;
    }

    private static InputScaling? ReadScaling(IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.ContainsKey(ScaleKey))
            return null;
        try
        {
            return new(Number(ScaleKey), Number(MeanKey), Number(DeviationKey));
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw MessageText.Malformed("the input scaling is invalid", exception);
        }

        float Number(string key) => float.TryParse(metadata.GetValueOrDefault(key), NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
            && float.IsFinite(value)
            ? value
            : throw new InvalidDataException($"{key} is not a number");
    }

    /// <summary>Texts as a list in JSON.</summary>
    public static string WriteStrings(IReadOnlyList<string> strings)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (string text in strings)
            {
                SafetensorsWriter.ThrowIfMalformed(text);
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <exception cref="InvalidDataException">The text is not a list of strings.</exception>
    public static string[] ReadStrings(string text, string what)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return [.. document.RootElement.EnumerateArray().Select(element => element.GetString() ?? throw new InvalidDataException("a name is null"))];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw MessageText.Malformed($"the {what} are malformed", exception);
        }
    }
}
