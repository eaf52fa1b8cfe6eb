using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>The samples of one step, wherever they come from.</summary>
internal interface IBatch
{
    /// <summary>Number of samples.</summary>
    int Count { get; }

    /// <summary>Whether the targets are class labels, or dense.</summary>
    bool HasLabels { get; }

    /// <summary>Whether samples have weights.</summary>
    bool HasWeights { get; }

    /// <summary>
    /// Brings some of the samples: their targets and weights into the buffers, and their inputs there too unless they can be read where
    /// they are.
    /// </summary>
    /// <returns>The inputs, [rows, in].</returns>
    ReadOnlySpan<float> Load(Section rows, BlockBuffers buffers, Engine engine);
}
