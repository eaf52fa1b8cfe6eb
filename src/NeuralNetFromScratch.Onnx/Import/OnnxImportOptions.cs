namespace NeuralNetFromScratch.Onnx;

/// <summary>Options of <see cref="OnnxModel.Import(string, OnnxImportOptions?)"/>.</summary>
public sealed record OnnxImportOptions
{
    /// <summary>
    /// The name of the output that the network computes. Null, the default, for the only output of floats, or the one to which all others lead,
    /// as logits lead to probabilities.
    /// </summary>
    public string? OutputName { get; init; }

    /// <summary>
    /// Whether the samples of the network are images [height, width, channels], as in the library, if those of the file are [batch, channels,
    /// height, width]; the transposition before the first convolution is then omitted. If false, samples have the shapes of the file. Default:
    /// false.
    /// </summary>
    public bool ChannelsLast { get; init; }

    /// <exception cref="ArgumentException">The name is empty.</exception>
    internal void Validate()
    {
        if (OutputName is not null)
            Guard.NotEmpty(OutputName, nameof(OutputName));
    }
}
