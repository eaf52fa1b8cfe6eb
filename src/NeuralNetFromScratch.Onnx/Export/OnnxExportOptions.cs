namespace NeuralNetFromScratch.Onnx;

/// <summary>Options of <see cref="OnnxModel.Export(Sequential, string, OnnxExportOptions?)"/>.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>
    /// Whether the output is the network's prediction, for example probabilities. If false, it is the output of the last layer, for example
    /// logits. Default: true.
    /// </summary>
    public bool AppliesOutputActivation { get; init; } = true;

    /// <summary>Whether the model converts raw numbers to inputs by the network's <see cref="Sequential.InputScaling"/>. Default: false.</summary>
    public bool IncludesInputScaling { get; init; }

    /// <summary>
    /// Whether the input and output of a network with image layers are [batch, height, width, channels], as in the library, by a transposition in
    /// the model. If false, they are [batch, channels, height, width], as usual in ONNX. An input [height, width] is [batch, height, width] in
    /// both cases. Default: false.
    /// </summary>
    public bool ChannelsLast { get; init; }

    /// <summary>The name of the input; not empty. Default: "input".</summary>
    public string InputName { get; init; } = "input";

    /// <summary>The name of the output; not empty, and different from that of the input. Default: "output".</summary>
    public string OutputName { get; init; } = "output";

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    internal void Validate()
    {
        Guard.NotEmpty(InputName, nameof(InputName));
        Guard.NotEmpty(OutputName, nameof(OutputName));
        if (InputName == OutputName)
            throw new ArgumentException($"the input and the output must have different names, got \"{InputName}\" for both", nameof(OutputName));
    }
}
