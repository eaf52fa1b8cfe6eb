using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Data;

public class GatherTests
{
    private const int Count = 700, Length = 37;

    private static readonly int[] Rows = [.. Enumerable.Range(0, 600).Select(i => i * 211 % Count)];

    [Test]
    public void Every_data_set_gathers_what_it_gives_sample_by_sample([Values("array", "bytes", "targets", "own")] string kind, [Values] bool isSubset, [Values] bool isWeighted)
    {
        Dataset data = Make(kind);
        if (isSubset)
            data = data.Subset([.. Enumerable.Range(0, Count).Select(i => i * 3 % Count)]);
        if (isWeighted)
            data = data.WithWeights([.. Enumerable.Range(0, Count).Select(i => i / 8f)]);

        float[] features = TestValues.Poison(Rows.Length * Length), targets = TestValues.Poison(Rows.Length * data.TargetLength), weights = new float[Rows.Length];
        var labels = new int[Rows.Length];
        data.Gather(Rows, new BatchDestination(new MatrixView(features, Rows.Length, Length))
        {
            Labels = data.ClassCount > 0 ? labels : [],
            Targets = data.TargetLength > 0 ? new MatrixView(targets, Rows.Length, data.TargetLength) : default,
            Weights = weights,
        });
        float[] sample = new float[Length], target = new float[data.TargetLength];
        for (int row = 0; row < Rows.Length; row++)
        {
            data.CopyFeatures(Rows[row], sample);
            Assert.That(features.AsSpan(row * Length, Length).SequenceEqual(sample), $"row {row}");
            Assert.That(weights[row], Is.EqualTo(data.GetWeight(Rows[row])));
            if (data.ClassCount > 0)
                Assert.That(labels[row], Is.EqualTo(data.GetLabel(Rows[row])));
            if (data.TargetLength == 0)
                continue;
            data.CopyTarget(Rows[row], target);
            Assert.That(targets.AsSpan(row * target.Length, target.Length).SequenceEqual(target), $"row {row}");
        }
    }

    [Test]
    public void Only_what_there_is_memory_for_is_read()
    {
        var features = new float[2 * Length];
        Make("own").Subset([1, 0]).Gather([0, 1], new BatchDestination(new MatrixView(features, 2, Length)));
        Assert.That(features[0], Is.EqualTo(1000));
    }

    [Test]
    public void A_destination_slices_all_that_it_has()
    {
        var destination = new BatchDestination(new MatrixView(new float[12], 4, 3)) { Labels = new int[4], Targets = new MatrixView(new float[8], 4, 2), Weights = new float[4] };
        BatchDestination part = destination.SliceRows(1, 2);
        part.Labels[0] = 5;
        part.Targets[1, 0] = 6;
        part.Weights[0] = 7;
        part.Features[1, 2] = 8;
        Assert.That((part.Rows, destination.Labels[1], destination.Targets[2, 0], destination.Weights[1], destination.Features[2, 2]), Is.EqualTo((2, 5, 6f, 7f, 8f)));
        Assert.That(() => new BatchDestination(new MatrixView(new float[12], 4, 3)).SliceRows(3, 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Gathering_allocates_nothing()
    {
        Dataset data = Make("bytes").Subset([.. Enumerable.Range(0, Count)]).WithWeights(new float[Count]);
        float[] features = new float[Rows.Length * Length], weights = new float[Rows.Length];
        var labels = new int[Rows.Length];
        Assert.That(Allocation.Least(() => data.Gather(Rows, new BatchDestination(new MatrixView(features, Rows.Length, Length)) { Labels = labels, Weights = weights })), Is.Zero);
    }

    private static Dataset Make(string kind)
    {
        float[] features = [.. Enumerable.Range(0, Count * Length).Select(i => i % 1999 / 7f)];
        return kind switch
        {
            "array" => Dataset.FromArrays(features, [Length], [.. Enumerable.Range(0, Count).Select(i => i % 5)], 5),
            "bytes" => Dataset.FromBytes([.. features.Select(value => (byte)value)], [Length], [.. Enumerable.Range(0, Count).Select(i => (byte)(i % 5))], 5),
            "targets" => Dataset.FromTargets(features, [Length], [.. Enumerable.Range(0, Count * 3).Select(i => (float)i)], 3),
            _ => new OwnDataset(),
        };
    }

    private sealed class OwnDataset : Dataset
    {
        public override int Count => GatherTests.Count;

        public override Shape SampleShape => [Length];

        public override int ClassCount => 7;

        public override int GetLabel(int index) => index % 7;

        public override void CopyFeatures(int index, Span<float> features)
        {
            for (int i = 0; i < Length; i++)
                features[i] = 1000 * index + i;
        }
    }
}
