namespace NeuralNetFromScratch.Kernels;

/// <summary>Which steps of k a kernel takes; the JIT compiles the kernel for each answer.</summary>
internal interface ISteps
{
    /// <summary>Whether steps in which every element of A is zero are left out.</summary>
    static abstract bool SkipZeros { get; }
}
