using System.Numerics.Tensors;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Losses;

/// <summary>Every loss with every number of outputs and every last activation: either it trains to what it says, or it is refused.</summary>
public class LossOutputTests
{
    private static IEnumerable<Loss> Losses =>
        from type in typeof(Loss).Assembly.GetExportedTypes()
        where type.IsSubclassOf(typeof(Loss)) && !type.IsAbstract
        let constructor = type.GetConstructors().OrderBy(made => made.GetParameters().Length).First()
        select (Loss)constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.DefaultValue)]);

    [Test]
    public void A_network_predicts_what_its_loss_means_or_the_pair_is_refused(
        [ValueSource(nameof(Losses))] Loss loss, [Values(1, 2, 3)] int outputs, [Values] bool hasSigmoid, [Values(null, OutputActivation.None, OutputActivation.Softmax, OutputActivation.Sigmoid)] OutputActivation? meaning)
    {
        var network = new Sequential([2], 1, new Dense(outputs, hasSigmoid ? Activation.Sigmoid : null)) { OutputActivation = meaning };
        bool isRefused = false;
        try
        {
            _ = new Trainer(network, loss, new Sgd(0.1f));
        }
        catch (ArgumentException)
        {
            isRefused = true;
        }

        bool wantsLogits = loss.OutputActivation != OutputActivation.None;
        bool contradicts = (hasSigmoid && wantsLogits) || (meaning is { } known && known != loss.OutputActivation) || (outputs == 1 && loss.OutputActivation == OutputActivation.Softmax);
        Assert.That(isRefused, Is.EqualTo(contradicts));
        Assert.That(network.OutputActivation, Is.EqualTo(contradicts ? meaning : loss.OutputActivation), "a refusal changes nothing");
        if (contradicts)
            return;
        float[] predictions = network.Predict(Tensor.Create<float>(TestValues.Uniform(8, 1), [4, 2])).AsMatrix().Span.ToArray();
        if (wantsLogits)
            Assert.That(predictions, Has.All.InRange(0f, 1f));
        if (loss.OutputActivation == OutputActivation.Softmax)
            Assert.That(predictions.Chunk(outputs).Select(row => row.Sum()), Has.All.EqualTo(1).Within(1e-5));
        else if (outputs > 1 && wantsLogits)
            Assert.That(predictions.Chunk(outputs).Select(row => row.Sum()), Has.Some.Not.EqualTo(1).Within(1e-3));
    }
}
