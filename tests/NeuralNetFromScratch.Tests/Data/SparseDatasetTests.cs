using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Data;

public class SparseDatasetTests
{
    private static readonly SparseSamples Samples = new(count: 203, columns: 41, denseColumns: 3, classCount: 4, seed: 1);

    [Test]
    public void A_sparse_data_set_has_the_samples_of_its_dense_form([Values("sparse", "mixed", "targets")] string kind, [Values] bool isSplit, [Values] bool isWeighted)
    {
        Dataset dense = kind == "targets" ? Samples.DenseTargets : Samples.Dense;
        Dataset data = kind switch { "sparse" => Samples.Sparse, "mixed" => Samples.Mixed, _ => Samples.MixedTargets };
        Assert.That((data.Count, data.SampleShape, data.ClassCount, data.TargetLength), Is.EqualTo((dense.Count, dense.SampleShape, dense.ClassCount, dense.TargetLength)));
        Assert.That(data.SparseColumnCount, Is.EqualTo(kind == "sparse" ? 41 : 38));
        if (isWeighted)
            (dense, data) = (dense.WithWeights(Samples.Weights), data.WithWeights(Samples.Weights));
        if (isSplit)
            (dense, data) = (dense.Split(0.4, 3).HeldOut, data.Split(0.4, 3).HeldOut);

        int[] indices = [.. Enumerable.Range(0, data.Count).Select(i => i * 7 % data.Count)];
        float[] expected = Gather(dense, indices), actual = Gather(data, indices);
        Assert.That(actual, Is.EqualTo(expected));
        var sample = new float[41];
        data.CopyFeatures(indices[1], sample);
        Assert.That(sample, Is.EqualTo(expected[41..82]));

        var engine = new Engine(2, SimdWidths.Best);
        var buffer = new BatchBuffer();
        SampleBatch batch = buffer.Load(engine, new BatchSource(data, indices), 0, indices.Length, 4);
        var values = new float[indices.Length * 41];
        batch.Inputs.CopyTo(new MatrixView(values, indices.Length, 41));
        Assert.That(values, Is.EqualTo(expected));
        SampleBatch plain = new BatchBuffer().Load(engine, new BatchSource(dense, indices), 0, indices.Length, 4);
        Assert.That(batch.Labels.ToArray(), Is.EqualTo(plain.Labels.ToArray()));
        Assert.That(batch.Weights.ToArray(), Is.EqualTo(plain.Weights.ToArray()));
        Assert.That(batch.Targets.ToArray(), Is.EqualTo(plain.Targets.ToArray()));
    }

    [Test]
    public void Arrays_that_do_not_fit_are_refused()
    {
        Refused([0, 1], [0], [1], 2, [0, 0], null, "expected 3 offsets");
        Refused([0, 1, 1], [0, 1], [1, 1], 2, [0, 0], null, "expected offsets from 0 to 2, got 0 to 1");
        Refused([0, 2, 2], [1, 0], [1, 1], 2, [0, 0], null, "row 0: columns must ascend");
        Refused([0, 1, 2], [1, 2], [1, 1], 2, [0, 0], null, "row 1: column must be 0 to 1, got 2");
        Refused([0, 1, 2], [1, 1], [1], 2, [0, 0], null, "2 columns, but 1 values");
        Refused([0, 1, 2], [1, 1], [1, 1], 2, [0, 2], null, "label of sample 1 must be 0 to 1, got 2");
        Refused([0, 1, 2], [1, 1], [1, 1], 2, [0, 1], [1, 2, 3], "the same number of dense features for each of 2 samples, got 3");
        Refused([0, 1, 2], [1, 1], [1, 1], 0, [0, 1], null, "columnCount");
        Assert.That(() => Dataset.FromSparse([0, 1], [0], [1], 1, [1f, 2], 3), Throws.ArgumentException.With.Message.Contains("targets of 3 values, got 2"));
    }

    [Test]
    public void Wrong_rows_of_a_data_set_of_the_users_own_name_the_sample()
    {
        var network = new Sequential([6], 1, new Dense(3)) { OutputActivation = OutputActivation.Softmax };
        foreach ((string fault, string message) in ((string, string)[])
            [
                ("descending", "sample 5: columns must ascend"), ("outside", "sample 5: column must be 0 to 3, got 4"), ("length", "sample 5: expected 0 to 4 sparse values, got 5"),
                ("negative", "sample 5: expected 0 to 4 sparse values, got -1"), ("weight", "weight 5 must be finite and not negative"), ("label", "label of sample 5 must be 0 to 2, got 3"),
            ])
        {
            Assert.That(() => network.Evaluate(new OwnSparse(fault)), Throws.InstanceOf<ArgumentException>().With.Message.Contains(message), fault);
        }

        Assert.That(network.Evaluate(new OwnSparse("")).Count, Is.EqualTo(8));
        Assert.That(() => network.Predict(new Unfinished()), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("must override Gather"));
    }

    [Test]
    public void Loading_allocates_nothing_once_warm()
    {
        Dataset data = Samples.Mixed.WithWeights(Samples.Weights).Split(0.9).HeldOut;
        int[] indices = [.. Enumerable.Range(0, data.Count)];
        var engine = new Engine(2, SimdWidths.Best);
        var buffer = new BatchBuffer();
        Assert.That(Allocation.Least(engine, () => buffer.Load(engine, new BatchSource(data, indices), 3, 101, 4)), Is.Zero);
    }

    [Test]
    public void Samples_of_the_callers_are_read_where_they_are_if_they_are_contiguous()
    {
        float[] values = TestValues.Uniform(60, 1);
        var buffer = new BatchBuffer();
        var engine = new Engine(1);
        SampleBatch whole = buffer.Load(engine, new BatchSource(new SampleBatch { Inputs = new ReadOnlyMatrixView(values, 10, 6), Labels = new int[10] }), 2, 3, 1);
        Assert.That(whole.Inputs.Dense.Span.Overlaps(values.AsSpan(12, 18), out int offset) && offset == 0);
        Assert.That((whole.Rows, whole.Labels.Length), Is.EqualTo((3, 3)));
        SampleBatch part = buffer.Load(engine, new BatchSource(new SampleBatch { Inputs = new ReadOnlyMatrixView(values, 10, 4, 6, 1), Labels = new int[10] }), 2, 3, 1);
        Assert.That(part.Inputs.Dense.Span.Overlaps(values), Is.False);
        Assert.That(part.Inputs.Dense.ToArray(), Is.EqualTo(new ReadOnlyMatrixView(values, 10, 4, 6, 1).SliceRows(2, 3).ToArray()));
    }

    private static float[] Gather(Dataset data, int[] indices)
    {
        float[] features = TestValues.Poison(indices.Length * data.SampleShape.ElementCount);
        data.Gather(indices, new BatchDestination(new MatrixView(features, indices.Length, data.SampleShape.ElementCount)));
        return features;
    }

    private static void Refused(int[] offsets, int[] columns, float[] values, int columnCount, int[] labels, float[]? dense, string message) => Assert.That(
        () => Dataset.FromSparse(offsets, columns, values, columnCount, labels, 2, dense), Throws.InstanceOf<ArgumentException>().With.Message.Contains(message));

    /// <summary>Two dense columns and four sparse ones, of which sample i stores 1 and 3.</summary>
    private sealed class OwnSparse(string fault) : Dataset
    {
        public override int Count => 8;

        public override Shape SampleShape => [6];

        public override int SparseColumnCount => 4;

        public override int ClassCount => 3;

        public override bool HasWeights => true;

        public override int GetLabel(int index) => index == 5 && fault == "label" ? 3 : index % 3;

        public override float GetWeight(int index) => index == 5 && fault == "weight" ? float.NaN : 1;

        public override int GetSparseLength(int index) => (index == 5, fault) switch { (true, "length") => 5, (true, "negative") => -1, _ => 2 };

        public override void CopyFeatures(int index, Span<float> features) => ((ReadOnlySpan<float>)[index, 1, 0, 2, 0, 3]).CopyTo(features);

        public override void Gather(ReadOnlySpan<int> indices, in BatchDestination destination)
        {
            for (int row = 0; row < indices.Length; row++)
            {
                ReadOnlySpan<int> columns = (indices[row] == 5, fault) switch { (true, "descending") => [3, 1], (true, "outside") => [1, 4], _ => [1, 3] };
                ((ReadOnlySpan<float>)[indices[row], 1]).CopyTo(destination.Features.Row(row));
                columns.CopyTo(destination.GetSparseColumns(row));
                ((ReadOnlySpan<float>)[2, 3]).CopyTo(destination.GetSparseValues(row));
            }

            GatherTargets(indices, destination);
        }
    }

    private sealed class Unfinished : Dataset
    {
        public override int Count => 2;

        public override Shape SampleShape => [6];

        public override int SparseColumnCount => 4;

        public override void CopyFeatures(int index, Span<float> features) => features.Clear();
    }
}
