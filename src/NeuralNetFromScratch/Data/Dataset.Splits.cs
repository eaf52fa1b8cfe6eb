namespace NeuralNetFromScratch;

/// <summary>Subsets, splits and folds. The samples are not copied.</summary>
public abstract partial class Dataset
{
    /// <summary>The tolerance of the sum of a split's fractions.</summary>
    private const double FractionTolerance = 1e-6;

    /// <summary>Creates a data set of some of the samples, in a given order.</summary>
    /// <param name="indices">The indices of the samples, each 0 to <c>Count − 1</c>. A sample may occur several times.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    public SubsetDataset Subset(ReadOnlySpan<int> indices)
    {
        foreach (int index in indices)
        {
            if ((uint)index >= (uint)Count)
                throw new ArgumentOutOfRangeException(nameof(indices), index, $"the data set has {Count} samples");
        }

        return new SubsetDataset(this, indices.ToArray());
    }

    /// <summary>
    /// Holds out a number of randomly selected samples. If the samples have class labels, the split is stratified: each class gives its fraction,
    /// rounded to whole samples.
    /// </summary>
    /// <param name="heldOut">The number of samples to hold out, 0 to <see cref="Count"/>.</param>
    /// <param name="seed">The seed of the selection. Default: 0.</param>
    /// <returns>The remaining samples and those held out, each in the order of this data set.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="heldOut"/> is negative or larger than <see cref="Count"/>.</exception>
    /// <exception cref="ArgumentException">A label is out of range.</exception>
    public (SubsetDataset Remaining, SubsetDataset HeldOut) Split(int heldOut, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(heldOut);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(heldOut, Count);
        int[] parts = StratifiedChoice.Assign(this, [heldOut], seed);
        return (Part(parts, -1), Part(parts, 0));
    }

    /// <summary>
    /// Holds out a fraction of randomly selected samples. If the samples have class labels, the split is stratified: each class gives its
    /// fraction, rounded to whole samples.
    /// </summary>
    /// <param name="fraction">The fraction of <see cref="Count"/>, 0 to 1, rounded to whole samples.</param>
    /// <param name="seed">The seed of the selection. Default: 0.</param>
    /// <returns>The remaining samples and those held out, each in the order of this data set.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fraction"/> is not between 0 and 1.</exception>
    /// <exception cref="ArgumentException">A label is out of range.</exception>
    public (SubsetDataset Remaining, SubsetDataset HeldOut) Split(double fraction, ulong seed = 0) =>
        Split((int)Math.Round(Guard.Share(fraction, nameof(fraction)) * Count), seed);

    /// <summary>
    /// Divides the samples randomly into training, validation and test parts. If the samples have class labels, each class is divided in the same
    /// proportion, up to one sample for each part. The test part equals the one that <see cref="Split(double, ulong)"/> holds out with the same
    /// fraction and seed.
    /// </summary>
    /// <param name="training">The fraction of the training part, 0 to 1. This part also has the samples that remain after rounding.</param>
    /// <param name="validation">The fraction of the validation part, 0 to 1, rounded to whole samples.</param>
    /// <param name="test">The fraction of the test part, 0 to 1, rounded to whole samples. The three fractions must add up to 1.</param>
    /// <param name="seed">The seed of the division. Default: 0.</param>
    /// <returns>The three parts, each in the order of this data set. <see cref="SubsetDataset.Indices"/> has the indices of the samples.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A fraction is not between 0 and 1.</exception>
    /// <exception cref="ArgumentException">The fractions do not add up to 1, or a label is out of range.</exception>
    public (SubsetDataset Training, SubsetDataset Validation, SubsetDataset Test) Split(double training, double validation, double test, ulong seed = 0)
    {
        double sum = Guard.Share(training, nameof(training)) + Guard.Share(validation, nameof(validation)) + Guard.Share(test, nameof(test));
        if (Math.Abs(sum - 1) > FractionTolerance)
            throw new ArgumentException(FormattableString.Invariant($"the fractions must add up to 1, but {training} + {validation} + {test} = {sum}"), nameof(training));
        int tests = (int)Math.Round(test * Count), validations = Math.Min((int)Math.Round(validation * Count), Count - tests);
        int[] parts = StratifiedChoice.Assign(this, [tests, validations], seed);
        return (Part(parts, -1), Part(parts, 1), Part(parts, 0));
    }

    /// <summary>
    /// Divides the samples randomly into folds for cross-validation. Each sample is in the validation part of one fold and in the training parts
    /// of all others. The sizes of the folds differ by at most one sample; if the samples have class labels, so do the numbers of each class.
    /// </summary>
    /// <param name="folds">The number of folds, 2 to <see cref="Count"/>; 5 and 10 are usual.</param>
    /// <param name="seed">The seed of the division. Default: 0.</param>
    /// <returns>
    /// The folds, each with its training and validation samples in the order of this data set. <see cref="SubsetDataset.Indices"/> has the
    /// indices of the samples.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="folds"/> is not between 2 and <see cref="Count"/>.</exception>
    /// <exception cref="ArgumentException">A label is out of range.</exception>
    public IReadOnlyList<(SubsetDataset Training, SubsetDataset Validation)> KFold(int folds, ulong seed = 0)
    {
        if (folds < 2 || folds > Count)
            throw new ArgumentOutOfRangeException(nameof(folds), folds, FormattableString.Invariant($"the number of folds must be 2 to the number of samples, {Count}"));
        int[] parts = StratifiedChoice.Deal(this, folds, seed);
        return [.. Enumerable.Range(0, folds).Select(fold => (Where(index => parts[index] != fold), Part(parts, fold)))];
    }

    private SubsetDataset Part(int[] parts, int part) => Where(index => parts[index] == part);

    private SubsetDataset Where(Func<int, bool> belongs) => new(this, [.. Enumerable.Range(0, Count).Where(belongs)]);
}
