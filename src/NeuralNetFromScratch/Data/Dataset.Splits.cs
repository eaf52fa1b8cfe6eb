namespace NeuralNetFromScratch;

/// <summary>Parts of a data set: subsets, splits and folds. Nothing is copied.</summary>
public abstract partial class Dataset
{
    /// <summary>How far the fractions of a split may be from a sum of 1.</summary>
    private const double FractionTolerance = 1e-6;

    /// <summary>Returns some of the samples, in a given order.</summary>
    /// <param name="indices">Which samples, each 0 to <c>Count − 1</c>; a sample may occur several times.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index names no sample.</exception>
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
    /// Holds out some samples, chosen at random. Where the samples have class labels, each class gives its share, rounded to whole samples (a
    /// stratified split).
    /// </summary>
    /// <param name="heldOut">How many samples are held out, 0 to <see cref="Count"/>.</param>
    /// <param name="seed">Seed of the choice: one seed gives one choice.</param>
    /// <returns>The samples that remain and those held out, each in their order in this data set.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="heldOut"/> is negative or larger than <see cref="Count"/>.</exception>
    /// <exception cref="ArgumentException">A label is none of the classes.</exception>
    public (SubsetDataset Remaining, SubsetDataset HeldOut) Split(int heldOut, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(heldOut);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(heldOut, Count);
        int[] parts = StratifiedChoice.Assign(this, [heldOut], seed);
        return (Part(parts, -1), Part(parts, 0));
    }

    /// <summary>
    /// Holds out a fraction of the samples, chosen at random. Where the samples have class labels, each class gives its share, rounded to whole
    /// samples (a stratified split).
    /// </summary>
    /// <param name="fraction">The fraction, 0 to 1, of <see cref="Count"/>, rounded to whole samples.</param>
    /// <param name="seed">Seed of the choice: one seed gives one choice.</param>
    /// <returns>The samples that remain and those held out, each in their order in this data set.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fraction"/> is not 0 to 1.</exception>
    /// <exception cref="ArgumentException">A label is none of the classes.</exception>
    public (SubsetDataset Remaining, SubsetDataset HeldOut) Split(double fraction, ulong seed = 0) =>
        Split((int)Math.Round(Guard.Share(fraction, nameof(fraction)) * Count), seed);

    /// <summary>
    /// Divides the samples at random into three parts: to train on, to choose by, and to report on. Where the samples have class labels, each class
    /// is divided in the same proportion, to within one sample a part. The test part is the one that <see cref="Split(double, ulong)"/> holds out with
    /// the same fraction and seed.
    /// </summary>
    /// <param name="training">The fraction of the training part, 0 to 1; it takes what rounding leaves.</param>
    /// <param name="validation">The fraction of the validation part, 0 to 1, rounded to whole samples.</param>
    /// <param name="test">The fraction of the test part, 0 to 1, rounded to whole samples. The three fractions add up to 1.</param>
    /// <param name="seed">Seed of the choice: one seed gives one choice.</param>
    /// <returns>The three parts, each in the samples' order in this data set. <see cref="SubsetDataset.Indices"/> names the samples.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A fraction is not 0 to 1.</exception>
    /// <exception cref="ArgumentException">The fractions do not add up to 1, or a label is none of the classes.</exception>
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
    /// Divides the samples at random into folds for cross-validation. Each sample is in the validation part of one fold and in the training part of
    /// all others. The folds' sizes differ by at most one sample; where the samples have class labels, so does each class's number in the folds.
    /// </summary>
    /// <param name="folds">The number of folds, 2 to <see cref="Count"/>. Usual are 5 and 10.</param>
    /// <param name="seed">Seed of the choice: one seed gives one choice.</param>
    /// <returns>
    /// The folds, each with the samples to train on and those to validate with, in their order in this data set. <see cref="SubsetDataset.Indices"/>
    /// names the samples.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="folds"/> is not 2 to <see cref="Count"/>.</exception>
    /// <exception cref="ArgumentException">A label is none of the classes.</exception>
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
