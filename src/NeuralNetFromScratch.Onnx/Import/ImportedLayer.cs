namespace NeuralNetFromScratch.Onnx;

/// <summary>A layer with the values of its parameters, in the order in which it asks for them.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Values">One array for each parameter.</param>
/// <param name="IsLine">Whether it is <c>factor · x + shift</c> for values of any number, which is then found out from its place.</param>
internal sealed record ImportedLayer(Layer Layer, float[][] Values, bool IsLine)
{
    public static ImportedLayer Of(Layer layer, params float[][] values) => new(layer, values, false);

    public static ImportedLayer Line(float factor, float shift) => new(new Affine(), [[factor], [shift]], true);

    /// <summary>A line for so many values.</summary>
    public ImportedLayer OfWidth(int width) => Of(Layer, [.. Values.Select(value => Enumerable.Repeat(value[0], width).ToArray())]);
}
