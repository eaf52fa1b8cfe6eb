namespace NeuralNetFromScratch.Tests.Serialization;

/// <summary>Changes files that are otherwise valid.</summary>
internal static class SafetensorsEdit
{
    /// <summary>Writes a file anew with one text of its metadata changed or added; its tensors are of 32-bit floats and stay.</summary>
    public static void SetMetadata(string path, string key, string value)
    {
        Dictionary<string, string> metadata;
        var tensors = new List<SafetensorEntry>();
        using (SafetensorsReader reader = SafetensorsReader.Open(path))
        {
            metadata = new(reader.Metadata) { [key] = value };
            foreach (SafetensorInfo tensor in reader.Tensors)
            {
                float[] values = new float[tensor.Length];
                reader.ReadFloats(tensor, values);
                tensors.Add(SafetensorEntry.OfFloats(tensor.Name, Shape.Create([.. tensor.Dimensions.Select(size => (int)size)]), values));
            }
        }

        SafetensorsWriter.Write(path, tensors, metadata);
    }
}
