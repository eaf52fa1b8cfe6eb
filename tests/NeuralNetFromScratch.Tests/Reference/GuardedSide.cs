namespace NeuralNetFromScratch.Tests.Reference;

/// <summary>Where operands meet the unreadable page.</summary>
public enum GuardedSide
{
    Start,
    End,
}
