
namespace NeuralNetFromScratch.Tests.Data;

public class DatasetEdgeTests
{
    [Test]
    public void Labels_have_no_dense_targets_and_every_sample_counts_once()
    {
        Dataset labelled = Dataset.FromArrays([1, 2], [1], [0, 1], 2);
        Assert.That(() => labelled.CopyTarget(0, new float[1]), Throws.InstanceOf<NotSupportedException>());
        Assert.That((labelled.TargetLength, labelled.HasWeights, labelled.Weight(1)), Is.EqualTo((0, false, 1f)));
    }

    [Test]
    public void Targets_must_be_whole_and_one_for_each_sample()
    {
        Assert.That(() => Dataset.FromTargets(new float[2], [1], new float[3], 2), Throws.ArgumentException.With.Message.Contains("targets of 2 values, got 3"));
        Assert.That(() => Dataset.FromTargets(new float[3], [1], new float[4], 2), Throws.ArgumentException);
        Assert.That(() => Dataset.FromTargets(new float[2], [1], new float[2], 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Weights_are_one_for_each_sample_finite_and_not_negative()
    {
        Dataset data = Dataset.FromArrays([1, 2], [1], [0, 1], 2);
        Assert.That(() => data.WithWeights([1]), Throws.ArgumentException.With.Message.Contains("expected 2 weights"));
        Assert.That(() => data.WithWeights([1, -1]), Throws.ArgumentException);
        Assert.That(() => data.WithWeights([1, float.NaN]), Throws.ArgumentException);
        Assert.That(data.WithWeights([1, 0.5f]).Weight(1), Is.EqualTo(0.5f));
    }

    [Test]
    public void An_empty_data_set_splits_into_two()
    {
        (Dataset remaining, Dataset heldOut) = Dataset.FromArrays([], [1], [], 2).Split(0);
        Assert.That((remaining.Count, heldOut.Count), Is.EqualTo((0, 0)));
    }
}
