namespace NeuralNetFromScratch;

/// <summary>A loss of one output and its target.</summary>
internal interface IElementLoss
{
    /// <summary>The loss and its derivative by the output.</summary>
    (double Loss, double Slope) At(int column, float output, float target);
}
