using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training;

/// <summary>The history says why a training ended, and cancelling gives back the best parameters as stopping does.</summary>
public class EndReasonTests
{
    private static readonly Dataset Samples = SyntheticDigits.Create(60, 1);

    [Test]
    public void All_epochs_complete_a_training() =>
        Assert.That(Create().Trainer.Fit(Samples, new FitOptions { Epochs = 2 }).EndReason, Is.EqualTo(TrainingEndReason.Completed));

    [Test]
    public void Early_stopping_ends_a_training()
    {
        var options = new FitOptions { Epochs = 50, EarlyStopping = new EarlyStopping { Patience = 0, MinImprovement = 1e6, WatchesTraining = true } };
        Assert.That(Create().Trainer.Fit(Samples, options).EndReason, Is.EqualTo(TrainingEndReason.EarlyStopping));
    }

    [Test]
    public void A_history_has_no_reason_while_the_training_goes_on()
    {
        TrainingEndReason? reason = TrainingEndReason.Completed;
        Create().Trainer.Fit(Samples, new FitOptions { Epochs = 1, Callbacks = [new AtEpoch(1, run => reason = run.History.EndReason)] });
        Assert.That(reason, Is.Null);
    }

    [Test]
    public void A_loss_that_is_not_finite_ends_a_training()
    {
        (Trainer trainer, _) = Create(1e38f);
        Assert.That(() => trainer.Fit(Samples, new FitOptions { Epochs = 20 }), Throws.InstanceOf<NotFiniteNumberException>());
        Assert.That(trainer.History.EndReason, Is.EqualTo(TrainingEndReason.NonFiniteLoss));
    }

    [Test]
    public void Cancelling_gives_back_the_best_parameters_as_stopping_does()
    {
        // The rate is so high that the first epoch stays the best.
        int[] stopped = [], cancelled = [];
        foreach (bool cancels in (bool[])[false, true])
        {
            (Trainer trainer, Sequential network) = Create(20);
            int[] best = [];
            using var cancellation = new CancellationTokenSource();
            var options = new FitOptions
            {
                Epochs = 5,
                Validation = Samples,
                EarlyStopping = new EarlyStopping { Patience = 9, MinImprovement = 1e6 },
                Callbacks =
                [
                    new AtEpoch(1, _ => best = TestValues.Bits(network.Parameters.Values)),
                    new AtEpoch(3, run =>
                    {
                        if (cancels)
                            cancellation.Cancel();
                        else
                            run.Stop();
                    }),
                ],
            };
            if (cancels)
                Assert.That(() => trainer.Fit(Samples, options, cancellationToken: cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
            else
                trainer.Fit(Samples, options);
            Assert.That(trainer.History.EndReason, Is.EqualTo(cancels ? TrainingEndReason.Cancelled : TrainingEndReason.Callback));
            Assert.That(trainer.History.Epochs, Has.Count.EqualTo(3));
            Assert.That(TestValues.Bits(network.Parameters.Values), Is.EqualTo(best));
            (stopped, cancelled) = cancels ? (stopped, TestValues.Bits(network.Parameters.Values)) : (TestValues.Bits(network.Parameters.Values), cancelled);
        }

        Assert.That(cancelled, Is.EqualTo(stopped));
    }

    private static (Trainer Trainer, Sequential Network) Create(float rate = 0.1f)
    {
        var network = new Sequential([28, 28], 1, new Dense(10));
        return (new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(rate)), network);
    }

    private sealed class AtEpoch(int epoch, Action<TrainingRun> action) : TrainingCallback
    {
        public override void OnEpochEnd(TrainingRun run, EpochRecord record)
        {
            if (record.Epoch == epoch)
                action(run);
        }
    }
}
