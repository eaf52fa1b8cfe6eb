namespace NeuralNetFromScratch.Onnx;

/// <summary>A value of a graph that is written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Picture">
/// The size of the pictures that it holds, [batch, channels, height, width]; null where it is [batch, length], a sample's elements in the library's order. What
/// follows a flatten still has pictures here: a dense layer takes them as they are, with the rows of its weight in their order.
/// </param>
internal readonly record struct ExportedValue(string Name, PictureShape? Picture)
{
    /// <summary>A value [batch, length].</summary>
    public static ExportedValue Vector(string name) => new(name, null);

    /// <summary>Other elements in the same order.</summary>
    public ExportedValue With(string name) => new(name, Picture);
}
