namespace NeuralNetFromScratch.Onnx;

/// <summary>A value of an exported graph.</summary>
/// <param name="Name">The name.</param>
/// <param name="Image">
/// The size of the images of a value [batch, channels, height, width]; null for a value [batch, length] in the library's order. After a flatten, the value
/// is still an image here: a dense layer reads it with the rows of its weight in channels-first order.
/// </param>
internal readonly record struct ExportedValue(string Name, ImageShape? Image)
{
    /// <summary>Creates a value [batch, length].</summary>
    public static ExportedValue Vector(string name) => new(name, null);

    /// <summary>Creates a value with other elements in the same order.</summary>
    public ExportedValue With(string name) => new(name, Image);
}
