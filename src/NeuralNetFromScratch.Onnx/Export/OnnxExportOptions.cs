namespace NeuralNetFromScratch.Onnx;

/// <summary>What an exported model takes and gives.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>
    /// Whether the output is what the network predicts, such as probabilities, or what its last layer gives, such as logits.
    /// </summary>
    public bool AppliesOutputActivation { get; init; } = true;

    /// <summary>Whether the model turns raw numbers into inputs itself, as <see cref="Sequential.InputScaling"/> says.</summary>
    public bool IncludesInputScaling { get; init; }

    /// <summary>Name of the input.</summary>
    public string InputName { get; init; } = "input";

    /// <summary>Name of the output.</summary>
    public string OutputName { get; init; } = "output";
}
