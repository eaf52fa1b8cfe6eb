namespace NeuralNetFromScratch.Kernels;

internal readonly struct AllSteps : ISteps
{
    public static bool SkipZeros => false;
}

internal readonly struct NonzeroSteps : ISteps
{
    public static bool SkipZeros => true;
}
