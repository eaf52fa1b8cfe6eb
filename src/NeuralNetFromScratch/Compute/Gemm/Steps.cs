namespace NeuralNetFromScratch.Compute;

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
