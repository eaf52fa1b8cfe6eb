using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;
using NeuralNetFromScratch.TrainingProcess;

namespace NeuralNetFromScratch.Tests.Concurrency;

/// <summary>A training may be cancelled at any moment: the trainer stays usable, no temporary file stays, and what follows is determined.</summary>
public class CancellationTests
{
    private const int Epochs = 3, StepsOfEpoch = 17;

    private static readonly Lazy<(int[] Network, int[] Average)> Uninterrupted = new(() =>
    {
        Trainer trainer = Recipe.CreateTrainer(1, out Sequential network);
        trainer.Fit(Recipe.Samples(), Recipe.Options(null, epochs: Epochs));
        return Bits(network, trainer);
    });

    [Test]
    public void Cancelled_by_a_callback_at_any_step_a_training_resumes_to_the_same_bits([Range(0, 3)] int choice, [Values(1, 2)] int threads)
    {
        // From the sixth step on there is a checkpoint.
        int step = 6 + new RandomSource(11).Below((ulong)(2 * choice + threads), Epochs * StepsOfEpoch - 6);
        using var cancellation = new CancellationTokenSource();
        Check(threads, cancellation, callbacks: [new AtStep(step, cancellation.Cancel)], progress: null);
    }

    [Test]
    public void Cancelled_by_its_progress_at_any_report_a_training_resumes_to_the_same_bits([Range(0, 2)] int choice)
    {
        int report = 7 + new RandomSource(12).Below((ulong)choice, Epochs * StepsOfEpoch - 8);
        int reports = 0;
        using var cancellation = new CancellationTokenSource();
        Check(1, cancellation, callbacks: [], new Recorder(_ =>
        {
            if (++reports == report)
                cancellation.Cancel();
        }));
    }

    [Test]
    public void Cancelled_from_another_thread_at_any_moment_a_training_resumes_to_the_same_bits([Range(0, 5)] int choice)
    {
        // The moment lies after a random step by a random time, be it in a step, a validation or the writing of a checkpoint.
        var random = new RandomSource(13).Fork((ulong)choice);
        int step = 6 + random.Below(1, Epochs * StepsOfEpoch - 7);
        double microseconds = 4000 * random.Uniform(2);
        using var cancellation = new CancellationTokenSource();
        using var reached = new ManualResetEventSlim();
        var canceller = new Thread(() =>
        {
            reached.Wait();
            long end = System.Diagnostics.Stopwatch.GetTimestamp() + (long)(microseconds * 1e-6 * System.Diagnostics.Stopwatch.Frequency);
            while (System.Diagnostics.Stopwatch.GetTimestamp() < end)
                Thread.SpinWait(10);
            cancellation.Cancel();
        });
        canceller.Start();
        try
        {
            Check(2, cancellation, callbacks: [new AtStep(step, reached.Set)], progress: null);
        }
        finally
        {
            reached.Set();
            canceller.Join();
        }
    }

    [Test]
    public void A_thread_that_is_interrupted_in_a_training_leaves_a_trainer_that_goes_on([Values(1, 2, 4)] int threads)
    {
        var network = new Sequential([28, 28], 5, new Dense(64, Activation.Relu), new Dense(10));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.01f), new Engine(threads, SimdWidths.Best));
        Dataset data = SyntheticDigits.Create(300, seed: 3);
        Exception? failure = null;
        int finished = 0;
        var thread = new Thread(() =>
        {
            for (int round = 0; round < 60 && failure is null; round++)
            {
                try
                {
                    trainer.Fit(data, new() { Epochs = 2, BatchSize = 50 });
                    finished++;
                    Thread.Sleep(0); // An interruption that has not been noticed is noticed here.
                }
                catch (ThreadInterruptedException)
                {
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
            }
        });
        thread.Start();
        while (!thread.Join(1))
            thread.Interrupt();
        Assert.That(failure, Is.Null);
        TrainingHistory history = trainer.Fit(data, new() { Epochs = 1, BatchSize = 50 });
        Assert.That(history.EndReason, Is.EqualTo(TrainingEndReason.Completed));
        Assert.That(double.IsFinite(history.Epochs[0].Training.Loss));
    }

    [Test]
    public void A_token_that_is_cancelled_already_trains_nothing()
    {
        Trainer trainer = Recipe.CreateTrainer(1, out Sequential network);
        int[] before = TestValues.Bits(network.Parameters.Values);
        Assert.That(
            () => trainer.Fit(Recipe.Samples(), Recipe.Options(null), cancellationToken: new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(TestValues.Bits(network.Parameters.Values), Is.EqualTo(before));
        Assert.That(trainer.History.Epochs, Is.Empty);
    }

    [Test]
    public void A_cancelled_trainer_goes_on_as_one_that_was_stopped_at_the_same_step([Range(0, 1)] int choice)
    {
        int step = 1 + new RandomSource(14).Below((ulong)choice, 30);
        Assert.That(GoOn(cancels: true), Is.EqualTo(GoOn(cancels: false)));

        int[] GoOn(bool cancels)
        {
            Trainer trainer = Recipe.CreateTrainer(1, out Sequential network);
            Dataset samples = Recipe.Samples();
            using var cancellation = new CancellationTokenSource();
            FitOptions options = Recipe.Options(null, epochs: 2) with { EarlyStopping = null };
            if (cancels)
            {
                Assert.That(
                    () => trainer.Fit(samples, options with { Callbacks = [new AtStep(step, cancellation.Cancel)] }, cancellationToken: cancellation.Token),
                    Throws.InstanceOf<OperationCanceledException>());
            }
            else
            {
                trainer.Fit(samples, options with { Callbacks = [new StopAtStep(step)] });
            }

            trainer.Fit(samples, options with { Epochs = 1 });
            return [.. Bits(network, trainer).Network, .. Bits(network, trainer).Average];
        }
    }

    /// <summary>
    /// Trains until it is cancelled, looks at the folder, then resumes twice from the checkpoint: with the trainer that was cancelled and
    /// with a new one.
    /// </summary>
    private static void Check(int threads, CancellationTokenSource cancellation, IReadOnlyList<TrainingCallback> callbacks, IProgress<TrainingProgress>? progress)
    {
        using var folder = new TemporaryFolder();
        string checkpoint = folder.File("run.checkpoint");
        FitOptions options = Recipe.Options(checkpoint, everySteps: 3, epochs: Epochs);
        Dataset samples = Recipe.Samples();
        Trainer trainer = Recipe.CreateTrainer(threads, out Sequential network);
        bool isCancelled = false;
        try
        {
            trainer.Fit(samples, options with { Callbacks = callbacks }, progress, cancellation.Token);
        }
        catch (OperationCanceledException exception)
        {
            isCancelled = true;
            Assert.That(exception.CancellationToken, Is.EqualTo(cancellation.Token));
        }

        Assert.That(folder.FileNames, Has.None.EndsWith(".tmp"));
        Assert.That(trainer.History.Epochs, Has.Count.LessThanOrEqualTo(Epochs));
        if (!isCancelled)
        {
            // The moment came in the last step or after it.
            Assert.That(Bits(network, trainer), Is.EqualTo(Uninterrupted.Value));
            return;
        }

        File.Copy(checkpoint, folder.File("copy"));
        trainer.Resume(checkpoint, samples, options);
        Assert.That(Bits(network, trainer), Is.EqualTo(Uninterrupted.Value), "the cancelled trainer, resumed");
        Trainer other = Recipe.CreateTrainer(3 - threads, out Sequential fresh);
        other.Resume(folder.File("copy"), samples, options);
        Assert.That(Bits(fresh, other), Is.EqualTo(Uninterrupted.Value), "a new trainer, resumed");
        Assert.That(folder.FileNames, Has.None.EndsWith(".tmp"));
    }

    private static (int[] Network, int[] Average) Bits(Sequential network, Trainer trainer) =>
        (TestValues.Bits(network.Parameters.Values), TestValues.Bits(trainer.AveragedNetwork!.Parameters.Values));

    private sealed class AtStep(int step, Action action) : TrainingCallback
    {
        private int _steps;

        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress)
        {
            if (++_steps == step)
                action();
        }
    }

    private sealed class StopAtStep(int step) : TrainingCallback
    {
        private int _steps;

        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress)
        {
            if (++_steps == step)
                run.Stop();
        }
    }

    private sealed class Recorder(Action<TrainingProgress> record) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => record(value);
    }
}
