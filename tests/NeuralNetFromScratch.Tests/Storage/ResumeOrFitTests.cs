using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Storage;

/// <summary>Every row of the table of <see cref="Trainer.ResumeOrFit"/>; <see cref="CheckpointTests"/> kills processes that call it.</summary>
public class ResumeOrFitTests
{
    private static readonly Dataset Samples = SyntheticDigits.Create(60, 1), OtherSamples = SyntheticDigits.Create(60, 2);

    [Test]
    public void Without_a_checkpoint_it_trains_as_Fit_does()
    {
        using var folder = new TemporaryFolder();
        FitOptions options = Options(folder);
        (Trainer trainer, Sequential network) = Create();
        Assert.That(trainer.ResumeOrFit(Samples, options).Epochs, Has.Count.EqualTo(3));
        Assert.That(Bits(network), Is.EqualTo(Fitted(Samples)));
        Assert.That(options.Checkpoint!.Path, Does.Exist);
    }

    [Test]
    public void An_unfinished_training_goes_on_to_the_same_bits([Values(1, 6, 7, 17)] int steps)
    {
        using var folder = new TemporaryFolder();
        Cancel(Options(folder), steps);
        (Trainer trainer, Sequential network) = Create();
        var counter = new Counter();
        TrainingHistory history = trainer.ResumeOrFit(Samples, Options(folder) with { Callbacks = [counter] });
        Assert.That(counter.Steps, Is.EqualTo(18 - steps), "a cancelled training loses no step");
        Assert.That(history.Epochs, Has.Count.EqualTo(3));
        Assert.That(Bits(network), Is.EqualTo(Fitted(Samples)));
    }

    [Test]
    public void A_finished_training_is_returned_as_it_is([Values(1, 2, 0)] int everyEpochs)
    {
        using var folder = new TemporaryFolder();
        FitOptions options = Options(folder) with { Checkpoint = new CheckpointOptions { Path = folder.File("run"), EveryEpochs = everyEpochs } };
        TrainingHistory first = Create().Trainer.ResumeOrFit(Samples, options);
        byte[] before = File.ReadAllBytes(folder.File("run"));
        (Trainer trainer, Sequential network) = Create();
        var counter = new Counter();
        TrainingHistory again = trainer.ResumeOrFit(Samples, options with { Callbacks = [counter] });
        Assert.That(counter.Steps, Is.Zero);
        Assert.That(again.Epochs.Select(epoch => epoch.Training.Loss), Is.EqualTo(first.Epochs.Select(epoch => epoch.Training.Loss)));
        Assert.That(again.EndReason, Is.EqualTo(TrainingEndReason.Completed));
        Assert.That(trainer.History, Is.SameAs(again));
        Assert.That(Bits(network), Is.EqualTo(Fitted(Samples)));
        Assert.That(File.ReadAllBytes(folder.File("run")), Is.EqualTo(before));
    }

    [Test]
    public void Another_number_of_epochs_is_refused_where_the_schedule_goes_by_it()
    {
        foreach (LearningRateSchedule schedule in (LearningRateSchedule[])
            [LearningRateSchedule.Cosine(), LearningRateSchedule.Linear(), LearningRateSchedule.OneCycle(), LearningRateSchedule.Constant.Then(1, LearningRateSchedule.Cosine())])
        {
            using var folder = new TemporaryFolder();
            FitOptions options = Options(folder) with { Schedule = schedule };
            Create().Trainer.ResumeOrFit(Samples, options);
            Assert.That(
                () => Create().Trainer.ResumeOrFit(Samples, options with { Epochs = 5 }),
                Throws.InstanceOf<InvalidDataException>().With.Message.Contains("epochs: the checkpoint has \"3\", this training \"5\": the schedule goes by the number of epochs"), $"{schedule}");
            Assert.That(Create().Trainer.Resume(folder.File("run"), Samples, options with { Epochs = 4 }).Epochs, Has.Count.EqualTo(4), "who asks to resume is obeyed");
        }

        foreach (LearningRateSchedule schedule in (LearningRateSchedule[])[LearningRateSchedule.Constant, LearningRateSchedule.Step(1, 0.5), LearningRateSchedule.ReduceOnPlateau(), LearningRateSchedule.CosineRestarts(2)])
        {
            using var folder = new TemporaryFolder();
            FitOptions options = Options(folder) with { Schedule = schedule };
            Create().Trainer.ResumeOrFit(Samples, options);
            Assert.That(Create().Trainer.ResumeOrFit(Samples, options with { Epochs = 4 }).Epochs, Has.Count.EqualTo(4), $"{schedule}");
        }
    }

    [Test]
    public void A_training_that_early_stopping_ended_has_its_best_parameters_again()
    {
        using var folder = new TemporaryFolder();
        FitOptions options = Options(folder) with { Epochs = 50, EarlyStopping = new EarlyStopping { Patience = 0, MinImprovement = 0.3, WatchesTraining = true } };
        (Trainer first, Sequential trained) = Create();
        int epochs = first.ResumeOrFit(Samples, options).Epochs.Count;
        (Trainer second, Sequential network) = Create();
        TrainingHistory again = second.ResumeOrFit(Samples, options);
        Assert.That((again.Epochs.Count, again.EndReason), Is.EqualTo((epochs, TrainingEndReason.EarlyStopping)));
        Assert.That(epochs, Is.LessThan(50));
        Assert.That(Bits(network), Is.EqualTo(Bits(trained)));
    }

    [Test]
    public void A_training_that_a_callback_stopped_is_finished([Values(4, 6)] int step)
    {
        using var folder = new TemporaryFolder();
        (Trainer first, Sequential trained) = Create();
        Assert.That(first.ResumeOrFit(Samples, Options(folder) with { Callbacks = [new StopAt(step)] }).EndReason, Is.EqualTo(TrainingEndReason.Callback));
        (Trainer second, Sequential network) = Create();
        var counter = new Counter();
        Assert.That(second.ResumeOrFit(Samples, Options(folder) with { Callbacks = [counter] }).EndReason, Is.EqualTo(TrainingEndReason.Callback));
        Assert.That(counter.Steps, Is.Zero);
        Assert.That(Bits(network), Is.EqualTo(Bits(trained)));
    }

    [Test]
    public void More_epochs_go_on_after_a_finished_training()
    {
        using var folder = new TemporaryFolder();
        Create().Trainer.ResumeOrFit(Samples, Options(folder));
        (Trainer trainer, Sequential network) = Create();
        Assert.That(trainer.ResumeOrFit(Samples, Options(folder) with { Epochs = 5 }).Epochs, Has.Count.EqualTo(5));
        (Trainer whole, Sequential expected) = Create();
        whole.Fit(Samples, Options(folder) with { Epochs = 5, Checkpoint = null });
        Assert.That(Bits(network), Is.EqualTo(Bits(expected)));
    }

    [Test]
    public void Other_data_are_trained_on_anew([Values] bool isFinished)
    {
        using var folder = new TemporaryFolder();
        if (isFinished)
            Create().Trainer.ResumeOrFit(Samples, Options(folder));
        else
            Cancel(Options(folder), 7);
        (Trainer trainer, Sequential network) = Create();
        Assert.That(trainer.ResumeOrFit(OtherSamples, Options(folder)).Epochs, Has.Count.EqualTo(3));
        Assert.That(Bits(network), Is.EqualTo(Fitted(OtherSamples)));
        var counter = new Counter();
        Create().Trainer.ResumeOrFit(OtherSamples, Options(folder) with { Callbacks = [counter] });
        Assert.That(counter.Steps, Is.Zero, "the checkpoint is of the new data");
    }

    [Test]
    public void Other_validation_data_are_other_data()
    {
        using var folder = new TemporaryFolder();
        Create().Trainer.ResumeOrFit(Samples, Options(folder) with { Validation = Samples });
        var counter = new Counter();
        Create().Trainer.ResumeOrFit(Samples, Options(folder) with { Validation = OtherSamples, Callbacks = [counter] });
        Assert.That(counter.Steps, Is.EqualTo(18));
    }

    [Test]
    public void Other_options_are_refused_by_name_and_nothing_changes([Values] bool hasOtherData)
    {
        using var folder = new TemporaryFolder();
        Create().Trainer.ResumeOrFit(Samples, Options(folder));
        byte[] before = File.ReadAllBytes(folder.File("run"));
        (Trainer trainer, Sequential network) = Create();
        int[] bits = Bits(network);
        string message = Assert.Throws<InvalidDataException>(
            () => trainer.ResumeOrFit(hasOtherData ? OtherSamples : Samples, Options(folder) with { BatchSize = 20, Seed = 9 }))!.Message;
        Assert.That(message, Does.Contain("batch size: the checkpoint has \"10\", this training \"20\"").And.Contain("seed:").And.Not.Contain("contents"));
        Assert.That(Bits(network), Is.EqualTo(bits));
        Assert.That(File.ReadAllBytes(folder.File("run")), Is.EqualTo(before));
        Assert.That(
            () => trainer.ResumeOrFit(Samples, Options(folder) with { ValidationFraction = 0.2 }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("validation fraction"));
    }

    [Test]
    public void Data_without_a_fingerprint_are_the_same_while_their_number_is()
    {
        using var folder = new TemporaryFolder();
        Create().Trainer.ResumeOrFit(new Nameless(Samples, null), Options(folder));
        var counter = new Counter();
        Create().Trainer.ResumeOrFit(new Nameless(OtherSamples, null), Options(folder) with { Callbacks = [counter] });
        Assert.That(counter.Steps, Is.Zero);
        Create().Trainer.ResumeOrFit(new Nameless(Samples.Split(0.5).Remaining, null), Options(folder) with { Callbacks = [counter] });
        Assert.That(counter.Steps, Is.EqualTo(9));
    }

    [Test]
    public void A_data_set_of_your_own_gives_its_fingerprint()
    {
        using var folder = new TemporaryFolder();
        Create().Trainer.ResumeOrFit(new Nameless(Samples, "monday"), Options(folder));
        var counter = new Counter();
        Create().Trainer.ResumeOrFit(new Nameless(Samples, "monday"), Options(folder) with { Callbacks = [counter] });
        Assert.That(counter.Steps, Is.Zero);
        Create().Trainer.ResumeOrFit(new Nameless(Samples, "tuesday"), Options(folder) with { Callbacks = [counter] });
        Assert.That(counter.Steps, Is.EqualTo(18));
    }

    [Test]
    public void A_file_that_is_no_checkpoint_is_refused_and_stays()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("run"), "a letter to a friend");
        Assert.That(() => Create().Trainer.ResumeOrFit(Samples, Options(folder)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("run"));
        Assert.That(File.ReadAllText(folder.File("run")), Is.EqualTo("a letter to a friend"));
        Assert.That(() => Create().Trainer.ResumeOrFit(Samples, new FitOptions()), Throws.ArgumentException.With.Message.Contains("FitOptions.Checkpoint"));
    }

    private static FitOptions Options(TemporaryFolder folder) =>
        new() { Epochs = 3, BatchSize = 10, Seed = 3, Checkpoint = new CheckpointOptions { Path = folder.File("run") } };

    private static (Trainer Trainer, Sequential Network) Create()
    {
        var network = new Sequential([28, 28], 1, new Dense(8, Activation.Relu), new Dropout(0.2f), new Dense(10));
        return (new Trainer(network, new SoftmaxCrossEntropy(), new Adam(), new TrainerOptions { ThreadCount = 1 }), network);
    }

    private static int[] Fitted(Dataset samples)
    {
        (Trainer trainer, Sequential network) = Create();
        trainer.Fit(samples, new FitOptions { Epochs = 3, BatchSize = 10, Seed = 3 });
        return Bits(network);
    }

    private static void Cancel(FitOptions options, int steps)
    {
        using var cancellation = new CancellationTokenSource();
        var counter = new Counter { OnStep = step =>
        {
            if (step == steps)
                cancellation.Cancel();
        } };
        Trainer trainer = Create().Trainer;
        Assert.That(() => trainer.Fit(Samples, options with { Callbacks = [counter] }, cancellationToken: cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(trainer.History.EndReason, Is.EqualTo(TrainingEndReason.Cancelled));
    }

    private static int[] Bits(Sequential network) => TestValues.Bits(network.Parameters.Values);

    private sealed class Counter : TrainingCallback
    {
        public int Steps { get; private set; }

        public Action<int>? OnStep { get; init; }

        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress)
        {
            Steps++;
            OnStep?.Invoke(Steps);
        }
    }

    private sealed class StopAt(int step) : TrainingCallback
    {
        private int _steps;

        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress)
        {
            if (++_steps == step)
                run.Stop();
        }
    }

    private sealed class Nameless(Dataset source, string? fingerprint) : Dataset
    {
        public override int Count => source.Count;

        public override Shape SampleShape => source.SampleShape;

        public override int ClassCount => source.ClassCount;

        public override string? GetFingerprint() => fingerprint;

        public override int GetLabel(int index) => source.GetLabel(index);

        public override void CopyFeatures(int index, Span<float> features) => source.CopyFeatures(index, features);
    }
}
