namespace NeuralNetFromScratch.Tests.Optimizers;

/// <summary>Settings at both ends of their ranges and just outside.</summary>
public class OptimizerSettingTests
{
    private static readonly Action[] Refused =
    [
        () => _ = new Sgd(-0.1f), () => _ = new Sgd(float.NaN), () => _ = new Sgd(float.PositiveInfinity),
        () => _ = new Sgd(0.1f, 1), () => _ = new Sgd(0.1f, -0.1f), () => _ = new Sgd(0.1f, 0.9f, dampening: 1.1f), () => _ = new Sgd(0.1f, 0.9f, dampening: -0.1f),
        () => _ = new Sgd(0.1f, 0.9f, dampening: float.NaN),
        () => _ = new Adam(beta1: 1), () => _ = new Adam(beta2: 1), () => _ = new Adam(beta1: -0.1f), () => _ = new Adam(beta2: float.NaN), () => _ = new Adam(epsilon: -1),
        () => _ = new Adamax(beta1: 1), () => _ = new Adamax(beta2: 1), () => _ = new Adamax(epsilon: 0), () => _ = new NAdam(beta1: 1), () => _ = new NAdam(beta2: -1),
        () => _ = new NAdam(epsilon: -1), () => _ = new NAdam(momentumDecay: -1), () => _ = new RAdam(beta1: 1), () => _ = new RAdam(beta2: 1), () => _ = new RAdam(epsilon: float.NaN),
        () => _ = new Adadelta(decay: 1), () => _ = new Adadelta(epsilon: 0), () => _ = new Lion(beta1: 1), () => _ = new Lion(beta2: -1), () => _ = new RmsProp(momentum: 1),
        () => _ = new Adagrad(learningRateDecay: -1), () => _ = new Adagrad(initialAccumulator: -1), () => _ = new Sgd { GlobalClipInfinityNorm = 0 },
        () => _ = new AdamW(weightDecay: -1), () => _ = new RmsProp(epsilon: -1), () => _ = new Adagrad(epsilon: -1),
        () => _ = new Sgd { L1Penalty = -1 }, () => _ = new Sgd { L2Penalty = float.NaN }, () => _ = new Sgd { DecoupledWeightDecay = float.PositiveInfinity },
        () => _ = new Sgd { GlobalClipNorm = 0 }, () => _ = new Sgd { ClipValue = -1 }, () => _ = new Sgd { MaxNorm = float.PositiveInfinity },
        () => _ = new Sgd { EmaDecay = 1 }, () => _ = new Sgd { EmaDecay = -0.1f },
    ];

    [TestCaseSource(nameof(Refused))]
    public void Arguments_out_of_range_are_refused(Action create) => Assert.That(create, Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Values_at_the_ends_of_a_range_are_accepted()
    {
        Assert.That(new Sgd(0, 0, dampening: 0).LearningRate, Is.Zero);
        Assert.That(new Sgd(0.1f, 0.9f, dampening: 1).Dampening, Is.EqualTo(1));
        Assert.That(new Adam(0, 0, 0, 0).Beta2, Is.Zero);
        Assert.That(new Sgd { EmaDecay = 0, GlobalClipNorm = float.Epsilon, L1Penalty = 0 }.EmaDecay, Is.Zero);
    }

    [Test]
    public void Nesterov_needs_momentum_and_no_dampening()
    {
        Assert.That(() => new Sgd(0.1f, 0, nesterov: true), Throws.ArgumentException);
        Assert.That(() => new Sgd(0.1f, 0.9f, nesterov: true, dampening: 0.5f), Throws.ArgumentException);
        Assert.That(new Sgd(0.1f, 0.9f, nesterov: true).Nesterov, Is.True);
    }

    [Test]
    public void Each_is_called_what_it_is()
    {
        Assert.That(
            ((Optimizer[])[new Sgd(), new Adam(), new AdamW(), new RmsProp(), new Adagrad()]).Select(optimizer => optimizer.Settings.Kind),
            Is.EqualTo((string[])["sgd", "adam", "adamw", "rmsprop", "adagrad"]));
        Assert.That(new Sgd(0.1f, 0.9f, nesterov: true).ToString(), Is.EqualTo("sgd(learningRate=0.1, momentum=0.9, nesterov=true, dampening=0)"));
    }

    [Test]
    public void A_block_needs_as_many_gradients_as_values() => Assert.That(
        () => _ = new UpdateBlock(new float[3], new float[2], []).Values.Length, Throws.ArgumentException.With.Message.Contains("expected 3 gradients, got 2"));
}
