namespace NeuralNetFromScratch.Kernels;

internal readonly struct AllSteps : ISteps
{
    public static bool SkipZeros => false;

    public static bool ArePacked => false;
}

internal readonly struct PackedSteps : ISteps
{
    public static bool SkipZeros => false;

    public static bool ArePacked => true;
}

internal readonly struct NonzeroSteps : ISteps
{
    public static bool SkipZeros => true;

    public static bool ArePacked => false;
}
