using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>
/// The base class of data sets: samples of one shape, with class labels, dense targets or neither. Several threads read samples by index, so that
/// reading must not change anything. A user's data set overrides <see cref="Count"/>, <see cref="SampleShape"/> and <see cref="CopyFeatures"/>,
/// and either <see cref="ClassCount"/> and <see cref="GetLabel"/> or <see cref="TargetLength"/> and <see cref="CopyTarget"/>.
/// </summary>
public abstract partial class Dataset
{
    /// <summary>The number of samples.</summary>
    public abstract int Count { get; }

    /// <summary>The shape of one sample, for example <c>[28, 28]</c>.</summary>
    public abstract Shape SampleShape { get; }

    /// <summary>
    /// The number of a sample's features, the last ones, that are gathered as sparse rows; 0 if all are dense. A data set with sparse columns
    /// also overrides <see cref="GetSparseLength"/> and <see cref="Gather"/>. Default: 0.
    /// </summary>
    public virtual int SparseColumnCount => 0;

    /// <summary>The number of classes: labels are 0 to <c>ClassCount − 1</c>. 0, the default, if the samples have no class labels.</summary>
    public virtual int ClassCount => 0;

    /// <summary>
    /// The label of samples without a class, which requires a loss that ignores it (<see cref="SoftmaxCrossEntropy.IgnoreLabel"/>). Null, the
    /// default, if each sample has a class.
    /// </summary>
    public virtual int? IgnoreLabel => null;

    /// <summary>The number of values in a sample's dense target. 0, the default, if the samples have no dense targets.</summary>
    public virtual int TargetLength => 0;

    /// <summary>Whether the samples have weights. If false, the default, each has the weight 1.</summary>
    public virtual bool HasWeights => false;

    /// <summary>Whether all features are finite by construction, so that a training need not examine them. Default: false.</summary>
    internal virtual bool AreFeaturesFinite => false;

    /// <summary>Returns the class of one sample.</summary>
    /// <param name="index">The index of the sample, 0 to <c>Count − 1</c>.</param>
    /// <returns>The class, 0 to <c>ClassCount − 1</c>.</returns>
    /// <exception cref="NotSupportedException">The samples have no class labels.</exception>
    public virtual int GetLabel(int index) => throw new NotSupportedException(
        TargetLength > 0 ? "the samples have dense targets, not class labels" : "the samples have no class labels");

    /// <summary>Copies the dense target of one sample.</summary>
    /// <param name="index">The index of the sample, 0 to <c>Count − 1</c>.</param>
    /// <param name="target">Receives the target: [<see cref="TargetLength"/>].</param>
    /// <exception cref="NotSupportedException">The samples have no dense targets.</exception>
    public virtual void CopyTarget(int index, Span<float> target) => throw new NotSupportedException(
        ClassCount > 0 ? "the samples have class labels, not dense targets" : "the samples have no dense targets");

    /// <summary>
    /// Returns the weight of one sample in training, a factor on its loss. The sum of the losses is still divided by the number of samples.
    /// </summary>
    /// <param name="index">The index of the sample, 0 to <c>Count − 1</c>.</param>
    /// <returns>The weight; finite and not negative.</returns>
    public virtual float GetWeight(int index) => 1;

    /// <summary>Returns the number of stored values in one sample's sparse columns.</summary>
    /// <param name="index">The index of the sample, 0 to <c>Count − 1</c>.</param>
    /// <returns>The number, 0 to <see cref="SparseColumnCount"/>.</returns>
    public virtual int GetSparseLength(int index) => 0;

    /// <summary>
    /// Returns a text that identifies the contents of the data set; <see cref="DatasetFingerprint"/> computes such texts. Null, the default, if
    /// there is none. A training stores it in its checkpoints, and <c>Trainer.ResumeOrFit</c> trains again if it has changed. Without a
    /// fingerprint only the number and shape of the samples are compared, so that changed samples are not detected.
    /// </summary>
    /// <returns>The fingerprint, or null.</returns>
    public virtual string? GetFingerprint() => null;

    /// <summary>Copies all features of one sample in row-major order, sparse ones in dense form. Several threads call this method.</summary>
    /// <param name="index">The index of the sample, 0 to <c>Count − 1</c>.</param>
    /// <param name="features">Receives the features: [<c>SampleShape.ElementCount</c>].</param>
    public abstract void CopyFeatures(int index, Span<float> features);

    /// <summary>
    /// Copies some samples, one into each row of the destination. The default implementation copies sample by sample; override it if a whole
    /// batch can be read faster. Several threads call this method for different rows.
    /// </summary>
    /// <param name="indices">The indices of the samples, each 0 to <c>Count − 1</c>.</param>
    /// <param name="destination">Receives the samples; it has one row for each index.</param>
    /// <exception cref="NotSupportedException">The data set has sparse columns and does not override this method.</exception>
    public virtual void Gather(ReadOnlySpan<int> indices, in BatchDestination destination)
    {
        if (destination.IsSparse)
            throw new NotSupportedException($"a data set with {nameof(SparseColumnCount)} {SparseColumnCount} must override {nameof(Gather)}");
        for (int row = 0; row < indices.Length; row++)
            CopyFeatures(indices[row], destination.Features.Row(row));
        GatherTargets(indices, destination);
    }

    /// <summary>
    /// Announces that samples in a row will be read soon, in any order. A data set that reads from a disk can read them ahead. The default implementation does
    /// nothing. See <see cref="FitOptions.ShuffleBlock"/>.
    /// </summary>
    /// <param name="start">The index of the first sample.</param>
    /// <param name="count">The number of samples; positive.</param>
    public virtual void Announce(int start, int count)
    {
    }

    /// <summary>Copies the labels, dense targets and weights that a destination requests, sample by sample.</summary>
    /// <param name="indices">The indices of the samples, each 0 to <c>Count − 1</c>.</param>
    /// <param name="destination">Receives them; it has one row for each index.</param>
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
    /// Returns the number of samples, their shape and the kind of their targets. With class labels it also returns the number of samples of each
    /// class, for which it reads all labels.
    /// </summary>
    public override string ToString()
    {
        string answers = TargetLength > 0 ? $", targets of {TargetLength}" : ClassCount > 0 ? $", {ClassCount} classes" : "";
        string sizes = TargetLength > 0 || ClassCount == 0 || Count == 0 ? "" : $"\nsamples of each class: {ClassSizes()}";
        return string.Create(CultureInfo.InvariantCulture, $"{Count:N0} {(Count == 1 ? "sample" : "samples")} {SampleShape}{answers}{(HasWeights ? ", weighted" : "")}{sizes}");
    }

    /// <summary>Checks that all labels, if there are any, are less than a number.</summary>
    internal void ThrowIfLabelsOutside(int classCount, string parameter, int? ignored = null)
    {
        for (int index = 0; TargetLength == 0 && index < Count; index++)
        {
            int label = GetLabel(index);
            if ((uint)label >= (uint)classCount && label != ignored)
                throw Labels.Outside(index, label, classCount, parameter);
        }
    }

    /// <summary>Creates a data set of dense features with class labels from arrays. The arrays are not copied.</summary>
    /// <param name="features">The features of all samples, one after another: [count, …sampleShape].</param>
    /// <param name="sampleShape">The shape of one sample.</param>
    /// <param name="labels">The class of each sample: [count].</param>
    /// <param name="classCount">The number of classes; positive.</param>
    /// <param name="ignoreLabel">The label of samples without a class, see <see cref="IgnoreLabel"/>; null, the default, for none.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A label is not between 0 and <c>classCount − 1</c>, or <paramref name="classCount"/> is not positive.
    /// </exception>
    public static Dataset FromArrays(float[] features, Shape sampleShape, int[] labels, int classCount, int? ignoreLabel = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        CheckSizes(features.Length, sampleShape, labels.Length, classCount);
        Labels.ThrowIfOutside(labels, classCount, ignoreLabel);
        return new ArrayDataset(features, sampleShape, labels, classCount, ignoreLabel);
    }

    /// <summary>Creates a data set of dense features with dense targets from arrays. The arrays are not copied.</summary>
    /// <param name="features">The features of all samples, one after another: [count, …sampleShape].</param>
    /// <param name="sampleShape">The shape of one sample.</param>
    /// <param name="targets">The targets of all samples, one after another: [count, targetLength].</param>
    /// <param name="targetLength">The number of values in a target; positive.</param>
    /// <returns>The data set.</returns>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="targetLength"/> is not positive.</exception>
    public static Dataset FromTargets(float[] features, Shape sampleShape, float[] targets, int targetLength)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(targets);
        CheckSizes(features.Length, sampleShape, CountTargets(targets, targetLength), classCount: 1);
        return new ArrayDataset(features, sampleShape, targets, targetLength);
    }

    /// <summary>
    /// Creates a data set from bytes, for example gray pixels, with class labels. The bytes, which need a quarter of the memory of floats, are
    /// converted to <c>pixel · scale</c> when a sample is read. The arrays are not copied.
    /// </summary>
    /// <param name="pixels">The bytes of all samples, one after another: [count, …sampleShape].</param>
    /// <param name="sampleShape">The shape of one sample.</param>
    /// <param name="labels">The class of each sample: [count].</param>
    /// <param name="classCount">The number of classes; positive.</param>
    /// <param name="scale">The factor from a byte to a feature; finite. Default: 1/255, which gives features from 0 to 1.</param>
    /// <param name="ignoreLabel">The label of samples without a class, see <see cref="IgnoreLabel"/>; null, the default, for none.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A label is not between 0 and <c>classCount − 1</c>, or <paramref name="classCount"/> is not positive.
    /// </exception>
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
    /// Creates a data set of sparse features, or dense and sparse ones, with class labels from arrays. The arrays are not copied; they are
    /// checked once. A sample has its dense features first, then its sparse ones.
    /// </summary>
    /// <param name="offsets">The offset of each sample's stored values, and the end of the last sample: [count + 1], from 0.</param>
    /// <param name="columns">The columns of the stored values, ascending in each sample.</param>
    /// <param name="values">The stored values; all other values are 0.</param>
    /// <param name="columnCount">The number of sparse columns; positive.</param>
    /// <param name="labels">The class of each sample: [count].</param>
    /// <param name="classCount">The number of classes; positive.</param>
    /// <param name="dense">The dense features of all samples, one after another: [count, dense features]; null, the default, for none.</param>
    /// <param name="ignoreLabel">The label of samples without a class, see <see cref="IgnoreLabel"/>; null, the default, for none.</param>
    /// <returns>The data set.</returns>
    /// <exception cref="ArgumentException">The lengths do not match, offsets are not ascending, or a sample's columns are not ascending.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A column or label is out of range, or <paramref name="columnCount"/> or <paramref name="classCount"/> is not positive.
    /// </exception>
    public static Dataset FromSparse(
        int[] offsets, int[] columns, float[] values, int columnCount, int[] labels, int classCount, float[]? dense = null, int? ignoreLabel = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classCount);
        Labels.ThrowIfOutside(labels, classCount, ignoreLabel);
        return new SparseDataset(offsets, columns, values, columnCount, dense ?? [], labels.Length) { ClassLabels = (labels, classCount, ignoreLabel) };
    }

    /// <summary>
    /// Creates a data set of sparse features, or dense and sparse ones, with dense targets from arrays. The arrays are not copied; they are
    /// checked once. A sample has its dense features first, then its sparse ones.
    /// </summary>
    /// <param name="offsets">The offset of each sample's stored values, and the end of the last sample: [count + 1], from 0.</param>
    /// <param name="columns">The columns of the stored values, ascending in each sample.</param>
    /// <param name="values">The stored values; all other values are 0.</param>
    /// <param name="columnCount">The number of sparse columns; positive.</param>
    /// <param name="targets">The targets of all samples, one after another: [count, targetLength].</param>
    /// <param name="targetLength">The number of values in a target; positive.</param>
    /// <param name="dense">The dense features of all samples, one after another: [count, dense features]; null, the default, for none.</param>
    /// <returns>The data set.</returns>
    /// <exception cref="ArgumentException">The lengths do not match, offsets are not ascending, or a sample's columns are not ascending.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A column is out of range, or <paramref name="columnCount"/> or <paramref name="targetLength"/> is not positive.
    /// </exception>
    public static Dataset FromSparse(
        int[] offsets, int[] columns, float[] values, int columnCount, float[] targets, int targetLength, float[]? dense = null)
    {
        ArgumentNullException.ThrowIfNull(targets);
        int count = CountTargets(targets, targetLength);
        return new SparseDataset(offsets, columns, values, columnCount, dense ?? [], count) { Targets = (targets, targetLength) };
    }

    /// <summary>Creates a data set of the same samples with weights. The array is not copied.</summary>
    /// <param name="weights">The weight of each sample: [count], each finite and not negative. See <see cref="GetWeight"/>.</param>
    /// <returns>The data set.</returns>
    /// <exception cref="ArgumentException">The number of weights differs from the number of samples, or a weight is negative or not finite.</exception>
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

    /// <summary>Returns the sizes of all classes if there are few, otherwise the smallest and the largest.</summary>
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
