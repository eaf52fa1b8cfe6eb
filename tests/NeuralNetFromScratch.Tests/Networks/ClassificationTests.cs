using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Networks;

public class ClassificationTests
{
    [Test]
    public void The_best_classes_come_first_with_name_and_probability()
    {
        Sequential network = Logits([0.5f, 2, -1, 1], ["north", "east", "south", "west"], OutputActivation.Softmax);
        float[] probabilities = new float[4];
        network.Predict([0f], probabilities);
        Classification best = network.Classify([0f]);
        Assert.That(best, Is.EqualTo(new Classification(1, "east", probabilities[1])));
        Assert.That(network.Classify([0f], 4).Select(one => (one.Index, one.Name)), Is.EqualTo(((int, string)[])[(1, "east"), (3, "west"), (0, "north"), (2, "south")]));
        Assert.That(network.Classify([0f], 2).Select(one => one.Probability), Is.EqualTo((float[])[probabilities[1], probabilities[3]]));
        Assert.That($"{new Classification(1, "east", 0.98251f)}", Is.EqualTo("east (98.3 %)"));
    }

    [Test]
    public void A_class_without_a_name_has_its_number() =>
        Assert.That(Logits([0, 0, 3], [], OutputActivation.Softmax).Classify([0f]).Name, Is.EqualTo("2"));

    [Test]
    public void Of_equal_classes_the_first_comes_first() =>
        Assert.That(Logits([1, 2, 2, 2], [], OutputActivation.Softmax).Classify([0f], 3).Select(one => one.Index), Is.EqualTo((int[])[1, 2, 3]));

    [TestCase(2f, 1, "yes")]
    [TestCase(-3f, 0, "no")]
    public void A_single_sigmoid_output_is_the_probability_of_class_1(float logit, int index, string name)
    {
        Sequential network = Logits([logit], ["no", "yes"], OutputActivation.Sigmoid);
        float[] prediction = new float[1];
        network.Predict([0f], prediction);
        float probability = index == 1 ? prediction[0] : 1 - prediction[0];
        Assert.That(network.Classify([0f]), Is.EqualTo(new Classification(index, name, probability)));
        Assert.That(network.Classify([0f], 2).Select(one => one.Index), Is.EqualTo((int[])[index, 1 - index]));
    }

    [Test]
    public void Two_names_of_a_single_output_are_saved_with_the_network()
    {
        using var folder = new Data.TemporaryFolder();
        Logits([1], ["no", "yes"], OutputActivation.Sigmoid).Save(folder.File("a"));
        Assert.That(Sequential.Load(folder.File("a")).ClassNames, Is.EqualTo((string[])["no", "yes"]));
        Assert.That(() => Logits([1], ["a", "b", "c"], OutputActivation.Sigmoid), Throws.ArgumentException);
        Assert.That(() => Logits([1, 2, 3], ["a", "b"], OutputActivation.Sigmoid), Throws.ArgumentException);
    }

    [Test]
    public void Independent_labels_and_logarithms_give_probabilities_too()
    {
        Assert.That(Logits([-1, 3], [], OutputActivation.Sigmoid).Classify([0f]).Probability, Is.EqualTo(1 / (1 + Math.Exp(-3))).Within(1e-6));
        Assert.That(Logits([0, 0], [], OutputActivation.LogSoftmax).Classify([0f]).Probability, Is.EqualTo(0.5).Within(1e-6));
    }

    [Test]
    public void A_probability_that_is_no_number_comes_last()
    {
        Sequential network = Logits([0, 0, 0], [], OutputActivation.Softmax);
        var best = new Classification[3];
        network.ClassifyPrediction([float.NaN, 0.25f, 0.75f], best);
        Assert.That(best.Select(one => one.Index), Is.EqualTo((int[])[2, 1, 0]));
    }

    [Test]
    public void Many_classes_are_ranked_as_a_sort_would()
    {
        float[] logits = TestValues.Uniform(1000, 3);
        Sequential network = Logits(logits, [], OutputActivation.Softmax);
        int[] expected = [.. Enumerable.Range(0, 1000).OrderByDescending(label => logits[label]).Take(20)];
        Assert.That(network.Classify([0f], 20).Select(one => one.Index), Is.EqualTo(expected));
    }

    [Test]
    public void A_classification_allocates_nothing_once_warm()
    {
        Sequential network = Logits([1, 2, 3], ["a", "b", "c"], OutputActivation.Softmax);
        float[] sample = [0];
        var best = new Classification[2];
        Assert.That(Allocation.Least(() => network.Classify(sample, best.AsSpan())), Is.Zero);
    }

    [Test]
    public void Misuse_is_refused_with_what_is_expected()
    {
        Sequential network = Logits([1, 2, 3], [], OutputActivation.Softmax);
        Assert.That(() => network.Classify([0f, 1f]), Throws.ArgumentException.With.Message.Contains("expected one sample [1] of 1 values, got 2"));
        Assert.That(() => network.Classify([0f], 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => network.Classify([0f], 4), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("3 classes"));
        Assert.That(() => network.ClassifyPrediction([0f], new Classification[1]), Throws.ArgumentException);
        Assert.That(() => Logits([1], [], OutputActivation.None).Classify([0f]), Throws.InvalidOperationException.With.Message.Contains("not probabilities of classes; use Predict"));
        Assert.That(() => new Sequential([1], 0, new Dense(2)).Classify([0f]), Throws.InvalidOperationException);
    }

    /// <summary>A network whose outputs do not depend on its input.</summary>
    private static Sequential Logits(float[] biases, string[] names, OutputActivation activation)
    {
        var network = new Sequential([1], 0, new Dense(biases.Length)) { OutputActivation = activation, ClassNames = names };
        network.Parameters.Values.Clear();
        biases.CopyTo(network.Parameters[1].Values);
        return network;
    }
}
