namespace NeuralNetFromScratch;

/// <summary>How the loss went while the learning rate rose, see <see cref="Trainer.FindLearningRate"/>.</summary>
/// <param name="Points">The rate of each step and the smoothed loss after it.</param>
/// <param name="Suggestion">The rate at which the loss fell most steeply over the logarithm of the rate: a good one to begin with.</param>
public sealed record LearningRateSearch(IReadOnlyList<(float LearningRate, double Loss)> Points, float Suggestion);
