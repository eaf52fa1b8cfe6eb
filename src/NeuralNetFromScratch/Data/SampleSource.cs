
namespace NeuralNetFromScratch;

/// <summary>A data set as a training reads it.</summary>
/// <param name="Dataset">The samples.</param>
/// <param name="Augmentation">How each sample is changed before it is used; not at all if null.</param>
/// <param name="Random">Chance for the augmentation; it is the same for a sample whoever reads it.</param>
internal readonly record struct SampleSource(Dataset Dataset, Augmentation? Augmentation = null, RandomSource Random = default);
