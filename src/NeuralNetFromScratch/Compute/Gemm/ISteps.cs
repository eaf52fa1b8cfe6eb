namespace NeuralNetFromScratch.Compute;

/// <summary>Which steps of k a kernel takes, and how they lie; the JIT compiles the kernel for each answer.</summary>
internal interface ISteps
{
    /// <summary>Whether steps in which every element of A is zero are left out.</summary>
    static abstract bool SkipZeros { get; }

    /// <summary>
    /// Whether A's rows lie together, and B's steps follow one another. These distances are constants then, which leaves the processor little
    /// else to do than to multiply and add.
    /// </summary>
    static abstract bool AreCompact { get; }
}
