using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Layers;

public class DropoutTests
{
    [Test]
    public void Gradients_agree_with_differences([Values(1, 3, 4, 9)] int width) => LayerCheck.Gradients(new Dropout(0.4f), [width], batch: 5);

    [Test]
    public void Each_value_is_dropped_or_scaled_and_the_share_is_the_rate([Values(0, 0.2f, 0.5f, 0.9f)] float rate)
    {
        var run = new LayerRun(new Dropout(rate), [100], 200, new Engine(1), 1);
        run.Forward();
        int dropped = 0;
        for (int i = 0; i < run.Input.Length; i++)
        {
            if (run.Output[i] == 0)
                dropped++;
            else
                Assert.That(run.Output[i], Is.EqualTo(run.Input[i] * (1 / (1 - rate))));
        }

        Assert.That(dropped / 20_000.0, Is.EqualTo(rate).Within(0.012));
    }

    [Test]
    public void Without_training_it_does_nothing()
    {
        var run = new LayerRun(new Dropout(0.5f), [10], 3, new Engine(1), 1);
        run.Forward(isTraining: false);
        Assert.That(run.Output, Is.EqualTo(run.Input));
    }

    [Test]
    public void A_samples_mask_depends_on_its_number_in_the_step_alone()
    {
        var whole = new LayerRun(new Dropout(0.5f), [30], 8, new Engine(1), 1);
        var second = new LayerRun(new Dropout(0.5f), [30], 4, new Engine(1), 1) { SampleOffset = 4 };
        Array.Fill(whole.Input, 1);
        Array.Fill(second.Input, 1);
        whole.Forward();
        second.Forward();
        Assert.That(second.Output, Is.EqualTo(whole.Output[120..]));
        Assert.That(second.Output, Is.Not.EqualTo(whole.Output[..120]));
    }

    [Test]
    public void Training_has_the_same_bits_at_any_number_of_threads_and_new_masks_each_step([Values(2, 3, 7)] int threads)
    {
        Assert.That(Train(threads), Is.EqualTo(Train(1)));

        static int[] Train(int count)
        {
            var network = new Sequential([784], 1, new Dense(60), new ActivationLayer(Activation.Relu), new Dropout(0.3f), new Dense(10));
            var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.05f), new Engine(count, SimdWidths.Best));
            trainer.Fit(SyntheticDigits.Create(500, 3), new FitOptions { Epochs = 2, BatchSize = 250, Seed = 4 });
            return TestValues.Bits(network.Parameters.Values);
        }
    }

    [Test]
    public void Rates_that_make_no_sense_are_refused([Values(-0.1f, 1, float.NaN)] float rate) =>
        Assert.That(() => new Dropout(rate), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
