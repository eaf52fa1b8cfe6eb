namespace NeuralNetFromScratch.Compute;

/// <summary>A number that the JIT knows: the rows of a micro-kernel's tile, or the registers in each.</summary>
internal interface ICount
{
    static abstract int Value { get; }
}

internal readonly struct One : ICount
{
    public static int Value => 1;
}

internal readonly struct Two : ICount
{
    public static int Value => 2;
}

internal readonly struct Four : ICount
{
    public static int Value => 4;
}

internal readonly struct Six : ICount
{
    public static int Value => 6;
}

internal readonly struct Eight : ICount
{
    public static int Value => 8;
}

internal readonly struct Twelve : ICount
{
    public static int Value => 12;
}

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

internal readonly struct AllSteps : ISteps
{
    public static bool SkipZeros => false;

    public static bool AreCompact => false;
}

internal readonly struct CompactSteps : ISteps
{
    public static bool SkipZeros => false;

    public static bool AreCompact => true;
}

internal readonly struct NonzeroSteps : ISteps
{
    public static bool SkipZeros => true;

    public static bool AreCompact => false;
}
