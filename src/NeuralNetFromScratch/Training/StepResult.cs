namespace NeuralNetFromScratch;

/// <summary>Sums over samples.</summary>
/// <param name="LossSum">Of their losses.</param>
/// <param name="Correct">How many were classified correctly.</param>
/// <param name="Count">How many they are.</param>
internal readonly record struct StepResult(double LossSum, long Correct, long Count)
{
    public double Loss => LossSum / Count;

    public double Accuracy => (double)Correct / Count;

    public static StepResult operator +(StepResult left, StepResult right) =>
        new(left.LossSum + right.LossSum, left.Correct + right.Correct, left.Count + right.Count);
}
