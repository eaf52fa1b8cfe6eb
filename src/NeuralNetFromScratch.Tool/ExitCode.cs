namespace NeuralNetFromScratch.Tool;

/// <summary>The exit codes of the program.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failed = 1;
    public const int BadUsage = 2;

    /// <summary>128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
