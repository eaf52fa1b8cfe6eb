using System.Globalization;
using System.Numerics.Tensors;

namespace NeuralNetFromScratch;

/// <summary>
/// The user's own texts and tensors in the files of a network. Their names have "user." before them there, which no other text has, and no parameter:
/// they cannot collide with what the library writes, today or later.
/// </summary>
internal static class UserEntries
{
    private const string Prefix = "user.";

    /// <summary>Whether a tensor of a file is the user's.</summary>
    public static bool IsUsers(SafetensorInfo tensor) => tensor.Name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Adds the texts to those of a file.</summary>
    /// <exception cref="ArgumentException">A text is null or cannot be encoded as UTF-8.</exception>
    public static void AddTexts(Sequential network, Dictionary<string, string> metadata)
    {
        foreach ((string key, string text) in network.Metadata)
        {
            if (text is null)
                throw new ArgumentException($"{nameof(Sequential.Metadata)}[\"{MessageText.Of(key)}\"] is null");
            SafetensorsWriter.ThrowIfMalformed(key);
            SafetensorsWriter.ThrowIfMalformed(text);
            metadata[Prefix + key] = text;
        }
    }

    /// <summary>The tensors as a file has them.</summary>
    /// <exception cref="ArgumentException">A tensor is null, has no dimension or more than 16, or its name cannot be encoded as UTF-8.</exception>
    public static IEnumerable<SafetensorEntry> Tensors(Sequential network)
    {
        foreach ((string name, Tensor<float> tensor) in network.ExtraTensors)
        {
            string described = $"{nameof(Sequential.ExtraTensors)}[\"{MessageText.Of(name)}\"]";
            if (tensor is null)
                throw new ArgumentException($"{described} is null");
            SafetensorsWriter.ThrowIfMalformed(name);
            Shape shape = TensorViews.ShapeOf(tensor, described);
            yield return SafetensorEntry.FromFloats(Prefix + name, shape, TensorViews.DenseValues(tensor, shape));
        }
    }

    /// <exception cref="NotSupportedException">A parameter has the name of a user's tensor, since its layer has such a kind.</exception>
    public static void ThrowIfTaken(string parameter)
    {
        if (parameter.StartsWith(Prefix, StringComparison.Ordinal))
            throw new NotSupportedException($"the parameter {MessageText.Of(parameter)} has a name that files keep for extra tensors; call the kind of its layer something else than \"{Prefix}…\"");
    }

    /// <summary>Reads texts and tensors into a network.</summary>
    /// <exception cref="InvalidDataException">A tensor has elements, dimensions or a length that cannot be had.</exception>
    public static void Read(SafetensorsReader file, Sequential network)
    {
        foreach ((string key, string text) in file.Metadata)
        {
            if (key.StartsWith(Prefix, StringComparison.Ordinal))
                network.Metadata[key[Prefix.Length..]] = text;
        }

        foreach (SafetensorInfo tensor in file.Tensors.Where(IsUsers))
        {
            // The header's sizes fit the file's length, so that what is allocated is in proportion to it.
            Shape shape = ShapeOf(tensor);
            var values = new float[shape.ElementCount];
            file.ReadFloats(tensor, values);
            network.ExtraTensors[tensor.Name[Prefix.Length..]] = TensorViews.Create(values, shape);
        }
    }

    private static Shape ShapeOf(SafetensorInfo tensor)
    {
        try
        {
            if (tensor.Dimensions.Count == 0)
                throw new InvalidDataException($"tensor \"{MessageText.Of(tensor.Name)}\" has no dimension");
            return Shape.Create([.. tensor.Dimensions.Select(size => checked((int)size))]);
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"tensor \"{MessageText.Of(tensor.Name)}\" of {tensor.Dimensions.Count} dimensions and {tensor.Length} elements is more than a tensor can be"), exception);
        }
    }
}
