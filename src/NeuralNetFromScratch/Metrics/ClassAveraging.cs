namespace NeuralNetFromScratch;

/// <summary>How the figures of several classes or labels become one.</summary>
public enum ClassAveraging
{
    /// <summary>Each class counts the same.</summary>
    Macro,

    /// <summary>Each class counts as often as it has samples.</summary>
    Weighted,

    /// <summary>Each decision counts the same, whatever its class.</summary>
    Micro,

    /// <summary>The figure of one class alone, the positive one.</summary>
    Binary,
}
