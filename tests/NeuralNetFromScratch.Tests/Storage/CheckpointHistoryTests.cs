using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;
using NeuralNetFromScratch.TrainingProcess;

namespace NeuralNetFromScratch.Tests.Storage;

/// <summary>What checkpoints write beside the state: the finished epochs.</summary>
public class CheckpointHistoryTests
{
    private static readonly Dataset Samples = NeuralNetFromScratch.Dataset.FromArrays(TestValues.Uniform(24, 1), [3], TestValues.Labels(8, 2, 2), 2);

    [Test]
    public void The_size_of_a_checkpoint_does_not_grow_with_the_epochs()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run.checkpoint");
        var sizes = new List<(long Checkpoint, long History)>();
        var observer = new AfterEpochs(() => sizes.Add((new FileInfo(path).Length, new FileInfo(path + ".history").Length)));
        Fit(path, epochs: 2000, observer);
        Assert.Multiple(() =>
        {
            Assert.That(sizes, Has.Count.EqualTo(2000));
            Assert.That(sizes[^1].Checkpoint - sizes[0].Checkpoint, Is.LessThan(100), "only numbers become longer");
            Assert.That(sizes.Zip(sizes.Skip(1), (before, after) => after.History - before.History), Has.All.InRange(10, 200), "a line is appended");
        });
    }

    [Test]
    public void Each_epoch_is_there_when_the_training_goes_on()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run.checkpoint");
        TrainingHistory whole = Fit(path, epochs: 6);
        Fit(path, epochs: 3);
        TrainingHistory resumed = Trainer().Resume(path, Samples, Options(path, 6));
        Assert.That(resumed.Epochs.Select(epoch => (epoch.Epoch, epoch.Training.Loss)), Is.EqualTo(whole.Epochs.Select(epoch => (epoch.Epoch, epoch.Training.Loss))));
        TrainingHistory elsewhere = Trainer().Resume(path, Samples, Options(folder.File("other/second"), 8));
        Assert.That(elsewhere.Epochs, Has.Count.EqualTo(8));
        Assert.That(Trainer().Resume(folder.File("other/second"), Samples, Options(null, 8)).Epochs.Select(epoch => epoch.Training.Loss), Is.EqualTo(elsewhere.Epochs.Select(epoch => epoch.Training.Loss)));
    }

    [Test]
    public void A_checkpoint_that_is_there_can_be_resumed_until_the_new_training_replaces_it()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run.checkpoint");
        Fit(path, epochs: 3);
        byte[] old = File.ReadAllBytes(path);
        Fit(path, epochs: 2);
        File.WriteAllBytes(path, old);
        Assert.That(Trainer().Resume(path, Samples, Options(null, 3)).Epochs, Has.Count.EqualTo(3));
    }

    [Test]
    public void A_second_training_with_the_same_path_is_refused_and_the_first_goes_on()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run.checkpoint");
        IOException? refused = null;
        var second = new AfterEpochs(() => refused ??= Assert.Throws<IOException>(() => Fit(path, epochs: 2)));
        Fit(path, epochs: 4, second);
        Assert.That(refused?.Message, Does.StartWith(path).And.Contain("another training writes its checkpoints here"));
        Assert.That(Trainer().Resume(path, Samples, Options(path, 5)).Epochs, Has.Count.EqualTo(5));
    }

    [Test]
    public void Options_that_make_no_sense_are_refused()
    {
        foreach (CheckpointOptions checkpoint in (CheckpointOptions[])
            [new() { Path = "" }, new() { Path = "a", EveryEpochs = -1 }, new() { Path = "a", EverySteps = -1 }, new() { Path = "a", MaxToKeep = 0 }])
        {
            Assert.That(() => Recipe.CreateTrainer(1, out _).Fit(Recipe.Samples(), new FitOptions { Checkpoint = checkpoint }), Throws.InstanceOf<ArgumentException>());
        }
    }

    private static Trainer Trainer() => new(new Sequential([3], 1, new Dense(4), new Dense(2)), new SoftmaxCrossEntropy(), new Sgd(0.1f));

    private static FitOptions Options(string? path, int epochs) => new() { Epochs = epochs, Checkpoint = path is null ? null : new CheckpointOptions { Path = path } };

    private static TrainingHistory Fit(string path, int epochs, TrainingCallback? observer = null) =>
        Trainer().Fit(Samples, Options(path, epochs) with { Callbacks = observer is null ? [] : [observer] });

    private sealed class AfterEpochs(Action action) : TrainingCallback
    {
        public override void OnEpochEnd(TrainingRun run, EpochRecord epoch) => action();
    }
}
