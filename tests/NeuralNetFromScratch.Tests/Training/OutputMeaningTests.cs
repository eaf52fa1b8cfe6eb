using System.Numerics.Tensors;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training;

/// <summary>The loss decides what predictions are; what contradicts it is refused.</summary>
internal sealed class OutputMeaningTests
{
    private static readonly Loss[] Losses = [new SoftmaxCrossEntropy(), new BinaryCrossEntropy(), new MeanSquaredError(), new MeanAbsoluteError(), new Huber()];

    [Test]
    public void A_trainer_tells_the_network_what_its_outputs_are([ValueSource(nameof(Losses))] Loss loss)
    {
        Sequential network = Network(2);
        Assert.That(network.OutputActivation, Is.Null);
        _ = new Trainer(network, loss, new Sgd());
        Assert.That(network.OutputActivation, Is.EqualTo(loss.OutputActivation));
        Assert.That(network.Copy().OutputActivation, Is.EqualTo(loss.OutputActivation));
        Assert.That(network.FuseBatchNormalization().OutputActivation, Is.EqualTo(loss.OutputActivation));
    }

    [Test]
    public void A_network_with_other_outputs_is_refused([ValueSource(nameof(Losses))] Loss loss, [Values] OutputActivation activation)
    {
        Sequential network = Network(2);
        network.OutputActivation = activation;
        bool fits = activation == loss.OutputActivation || (loss is SoftmaxCrossEntropy && activation == OutputActivation.LogSoftmax);
        Assert.That(
            () => new Trainer(network, loss, new Sgd()),
            fits ? Throws.Nothing : Throws.ArgumentException.With.Message.Contains("set the network's OutputActivation to null first"));
        Assert.That(network.OutputActivation, Is.EqualTo(activation));
    }

    [Test]
    public void A_second_trainer_with_a_loss_of_another_kind_is_refused_until_the_network_is_told([ValueSource(nameof(Losses))] Loss first, [ValueSource(nameof(Losses))] Loss second)
    {
        Sequential network = Network(2);
        _ = new Trainer(network, first, new Sgd());
        Assert.That(
            () => new Trainer(network, second, new Sgd()),
            first.OutputActivation == second.OutputActivation ? Throws.Nothing : Throws.ArgumentException.With.Message.Contains(first.OutputActivation.ToString()));
        network.OutputActivation = null;
        Assert.That(() => new Trainer(network, second, new Sgd()), Throws.Nothing);
        Assert.That(network.OutputActivation, Is.EqualTo(second.OutputActivation));
    }

    [Test]
    public void A_last_sigmoid_is_refused_where_the_loss_has_an_activation_itself([ValueSource(nameof(Losses))] Loss loss, [Values] bool apart)
    {
        Sequential network = apart
            ? new Sequential([1], 1, new Dense(2), new ActivationLayer(Activation.Sigmoid))
            : new Sequential([1], 1, new Dense(2, Activation.Sigmoid));
        Assert.That(
            () => new Trainer(network, loss, new Sgd()),
            loss.OutputActivation == OutputActivation.None ? Throws.Nothing : Throws.ArgumentException.With.Message.Contains("remove the last activation"));
    }

    [Test]
    public void A_loss_that_is_not_defined_for_the_number_of_outputs_is_refused()
    {
        Assert.That(() => new Trainer(Network(1), new SoftmaxCrossEntropy(), new Sgd()), Throws.ArgumentException.With.Message.Contains("the softmax of one output is always 1"));
        Assert.That(() => new Trainer(Network(3), new SoftmaxCrossEntropy { ClassWeights = [1, 2] }, new Sgd()), Throws.ArgumentException.With.Message.Contains("expected 2 outputs"));
        Assert.That(() => new Trainer(Network(3), new BinaryCrossEntropy { PositiveWeights = [1, 2] }, new Sgd()), Throws.ArgumentException.With.Message.Contains("expected 2 outputs"));
    }

    [Test]
    public void A_regression_predicts_its_targets()
    {
        Sequential network = Network(1);
        float[] x = TestValues.Uniform(40, 1), targets = [.. x.Select(value => 3 * value + 5)];
        new Trainer(network, new MeanSquaredError(), new Sgd(0.3f)).Fit(Dataset.FromTargets(x, [1], targets, 1), new FitOptions { Epochs = 200, BatchSize = 10 });
        Assert.That(network.Predict(Tensor.Create<float>(x, [40, 1])).AsMatrix().Span.ToArray(), Is.EqualTo(targets).Within(1e-3));
    }

    [Test]
    public void A_question_of_yes_or_no_predicts_a_probability()
    {
        Sequential network = Network(1);
        float[] x = [-2, -1, 1, 2], targets = [0, 0, 1, 1];
        new Trainer(network, new BinaryCrossEntropy(), new Sgd(1)).Fit(Dataset.FromTargets(x, [1], targets, 1), new FitOptions { Epochs = 300, BatchSize = 4 });
        Assert.That(network.Predict(Tensor.Create<float>(x, [4, 1])).AsMatrix().Span.ToArray(), Is.EqualTo(targets).Within(0.1));
    }

    [Test]
    public void Labels_that_do_not_exclude_each_other_predict_a_probability_each()
    {
        Sequential network = Network(2);
        float[] x = [-2, -1, 1, 2], targets = [0, 0, 0, 0, 1, 1, 1, 1];
        new Trainer(network, new BinaryCrossEntropy(), new Sgd(1)).Fit(Dataset.FromTargets(x, [1], targets, 2), new FitOptions { Epochs = 500, BatchSize = 4 });
        Assert.That(network.Predict(Tensor.Create<float>(x, [4, 1])).AsMatrix().Span.ToArray(), Is.EqualTo(targets).Within(0.1));
    }

    [Test]
    public void Classes_predict_probabilities_that_sum_to_1()
    {
        Sequential network = Network(3);
        float[] x = [-2, 0, 2];
        new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.5f)).Fit(Dataset.FromArrays(x, [1], [0, 1, 2], 3), new FitOptions { Epochs = 300, BatchSize = 3 });
        Tensor<float> predictions = network.Predict(Tensor.Create<float>(x, [3, 1]));
        for (int row = 0; row < 3; row++)
        {
            float[] probabilities = predictions.AsMatrix().Span.Slice(3 * row, 3).ToArray();
            Assert.That(probabilities.Sum(), Is.EqualTo(1).Within(1e-6));
            Assert.That(probabilities[row], Is.EqualTo(probabilities.Max()));
        }
    }

    [Test]
    public void A_network_that_knows_nothing_of_its_outputs_does_not_predict()
    {
        Sequential network = Network(2);
        Assert.That(() => network.Predict(Tensor.CreateFromShape<float>([1, 1])), Throws.InvalidOperationException.With.Message.Contains("set OutputActivation"));
        Assert.That(() => network.CreatePredictor().Predict(new float[1], new float[2]), Throws.InvalidOperationException);
        network.OutputActivation = OutputActivation.None;
        Assert.That(network.Predict(Tensor.CreateFromShape<float>([1, 1])).AsMatrix().Span.ToArray(), Is.EqualTo(new float[2]));
    }

    [Test]
    public void A_file_keeps_what_the_outputs_are([Values(null, OutputActivation.None, OutputActivation.Softmax, OutputActivation.LogSoftmax, OutputActivation.Sigmoid)] OutputActivation? activation)
    {
        using var folder = new TemporaryFolder();
        Sequential network = Network(2);
        network.OutputActivation = activation;
        network.Save(folder.File("a"));
        Assert.That(Sequential.Load(folder.File("a")).OutputActivation, Is.EqualTo(activation));
        Sequential weights = Network(2);
        weights.LoadWeights(folder.File("a"));
        Assert.That(weights.OutputActivation, Is.Null);
    }

    [Test]
    public void There_are_as_many_class_names_as_outputs()
    {
        Assert.That(() => new Sequential([1], 1, new Dense(2)) { ClassNames = ["a", "b", "c"] }, Throws.ArgumentException.With.Message.Contains("expected 2 class names"));
        Assert.That(() => new Sequential([1], 1, new Dense(2)) { ClassNames = ["a", null!] }, Throws.ArgumentException);
    }

    private static Sequential Network(int outputs) => new([1], 1, new Dense(outputs));
}
