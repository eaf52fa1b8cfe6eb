namespace NeuralNetFromScratch.Onnx;

/// <summary>How a model is read.</summary>
public sealed record OnnxImportOptions
{
    /// <summary>
    /// Name of the output that is the network's; null, the default, for the only output of floats, or the one that all others lead to, as logits
    /// lead to probabilities.
    /// </summary>
    public string? OutputName { get; init; }

    /// <summary>
    /// Whether the network takes and gives pictures [height, width, channels], as the data sets and layers of the library have them, where the file says [batch, channels, height,
    /// width]: the transposition before the first convolution is left out then. If false, samples have the shapes that the file says. Default: false.
    /// </summary>
    public bool ChannelsLast { get; init; }

    /// <exception cref="ArgumentException">The name is empty.</exception>
    internal void Validate()
    {
        if (OutputName is not null)
            Guard.NotEmpty(OutputName, nameof(OutputName));
    }
}
