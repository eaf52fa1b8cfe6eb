using System.Globalization;
using System.Text;
using System.Text.Json;

namespace NeuralNetFromScratch;

/// <summary>Networks as safetensors files: tensors by name, all else as text in the metadata.</summary>
internal static class ModelFile
{
    private const string FormatKey = "format", VersionKey = "format_version", ArchitectureKey = "architecture", NamingKey = "naming";
    private const string ClassesKey = "class_names", ScaleKey = "input_scale", MeanKey = "input_mean", DeviationKey = "input_standard_deviation";
    private const string FormatName = "NeuralNetFromScratch", Version = "1", PyTorchNaming = "pytorch", LibraryNaming = "library";

    /// <summary>PyTorch counts the batches that a batch normalization has seen; nothing needs the count.</summary>
    private const string IgnoredSuffix = ".num_batches_tracked";

    public static (IReadOnlyList<SafetensorEntry> Tensors, IReadOnlyDictionary<string, string> Metadata) Describe(
        Sequential network, TensorNaming naming)
    {
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

        var chain = new Chain(network.InputShape, [.. network.Layers]);
        List<SafetensorEntry> tensors = [];
        foreach ((TensorPlace place, Parameter parameter) in TensorPlace.Of(chain, naming).Zip(network.Parameters))
            tensors.Add(SafetensorEntry.FromFloats(place.Name, Shape.Create([.. place.Dimensions]), place.ToFile(parameter.Values)));
        return (tensors, metadata);
    }

    /// <exception cref="InvalidDataException">The file does not hold a network, or one that does not fit its tensors.</exception>
    public static Sequential Read(SafetensorsReader file, PartRegistry parts)
    {
        if (file.Metadata.GetValueOrDefault(FormatKey) != FormatName || file.Metadata.GetValueOrDefault(ArchitectureKey) is not { } architecture)
            throw new InvalidDataException("the file holds tensors, but no network of this library; load its weights into a network with LoadWeights");
        if (file.Metadata.GetValueOrDefault(VersionKey) is var version && version != Version)
            throw new InvalidDataException($"the file has format version \"{version}\"; this library reads version {Version}");
        (Shape inputShape, OutputActivation? activation, IReadOnlyList<Layer> layers) = Architecture.Read(architecture, parts);
        Chain chain = Connect(inputShape, layers);
        TensorNaming naming = file.Metadata.GetValueOrDefault(NamingKey) switch
        {
            LibraryNaming => TensorNaming.Native,
            PyTorchNaming => TensorNaming.PyTorch,
            var other => throw new InvalidDataException($"the naming \"{other}\" is unknown"),
        };

        // All names and shapes first: only what the file really has is ever allocated.
        IReadOnlyList<(TensorPlace Place, SafetensorInfo Tensor)> found = Match(file, chain, naming);
        string[] classNames = file.Metadata.TryGetValue(ClassesKey, out string? classes) ? ReadStrings(classes) : [];
        if (classNames.Length > 0 && classNames.Length != chain.OutputShape.ElementCount)
            throw new InvalidDataException($"there are {classNames.Length} class names for {chain.OutputShape.ElementCount} outputs");
        var network = new Sequential(chain)
        {
            OutputActivation = activation,
            ClassNames = classNames,
            InputScaling = ReadScaling(file.Metadata),
        };
        Fill(file, found, network.Parameters);
        return network;
    }

    /// <exception cref="InvalidDataException">Names or shapes differ; the message lists all that do, and nothing has changed.</exception>
    public static void ReadWeights(SafetensorsReader file, Sequential network, TensorNaming naming)
    {
        var chain = new Chain(network.InputShape, [.. network.Layers]);
        IReadOnlyList<(TensorPlace Place, SafetensorInfo Tensor)> found = Match(file, chain, naming);
        // Read in full before anything changes.
        ParameterStore read = network.Parameters.Copy();
        Fill(file, found, read);
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
            throw new InvalidDataException($"the layers do not fit each other: {exception.Message}", exception);
        }
    }

    private static List<(TensorPlace Place, SafetensorInfo Tensor)> Match(SafetensorsReader file, Chain chain, TensorNaming naming)
    {
        Dictionary<string, SafetensorInfo> surplus = file.Tensors.ToDictionary(tensor => tensor.Name);
        var found = new List<(TensorPlace, SafetensorInfo)>();
        var problems = new List<string>();
        foreach (TensorPlace place in TensorPlace.Of(chain, naming))
        {
            if (!surplus.Remove(place.Name, out SafetensorInfo? tensor))
                problems.Add($"{place.Name} [{string.Join(", ", place.Dimensions)}] is missing");
            else if (!tensor.Dimensions.SequenceEqual(place.Dimensions.Select(size => (long)size)))
                problems.Add($"{place.Name} is expected as [{string.Join(", ", place.Dimensions)}], got [{string.Join(", ", tensor.Dimensions)}]");
            else if (!tensor.Type.CanBeFloats())
                problems.Add($"{place.Name} has elements of type {tensor.Type.Name()}, which cannot be read as floats");
            else
                found.Add((place, tensor));
        }

        bool isPyTorch = naming == TensorNaming.PyTorch;
        problems.AddRange(surplus.Values.Where(tensor => !(isPyTorch && tensor.Name.EndsWith(IgnoredSuffix, StringComparison.Ordinal))).Select(tensor => $"{tensor.Name} is not expected"));
        return problems.Count == 0 ? found : throw new InvalidDataException($"the tensors do not fit the network: {string.Join("; ", problems)}");
    }

    private static void Fill(SafetensorsReader file, IReadOnlyList<(TensorPlace Place, SafetensorInfo Tensor)> found, ParameterStore parameters)
    {
        for (int i = 0; i < found.Count; i++)
        {
            (TensorPlace place, SafetensorInfo tensor) = found[i];
            Span<float> values = parameters[i].Values;
            file.ReadFloats(tensor, values);
            place.FromFile(values);
        }
    }

    private static InputScaling? ReadScaling(IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.ContainsKey(ScaleKey))
            return null;
        return new(Number(ScaleKey), Number(MeanKey), Number(DeviationKey));

        float Number(string key) => float.TryParse(metadata.GetValueOrDefault(key), NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
            && float.IsFinite(value)
            ? value
            : throw new InvalidDataException($"{key} is no number");
    }

    private static string WriteStrings(IReadOnlyList<string> strings)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (string text in strings)
                json.WriteStringValue(text);
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static string[] ReadStrings(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return [.. document.RootElement.EnumerateArray().Select(element => element.GetString() ?? throw new InvalidDataException("a class name is null"))];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"the class names cannot be understood: {exception.Message}", exception);
        }
    }
}
