namespace NeuralNetFromScratch.Onnx;

/// <summary>A layer with the values of its parameters, in the order in which it asks for them.</summary>
/// <param name="Source">The node that it comes from.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Values">One array for each parameter.</param>
internal sealed record ImportedLayer(Operation Source, Layer Layer, params float[][] Values)
{
    /// <summary>Whether it is <c>factor · x + shift</c> for values of any number, which is then found out from its place.</summary>
    public bool IsLine { get; init; }

    /// <summary>How many values a reshaping node says that a sample has; 0 if it takes as many as there are.</summary>
    public long Width { get; init; }

    public static ImportedLayer Line(Operation source, double factor, double shift) => new(source, new ScaleShift(), [(float)factor], [(float)shift]) { IsLine = true };

    /// <summary>A line for so many values.</summary>
    public ImportedLayer OfWidth(int width) => new(Source, Layer, [.. Values.Select(value => Enumerable.Repeat(value[0], width).ToArray())]);
}
