namespace NeuralNetFromScratch;

/// <summary>How much of everything a checkpoint of a training has.</summary>
/// <param name="Values">Parameters.</param>
/// <param name="Slots">Numbers that the optimizer remembers.</param>
/// <param name="Average">Averaged parameters; 0 where there is no average.</param>
/// <param name="Best">Parameters of the best epoch; 0 where they are not kept.</param>
/// <param name="StepsPerEpoch">Steps of an epoch.</param>
internal sealed record CheckpointSizes(int Values, int Slots, int Average, int Best, int StepsPerEpoch);
