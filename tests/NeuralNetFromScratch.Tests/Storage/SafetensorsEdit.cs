namespace NeuralNetFromScratch.Tests.Storage;

/// <summary>Changes files that are otherwise valid.</summary>
internal static class SafetensorsEdit
{
    /// <summary>All that is in a file whose tensors are of 32-bit floats, without the digest, which what is changed would not fit.</summary>
    public static (List<SafetensorEntry> Tensors, Dictionary<string, string> Metadata) Read(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        var tensors = new List<SafetensorEntry>();
        foreach (SafetensorInfo tensor in reader.Tensors)
        {
            float[] values = new float[tensor.Length];
            reader.ReadFloats(tensor, values);
            tensors.Add(SafetensorEntry.FromFloats(tensor.Name, Shape.Create([.. tensor.Dimensions.Select(size => (int)size)]), values));
        }

        var metadata = new Dictionary<string, string>(reader.Metadata);
        metadata.Remove(ContentDigest.Key);
        return (tensors, metadata);
    }

    /// <summary>Writes a file anew with one text of its metadata changed or added; its tensors are of 32-bit floats and stay.</summary>
    public static void SetMetadata(string path, string key, string value)
    {
        (List<SafetensorEntry> tensors, Dictionary<string, string> metadata) = Read(path);
        metadata[key] = value;
        SafetensorsWriter.Write(path, tensors, metadata);
    }
}
