
namespace NeuralNetFromScratch.Tests.Data;

public class DatasetEdgeTests
{
    [Test]
    public void Labels_have_no_dense_targets_and_every_sample_counts_once()
    {
        Dataset labelled = Dataset.FromArrays([1, 2], [1], [0, 1], 2);
        Assert.That(() => labelled.CopyTarget(0, new float[1]), Throws.InstanceOf<NotSupportedException>());
        Assert.That((labelled.TargetLength, labelled.HasWeights, labelled.GetWeight(1)), Is.EqualTo((0, false, 1f)));
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
        Assert.That(data.WithWeights([1, 0.5f]).GetWeight(1), Is.EqualTo(0.5f));
    }

    [Test]
    public void A_data_set_whose_labels_start_at_1_is_told_which_label_is_wrong()
    {
        var data = new LabelsFromOne();
        const string Expected = "label of sample 9 must be 0 to 9, got 10";
        Assert.That(() => data.Split(5), Throws.InstanceOf<ArgumentException>().With.Message.Contains(Expected));
        var network = new Sequential([1], 1, new Dense(10)) { OutputActivation = OutputActivation.Softmax };
        float[] before = network.Parameters.Values.ToArray();
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f));
        foreach (FitOptions options in (FitOptions[])[new() { Epochs = 1 }, new() { Epochs = 1, ValidationFraction = 0.5 }])
            Assert.That(() => trainer.Fit(data, options), Throws.InstanceOf<ArgumentException>().With.Message.Contains(Expected));
        Assert.That(() => network.Evaluate(data), Throws.InstanceOf<ArgumentException>().With.Message.Contains(Expected));
        Assert.That(network.Parameters.Values.ToArray(), Is.EqualTo(before));
    }

    [Test]
    public void A_label_that_changes_its_mind_is_named_by_its_index_in_the_data_set()
    {
        var trainer = new Trainer(new Sequential([1], 1, new Dense(4)), new SoftmaxCrossEntropy(), new Sgd(0.1f));
        Assert.That(
            () => trainer.Fit(new FickleDataset(), new FitOptions { Epochs = 1, BatchSize = 3, Seed = 3 }),
            Throws.InstanceOf<ArgumentException>().With.Message.Contains("label of sample 17 must be 0 to 3, got -1"));
    }

    [Test]
    public void A_data_set_without_labels_or_targets_overrides_three_members()
    {
        var data = new FeaturesOnly();
        Assert.That((data.ClassCount, data.TargetLength, data.HasWeights), Is.EqualTo((0, 0, false)));
        Assert.That(() => data.GetLabel(0), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("no class labels"));
        Assert.That(() => data.CopyTarget(0, new float[1]), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("no dense targets"));
        Assert.That(data.Split(1).HeldOut.Count, Is.EqualTo(1));
        var network = new Sequential([2], 1, new Dense(4)) { OutputActivation = OutputActivation.None };
        Assert.That(() => network.Evaluate(data), Throws.ArgumentException.With.Message.Contains("neither class labels nor dense targets"));
        Assert.That(network.Predict(data).Lengths.ToArray(), Is.EqualTo((nint[])[3, 4]));
    }

    [Test]
    public void A_data_set_says_what_it_holds()
    {
        Dataset labelled = Dataset.FromArrays(new float[2400], [2], new int[1200], 3);
        Assert.That(labelled.ToString(), Is.EqualTo("1,200 samples [2], 3 classes\nsamples of each class: 1,200, 0, 0"));
        Assert.That(labelled.Subset([0]).WithWeights([1]).ToString(), Is.EqualTo("1 sample [2], 3 classes, weighted\nsamples of each class: 1, 0, 0"));
        Assert.That(Dataset.FromTargets(new float[2], [1], new float[4], 2).ToString(), Is.EqualTo("2 samples [1], targets of 2"));
        Assert.That(new FeaturesOnly().ToString(), Is.EqualTo("3 samples [2]"));
    }

    [Test]
    public void An_empty_data_set_splits_into_two()
    {
        (Dataset remaining, Dataset heldOut) = Dataset.FromArrays([], [1], [], 2).Split(0);
        Assert.That((remaining.Count, heldOut.Count), Is.EqualTo((0, 0)));
    }

    private sealed class LabelsFromOne : Dataset
    {
        public override int Count => 10;

        public override Shape SampleShape => [1];

        public override int ClassCount => 10;

        public override int GetLabel(int index) => index + 1;

        public override void CopyFeatures(int index, Span<float> features) => features[0] = index;
    }

    /// <summary>Label 17 is right when it is first asked for, and wrong after that.</summary>
    private sealed class FickleDataset : Dataset
    {
        private int _asked;

        public override int Count => 20;

        public override Shape SampleShape => [1];

        public override int ClassCount => 4;

        public override int GetLabel(int index) => index == 17 && Interlocked.Increment(ref _asked) > 1 ? -1 : index % 4;

        public override void CopyFeatures(int index, Span<float> features) => features[0] = index;
    }

    private sealed class FeaturesOnly : Dataset
    {
        public override int Count => 3;

        public override Shape SampleShape => [2];

        public override void CopyFeatures(int index, Span<float> features) => features.Fill(index);
    }
}
