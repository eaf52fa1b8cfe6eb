using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>
/// Samples of one shape, with class labels, dense targets or neither. Samples are read by index from several threads at once, so reading
/// must not change anything. Derive from this class for samples that come from somewhere else: override <see cref="Count"/>,
/// <see cref="SampleShape"/> and <see cref="CopyFeatures"/>, and <see cref="ClassCount"/> and <see cref="GetLabel"/> or else
/// <see cref="TargetLength"/> and <see cref="CopyTarget"/>.
/// </summary>
public abstract partial class Dataset
{
    /// <summary>The number of samples.</summary>
    public abstract int Count { get; }

    /// <summary>The shape of one sample: <c>[28, 28]</c> for MNIST.</summary>
    public abstract Shape SampleShape { get; }

    /// <summary>
    /// How many of a sample's features, the last ones, are gathered as sparse rows. 0 where all are dense. A data set with sparse columns also
    /// overrides <see cref="GetSparseLength"/> and <see cref="Gather"/>.
    /// </summary>
    public virtual int SparseColumnCount => 0;

    /// <summary>The number of classes: labels are 0 to <c>ClassCount − 1</c>. 0 where the samples have no class labels.</summary>
    public virtual int ClassCount => 0;

    /// <summary>
    /// The label of samples without an answer, which only a loss that ignores it takes (<see cref="SoftmaxCrossEntropy.IgnoreLabel"/>). Null, the default, where
    /// each sample has a class.
    /// </summary>
    public virtual int? IgnoreLabel => null;

    /// <summary>The number of values in a sample's dense target. 0 where the samples have no dense targets.</summary>
    public virtual int TargetLength => 0;

    /// <summary>Whether the samples have weights. Where they have none, each counts 1.</summary>
    public virtual bool HasWeights => false;

    /// <summary>Returns the class of one sample.</summary>
    /// <param name="index">0 to <c>Count − 1</c>.</param>
    /// <exception cref="NotSupportedException">The samples have no class labels.</exception>
    public virtual int GetLabel(int index) => throw new NotSupportedException(
        TargetLength > 0 ? "the samples have dense targets, not class labels" : "the samples have no class labels");

    /// <summary>Writes the dense target of one sample.</summary>
    /// <param name="index">0 to <c>Count − 1</c>.</param>
    /// <param name="target">Destination of <see cref="TargetLength"/> values.</param>
    /// <exception cref="NotSupportedException">The samples have no dense targets.</exception>
    public virtual void CopyTarget(int index, Span<float> target) => throw new NotSupportedException(
        ClassCount > 0 ? "the samples have class labels, not dense targets" : "the samples have no dense targets");

    /// <summary>
    /// Returns how much one sample counts in a training: the factor of its loss. The sum of the losses is still divided by the number of
    /// samples.
    /// </summary>
    /// <param name="index">0 to <c>Count − 1</c>.</param>
    /// <returns>A finite number, not negative.</returns>
    public virtual float GetWeight(int index) => 1;

    /// <summary>Returns how many values are stored for one sample's sparse columns.</summary>
    /// <param name="index">0 to <c>Count − 1</c>.</param>
    public virtual int GetSparseLength(int index) => 0;

    /// <summary>
    /// Returns a text that is the same for the same samples and another one for others, such as <see cref="DatasetFingerprint"/> makes; null, the default,
    /// where there is none. A training writes it into its checkpoints, and <c>Trainer.ResumeOrFit</c> trains anew where it has changed. Without one only
    /// numbers and shapes are compared, so that changed samples in equal number pass for the same.
    /// </summary>
    public virtual string? GetFingerprint() => null;

    /// <summary>Writes all features of one sample in row-major order, sparse ones in their dense form.</summary>
    /// <param name="index">0 to <c>Count − 1</c>.</param>
    /// <param name="features">Destination of <c>SampleShape.ElementCount</c> values.</param>
    public abstract void CopyFeatures(int index, Span<float> features);

    /// <summary>
    /// Writes some samples, one into each row of the destination. The default reads sample by sample; override it where a whole batch can
    /// be read faster. Several threads call it at once, each with rows of its own.
    /// </summary>
    /// <param name="indices">The samples, each 0 to <c>Count − 1</c>.</param>
    /// <param name="destination">Receives them; it has as many rows as there are indices.</param>
    /// <exception cref="NotSupportedException">The data set has sparse columns, but does not override this method.</exception>
    public virtual void Gather(ReadOnlySpan<int> indices, in BatchDestination destination)
    {
        if (destination.IsSparse)
            throw new NotSupportedException($"a data set with {nameof(SparseColumnCount)} {SparseColumnCount} must override {nameof(Gather)}");
        for (int row = 0; row < indices.Length; row++)
            CopyFeatures(indices[row], destination.Features.Row(row));
        GatherTargets(indices, destination);
    }

    /// <summary>Writes what a destination wants besides the features: labels, dense targets and weights, sample by sample.</summary>
    /// <param name="indices">The samples, each 0 to <c>Count − 1</c>.</param>
    /// <param name="destination">Receives them; it has as many rows as there are indices.</param>
    protected void GatherTargets(ReadOnlySpan<int> indices, in BatchDestination destination)
    {
        for (int row = 0; row < destination.Labels.Length; row++)
            destination.Labels[row] = GetLabel(indices[row]);
        for (int row = 0; row < destination.Targets.Rows; row++)
            CopyTarget(indices[row], destination.Targets.Row(row));
        for (int row = 0; row < destination.Weights.Length; row++)
            destination.Weights[row] = GetWeight(indices[row]);
    }

    /// <summary>
    /// Returns the number of samples, their shape, and what they are labelled with, in words; where there are classes, also how many samples each
    /// has, for which it reads all labels.
    /// </summary>
    public override string ToString()
    {
        string answers = TargetLength > 0 ? $", targets of {TargetLength}" : ClassCount > 0 ? $", {ClassCount} classes" : "";
        string sizes = TargetLength > 0 || ClassCount == 0 || Count == 0 ? "" : $"\nsamples of each class: {ClassSizes()}";
        return string.Create(CultureInfo.InvariantCulture, $"{Count:N0} {(Count == 1 ? "sample" : "samples")} {SampleShape}{answers}{(HasWeights ? ", weighted" : "")}{sizes}");
    }

    /// <summary>Checks that all labels are less than a number, where there are labels.</summary>
    internal void ThrowIfLabelsOutside(int classCount, string parameter, int? ignored = null)
    {
        for (int index = 0; TargetLength == 0 && index < Count; index++)
        {
            int label = GetLabel(index);
            if ((uint)label >= (uint)classCount && label != ignored)
                throw Labels.Outside(index, label, classCount, parameter);
        }
    }

    /// <summary>Samples from arrays, which it takes over without a copy.</summary>
    /// <param name="features">All samples one after another: [count, …sampleShape].</param>
    /// <param name="sampleShape">The shape of one sample.</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="classCount">The number of classes.</param>
    /// <param name="ignoreLabel">See <see cref="IgnoreLabel"/>.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not 0 to <c>classCount − 1</c>, or there is no class.</exception>
    public static Dataset FromArrays(float[] features, Shape sampleShape, int[] labels, int classCount, int? ignoreLabel = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        CheckSizes(features.Length, sampleShape, labels.Length, classCount);
        Labels.ThrowIfOutside(labels, classCount, ignoreLabel);
        return new ArrayDataset(features, sampleShape, labels, classCount, ignoreLabel);
    }

    /// <summary>Samples with dense targets, from arrays, which it takes over without a copy.</summary>
    /// <param name="features">All samples one after another: [count, …sampleShape].</param>
    /// <param name="sampleShape">The shape of one sample.</param>
    /// <param name="targets">All targets one after another: [count, targetLength].</param>
    /// <param name="targetLength">How many numbers a target has; positive.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="targetLength"/> is not positive.</exception>
    public static Dataset FromTargets(float[] features, Shape sampleShape, float[] targets, int targetLength)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(targets);
        CheckSizes(features.Length, sampleShape, CountTargets(targets, targetLength), classCount: 1);
        return new ArrayDataset(features, sampleShape, targets, targetLength);
    }

    /// <summary>
    /// Samples from bytes, such as grey pixels. They stay bytes in memory, a quarter of what floats take, and become
    /// <c>pixel · scale</c> when a sample is read. The arrays are taken over without a copy.
    /// </summary>
    /// <param name="pixels">All samples one after another: [count, …sampleShape].</param>
    /// <param name="sampleShape">The shape of one sample.</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="classCount">The number of classes.</param>
    /// <param name="scale">Factor from a byte to a feature; features are 0 to 1 unless given.</param>
    /// <param name="ignoreLabel">See <see cref="IgnoreLabel"/>.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not 0 to <c>classCount − 1</c>, or there is no class.</exception>
    public static Dataset FromBytes(byte[] pixels, Shape sampleShape, byte[] labels, int classCount, float scale = 1f / 255, int? ignoreLabel = null)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        CheckSizes(pixels.Length, sampleShape, labels.Length, classCount);
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] >= classCount && labels[i] != ignoreLabel)
                throw Labels.Outside(i, labels[i], classCount, nameof(labels));
        }

        return new ByteDataset(pixels, sampleShape, labels, classCount, scale, ignoreLabel);
    }

    /// <summary>
    /// Creates a data set whose features are sparse, or dense and sparse, with class labels, from arrays, which it takes over without a copy
    /// and checks once. A sample is a vector of its dense features, then its sparse ones.
    /// </summary>
    /// <param name="offsets">Where each sample's stored values start, and where the last one's end: count + 1 places, from 0.</param>
    /// <param name="columns">The columns of the stored values, ascending in each sample.</param>
    /// <param name="values">The stored values; all others are 0.</param>
    /// <param name="columnCount">The number of sparse columns; positive.</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="classCount">The number of classes.</param>
    /// <param name="dense">The dense features, all samples one after another: [count, dense features]; null where there are none.</param>
    /// <param name="ignoreLabel">See <see cref="IgnoreLabel"/>.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other, offsets descend, or a sample's columns do not ascend.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column or label is out of its range, or there is no column or class.</exception>
    public static Dataset FromSparse(
        int[] offsets, int[] columns, float[] values, int columnCount, int[] labels, int classCount, float[]? dense = null, int? ignoreLabel = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classCount);
        Labels.ThrowIfOutside(labels, classCount, ignoreLabel);
        return new SparseDataset(offsets, columns, values, columnCount, dense ?? [], labels.Length) { ClassLabels = (labels, classCount, ignoreLabel) };
    }

    /// <summary>
    /// Creates a data set whose features are sparse, or dense and sparse, with dense targets, from arrays, which it takes over without a copy
    /// and checks once. A sample is a vector of its dense features, then its sparse ones.
    /// </summary>
    /// <param name="offsets">Where each sample's stored values start, and where the last one's end: count + 1 places, from 0.</param>
    /// <param name="columns">The columns of the stored values, ascending in each sample.</param>
    /// <param name="values">The stored values; all others are 0.</param>
    /// <param name="columnCount">The number of sparse columns; positive.</param>
    /// <param name="targets">All targets one after another: [count, targetLength].</param>
    /// <param name="targetLength">How many numbers a target has; positive.</param>
    /// <param name="dense">The dense features, all samples one after another: [count, dense features]; null where there are none.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other, offsets descend, or a sample's columns do not ascend.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is out of its range, or there is no column or target.</exception>
    public static Dataset FromSparse(
        int[] offsets, int[] columns, float[] values, int columnCount, float[] targets, int targetLength, float[]? dense = null)
    {
        ArgumentNullException.ThrowIfNull(targets);
        int count = CountTargets(targets, targetLength);
        return new SparseDataset(offsets, columns, values, columnCount, dense ?? [], count) { Targets = (targets, targetLength) };
    }

    /// <summary>The same samples with weights, which it takes over without a copy.</summary>
    /// <param name="weights">See <see cref="GetWeight"/>: one for each sample; finite and not negative.</param>
    /// <exception cref="ArgumentException">There are not as many weights as samples, or one is negative or not finite.</exception>
    public Dataset WithWeights(float[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Length != Count)
            throw new ArgumentException($"expected {Count} weights, one for each sample, got {weights.Length}", nameof(weights));
        SampleWeights.ThrowIfInvalid(weights);
        return new WeightedDataset(this, weights);
    }

    private static int CountTargets(float[] targets, int targetLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(targetLength);
        return targets.Length % targetLength == 0
            ? targets.Length / targetLength
            : throw new ArgumentException($"expected targets of {targetLength} values, got {targets.Length} values", nameof(targets));
    }

    /// <summary>All of a few; the least and the largest of many.</summary>
    private string ClassSizes()
    {
        const int MostListed = 12;
        var sizes = new int[ClassCount];
        for (int i = 0; i < Count; i++)
        {
            if (GetLabel(i) is >= 0 and int label && label < sizes.Length)
                sizes[label]++;
        }

        return ClassCount <= MostListed
            ? string.Join(", ", sizes.Select(size => FigureText.Count(size)))
            : $"{FigureText.Count(sizes.Min())} to {FigureText.Count(sizes.Max())}";
    }

    private static void CheckSizes(int values, Shape sampleShape, int labels, int classCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classCount);
        if (sampleShape.ElementCount == 0)
            throw new ArgumentException($"a sample needs at least one value, got shape {sampleShape}", nameof(sampleShape));
        if (values != (long)labels * sampleShape.ElementCount)
            throw new ArgumentException($"{labels} samples of shape {sampleShape} have {(long)labels * sampleShape.ElementCount} values, got {values}");
    }
}
