using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Data;

public class DatasetTests
{
    [Test]
    public void Arrays_are_read_back()
    {
        var data = Dataset.FromArrays([1, 2, 3, 4, 5, 6], [1, 3], [1, 0], 2);
        Assert.That((data.Count, data.ClassCount, data.SampleShape), Is.EqualTo((2, 2, Shape.Create([1, 3]))));
        Assert.That(Sample(data, 1), Is.EqualTo((float[])[4, 5, 6]));
        Assert.That(data.GetLabel(0), Is.EqualTo(1));
    }

    [Test]
    public void Bytes_become_exactly_pixel_times_scale_at_every_length([Range(1, 70)] int length)
    {
        byte[] pixels = [.. Enumerable.Range(0, 256 * length).Select(i => (byte)(i * 7 + i / 256))];
        const float Scale = 1f / 255;
        var data = Dataset.FromBytes(pixels, [length], new byte[256], 1, Scale);
        for (int i = 0; i < 256; i++)
        {
            float[] features = [.. TestValues.Poison(length), 55];
            data.CopyFeatures(i, features);
            Assert.That(features[..length], Is.EqualTo(pixels.Skip(i * length).Take(length).Select(pixel => pixel * Scale)));
            Assert.That(features[length], Is.EqualTo(55));
        }
    }

    [Test]
    public void A_subset_is_a_view_in_the_given_order()
    {
        Dataset subset = Numbered(5, 2).Subset([4, 0, 4]);
        Assert.That(Indices(subset), Is.EqualTo((int[])[4, 0, 4]));
        Assert.That(subset.GetLabel(0), Is.EqualTo(0));
        Assert.That(() => Numbered(5, 2).Subset([5]), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("has 5 samples"));
    }

    [Test]
    public void A_split_is_exact_stratified_disjoint_and_in_order([Values(0, 1, 10, 37, 100)] int heldOut)
    {
        Dataset data = Numbered(100, 3);
        (Dataset remaining, Dataset held) = data.Split(heldOut, 5);
        Assert.That(held.Count, Is.EqualTo(heldOut));
        Assert.That(Indices(remaining).Concat(Indices(held)).Order(), Is.EqualTo(Enumerable.Range(0, 100)));
        Assert.That(Indices(remaining), Is.Ordered);
        Assert.That(Indices(held), Is.Ordered);
        for (int label = 0; label < 3; label++)
        {
            int members = Indices(data).Count(i => i % 3 == label), taken = Indices(held).Count(i => i % 3 == label);
            Assert.That(taken, Is.EqualTo(members * heldOut / 100.0).Within(1));
        }
    }

    [Test]
    public void The_seed_decides_a_split()
    {
        Dataset data = Numbered(100, 3);
        int[] first = Indices(data.Split(20, 1).HeldOut), again = Indices(data.Split(20, 1).HeldOut);
        Assert.That(again, Is.EqualTo(first));
        Assert.That(Indices(data.Split(20, 1).HeldOut), Is.Not.EqualTo(Indices(data.Split(20, 2).HeldOut)));
        Assert.That(Indices(data.Split(0.2, 1).HeldOut), Is.EqualTo(Indices(data.Split(20, 1).HeldOut)));
    }

    [Test]
    public void Mismatched_arguments_are_refused()
    {
        Assert.That(() => Dataset.FromArrays(new float[5], [2], [0, 0], 1), Throws.ArgumentException.With.Message.Contains("have 4 values, got 5"));
        Assert.That(() => Dataset.FromArrays(new float[4], [2], [0, 1], 1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("label of sample 1 must be 0 to 0, got 1"));
        Assert.That(() => Dataset.FromArrays([], [0], [], 1), Throws.ArgumentException.With.Message.Contains("at least one value"));
        Assert.That(() => Dataset.FromArrays([], [1], [], 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Dataset.FromBytes(new byte[2], [1], [0, 3], 3), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("label of sample 1 must be 0 to 2"));
        Assert.That(() => Numbered(5, 2).Split(6), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Numbered(5, 2).Split(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Numbered(5, 2).Split(1.5), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Numbered(5, 2).Split(double.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Synthetic_digits_depend_on_seed_and_index_alone()
    {
        Dataset few = SyntheticDigits.Create(10, 1), many = SyntheticDigits.Create(30, 1), other = SyntheticDigits.Create(10, 2);
        for (int i = 0; i < 10; i++)
        {
            Assert.That(few.GetLabel(i), Is.EqualTo(i));
            Assert.That(Sample(many, i), Is.EqualTo(Sample(few, i)));
            Assert.That(Sample(other, i), Is.Not.EqualTo(Sample(few, i)));
            Assert.That(Sample(many, i + 10), Is.Not.EqualTo(Sample(few, i)));
            Assert.That(Sample(few, i).Sum(), Is.InRange(30, 300), "about as much ink as a digit has");
        }

        Assert.That(SyntheticDigits.Create(0, 1).Count, Is.Zero);
        Assert.That(() => SyntheticDigits.Create(-1, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_network_learns_synthetic_digits()
    {
        (Dataset training, Dataset test) = SyntheticDigits.Create(4000, 1).Split(500, 1);
        var network = new Sequential([28, 28], 1, new Dense(64, Activation.Relu), new Dense(10));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.05f, 0.9f));
        trainer.Fit(training, new FitOptions { Epochs = 6 });
        Assert.That(network.Evaluate(test).Accuracy, Is.GreaterThan(0.95));
    }

    private static Dataset Numbered(int count, int classes) => Dataset.FromArrays(
        [.. Enumerable.Range(0, count).Select(i => (float)i)], [1], [.. Enumerable.Range(0, count).Select(i => i % classes)], classes);

    private static float[] Sample(Dataset data, int index)
    {
        var features = new float[data.SampleShape.ElementCount];
        data.CopyFeatures(index, features);
        return features;
    }

    private static int[] Indices(Dataset data) => [.. Enumerable.Range(0, data.Count).Select(i => (int)Sample(data, i)[0])];
}
