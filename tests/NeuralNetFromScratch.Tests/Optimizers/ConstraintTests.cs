using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Optimizers;

/// <summary>What comes around an optimizer's rule: penalties, decay, clipping, the bound on norms, the average.</summary>
public class ConstraintTests
{
    private const int Inputs = 19, Units = 13, Batch = 6;
    private const float Rate = 0.1f;

    [Test]
    public void Penalties_and_decay_are_for_weights_alone_unless_asked_for([Values] bool decaysAllParameters)
    {
        Sequential network = Network();
        float[] before = network.Parameters.Values.ToArray(), gradients = Gradients();
        Step(network, new Sgd(Rate) { L2Penalty = 0.3f, L1Penalty = 0.2f, DecoupledWeightDecay = 0.5f, ClipValue = 0.01f, DecaysAllParameters = decaysAllParameters });
        foreach (Parameter parameter in network.Parameters)
        {
            bool decays = decaysAllParameters || parameter.Role == ParameterRole.Weight;
            for (int i = 0; i < parameter.Shape.ElementCount; i++)
            {
                double w = before[parameter.Offset + i], g = Math.Clamp(gradients[parameter.Offset + i], -0.01f, 0.01f);
                if (decays)
                    g += 0.3f * w + 0.2f * Math.Sign(w);
                double expected = (decays ? 1 - Rate * 0.5f : 1) * w - Rate * g;
                Assert.That(parameter.Values[i], Is.EqualTo(expected).Within(1e-6), $"{parameter.Name}[{i}]");
            }
        }
    }

    [Test]
    public void The_norm_of_all_gradients_together_is_bounded([Values(0.05f, 100)] float bound)
    {
        Sequential network = Network();
        float[] before = network.Parameters.Values.ToArray(), gradients = Gradients();
        double norm = Math.Sqrt(gradients.Sum(g => (double)g * g));
        Step(network, new Sgd(Rate) { GlobalClipNorm = bound });
        double scale = Math.Min(1, bound / (norm + 1e-6));
        for (int i = 0; i < before.Length; i++)
            Assert.That(network.Parameters.Values[i], Is.EqualTo(before[i] - Rate * scale * gradients[i]).Within(1e-6));
        Assert.That(norm, Is.InRange(0.1, 50), "one bound is below the norm, the other above");
    }

    [Test]
    public void A_norm_that_is_not_finite_is_not_hidden()
    {
        Sequential network = Network();
        float[] inputs = TestValues.Uniform(Batch * Inputs, 1);
        inputs[3] = float.NaN;
        new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(Rate) { GlobalClipNorm = 1 })
            .TrainStep(new ReadOnlyMatrixView(inputs, Batch, Inputs), TestValues.Labels(Batch, Units, 2));
        Assert.That(network.Parameters.Values.ToArray(), Has.Some.NaN);
    }

    [Test]
    public void Each_units_incoming_weights_have_at_most_the_norm()
    {
        Sequential network = Network(), free = Network();
        Step(network, new Sgd(Rate) { MaxNorm = 1.1f });
        Step(free, new Sgd(Rate));
        Parameter bounded = network.Parameters["dense1.weight"], unbounded = free.Parameters["dense1.weight"];
        int shrunk = 0;
        for (int unit = 0; unit < Units; unit++)
        {
            double norm = Math.Sqrt(Enumerable.Range(0, Inputs).Sum(i => Math.Pow(free.Parameters["dense1.weight"].Values[i * Units + unit], 2)));
            shrunk += norm > 1.1 ? 1 : 0;
            for (int i = 0; i < Inputs; i++)
            {
                double expected = unbounded.Values[i * Units + unit] * Math.Min(1, 1.1 / norm);
                Assert.That(bounded.Values[i * Units + unit], Is.EqualTo(expected).Within(1e-6));
            }
        }

        Assert.That(shrunk, Is.InRange(1, Units - 1), "some units are shrunk and some are not");
        Assert.That(network.Parameters["dense1.bias"].Values.ToArray(), Is.EqualTo(free.Parameters["dense1.bias"].Values.ToArray()));
    }

    [Test]
    public void The_average_starts_at_the_first_step_and_keeps_the_running_statistics()
    {
        var network = new Sequential([Inputs], 1, new BatchNormalization(), new Dense(Units));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(Rate) { EmaDecay = 0.5f });
        float[] inputs = TestValues.Uniform(Batch * Inputs, 1);
        int[] labels = TestValues.Labels(Batch, Units, 2);
        trainer.TrainStep(new ReadOnlyMatrixView(inputs, Batch, Inputs), labels);
        float[] first = network.Parameters.Values.ToArray();
        Assert.That(trainer.AveragedNetwork!.Parameters.Values.ToArray(), Is.EqualTo(first));
        trainer.TrainStep(new ReadOnlyMatrixView(inputs, Batch, Inputs), labels);
        foreach (Parameter parameter in network.Parameters)
        {
            for (int i = 0; i < parameter.Shape.ElementCount; i++)
            {
                float now = parameter.Values[i], expected = parameter.Role == ParameterRole.Buffer ? now : (first[parameter.Offset + i] + now) / 2;
                Assert.That(trainer.AveragedNetwork.Parameters[parameter.Name].Values[i], Is.EqualTo(expected).Within(1e-6));
            }
        }

        Assert.That(new Trainer(network, new SoftmaxCrossEntropy(), new Sgd()).AveragedNetwork, Is.Null);
    }

    [Test]
    public void A_schedule_can_set_the_momentum()
    {
        foreach (Optimizer optimizer in (Optimizer[])[new Sgd(0.1f, 0.5f), new Adam(0.1f, 0.5f)])
        {
            Optimizer other = optimizer is Sgd ? new Sgd(0.1f, 0.7f) : new Adam(0.1f, 0.7f);
            float[] values = TestValues.Uniform(20, 1), expected = [.. values], gradients = TestValues.Uniform(20, 2);
            float[] slots = TestValues.Uniform(40, 3, 0, 1), otherSlots = [.. slots];
            optimizer.Update(new(2, 0.1f, 0.7f), new(values, gradients, slots));
            other.Update(new(2, 0.1f), new(expected, gradients, otherSlots));
            Assert.That(values, Is.EqualTo(expected), optimizer.ToString());
        }
    }

    [Test]
    public void Values_out_of_range_are_refused()
    {
        Assert.That(() => new Sgd { L2Penalty = -1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Sgd { L1Penalty = float.NaN }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new AdamW(weightDecay: -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Sgd { ClipValue = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Sgd { GlobalClipNorm = float.PositiveInfinity }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Sgd { MaxNorm = -1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Sgd { EmaDecay = 1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static Sequential Network() => new([Inputs], 1, new Dense(Units, null, null, Initializer.Uniform(-1, 1)));

    private static float[] Gradients()
    {
        Sequential network = Network();
        Step(network, new Sgd(0));
        return network.Parameters.Gradients.ToArray();
    }

    private static void Step(Sequential network, Optimizer optimizer) =>
        new Trainer(network, new SoftmaxCrossEntropy(), optimizer).TrainStep(
            new ReadOnlyMatrixView(TestValues.Uniform(Batch * Inputs, 1), Batch, Inputs), TestValues.Labels(Batch, Units, 2));
}
