namespace NeuralNetFromScratch;

/// <summary>How tensors are called and turned in a file.</summary>
public enum TensorNaming
{
    /// <summary>The library's own: "dense1.weight" is [in, out].</summary>
    Library,

    /// <summary>
    /// PyTorch's, for the state of a <c>torch.nn.Sequential</c>: "0.weight" is [out, in]. An activation that a dense layer does itself counts
    /// as a module of its own, as it is one there.
    /// </summary>
    PyTorch,
}
