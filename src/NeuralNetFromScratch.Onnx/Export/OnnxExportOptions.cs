namespace NeuralNetFromScratch.Onnx;

/// <summary>What an exported model takes and gives.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>
    /// Whether the output is what the network predicts, such as probabilities, or what its last layer gives, such as logits. Default: true.
    /// </summary>
    public bool AppliesOutputActivation { get; init; } = true;

    /// <summary>Whether the model turns raw numbers into inputs itself, as <see cref="Sequential.InputScaling"/> says. Default: false.</summary>
    public bool IncludesInputScaling { get; init; }

    /// <summary>
    /// Whether a network with layers of pictures takes and gives them as the library has them, [batch, height, width, channels], by a transposition, and not as is usual in ONNX,
    /// [batch, channels, height, width]. An input [height, width] stays [batch, height, width] in either case. Default: false.
    /// </summary>
    public bool ChannelsLast { get; init; }

    /// <summary>Name of the input; not empty. Default: "input".</summary>
    public string InputName { get; init; } = "input";

    /// <summary>Name of the output; not empty, and another than the input's. Default: "output".</summary>
    public string OutputName { get; init; } = "output";

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    internal void Validate()
    {
        Guard.NotEmpty(InputName, nameof(InputName));
        Guard.NotEmpty(OutputName, nameof(OutputName));
        if (InputName == OutputName)
            throw new ArgumentException($"input and output cannot both be called \"{InputName}\"", nameof(OutputName));
    }
}
