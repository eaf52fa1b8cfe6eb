namespace NeuralNetFromScratch;

/// <summary>How a figure of each class becomes one of all.</summary>
public enum Averaging
{
    /// <summary>Each class counts the same.</summary>
    Macro,

    /// <summary>Each class counts as often as it has samples.</summary>
    Weighted,

    /// <summary>Each sample counts the same, whatever its class.</summary>
    Micro,
}
