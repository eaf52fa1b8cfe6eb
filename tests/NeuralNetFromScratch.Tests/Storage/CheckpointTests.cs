using System.Diagnostics;
using System.Runtime.InteropServices;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;
using NeuralNetFromScratch.TrainingProcess;

namespace NeuralNetFromScratch.Tests.Storage;

/// <summary>Whole trainings; mutation runs leave them out.</summary>
[Category("Slow")]
public class CheckpointTests
{
    private static readonly Dataset Samples = Recipe.Samples();

    private static readonly Lazy<(int[] Bits, TrainingHistory History)> Uninterrupted = new(() =>
    {
        Trainer trainer = Recipe.CreateTrainer(1, out Sequential network);
        TrainingHistory history = trainer.Fit(Samples, Recipe.Options(null));
        return (Bits(trainer, network), history);
    });

    [Test]
    public void A_resumed_training_ends_in_the_same_bits_at_any_step_and_number_of_threads([Values(5, 17, 34, 35)] int stopAfter, [Values(1, 2)] int threads)
    {
        (int[] expected, TrainingHistory whole) = Uninterrupted.Value;
        using var folder = new TemporaryFolder();
        string path = folder.File("run.checkpoint");
        int steps = 0;
        using var cancellation = new CancellationTokenSource();
        var counter = new StepCounter(() =>
        {
            if (++steps == stopAfter)
                cancellation.Cancel();
        });
        Trainer first = Recipe.CreateTrainer(1, out _);
        Assert.That(
            () => first.Fit(Samples, Recipe.Options(path) with { Callbacks = [counter] }, null, cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());

        Trainer second = Recipe.CreateTrainer(threads, out Sequential network);
        TrainingHistory history = second.Resume(path, Samples, Recipe.Options(path));
        Assert.That(Bits(second, network), Is.EqualTo(expected));
        Assert.That(history.Epochs.Select(Figures), Is.EqualTo(whole.Epochs.Select(Figures)));
    }

    [Test]
    public void A_checkpoint_changes_nothing_of_the_training()
    {
        using var folder = new TemporaryFolder();
        Trainer trainer = Recipe.CreateTrainer(2, out Sequential network);
        trainer.Fit(Samples, Recipe.Options(folder.File("a")));
        Assert.That(Bits(trainer, network), Is.EqualTo(Uninterrupted.Value.Bits));
    }

    [Test]
    public void A_finished_training_is_resumed_to_its_end_and_more_epochs_go_on()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a");
        Trainer trainer = Recipe.CreateTrainer(1, out Sequential network);
        trainer.Fit(Samples, Recipe.Options(path));
        Trainer again = Recipe.CreateTrainer(1, out Sequential other);
        Assert.That(again.Resume(path, Samples, Recipe.Options(path)).Epochs, Has.Count.EqualTo(trainer.History.Epochs.Count));
        Assert.That(Bits(again, other), Is.EqualTo(Bits(trainer, network)));
        Trainer longer = Recipe.CreateTrainer(1, out _);
        Assert.That(longer.Resume(path, Samples, Recipe.Options(path, epochs: 8)).Epochs, Has.Count.EqualTo(8));
        FitOptions constant = Recipe.Options(path, epochs: 8) with { Schedule = LearningRateSchedule.Constant };
        Assert.That(
            () => longer.Resume(path, Samples, constant),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("schedule").And.Message.Contains("this training \"constant\""));
    }

    [Test]
    public void A_training_that_early_stopping_ended_stays_ended()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a");
        FitOptions options = Recipe.Options(path, epochs: 30) with
        {
            EarlyStopping = new EarlyStopping { Patience = 0, MinImprovement = 0.5 }, Schedule = LearningRateSchedule.Constant,
        };
        Trainer trainer = Recipe.CreateTrainer(1, out Sequential network), again = Recipe.CreateTrainer(1, out Sequential other);
        int epochs = trainer.Fit(Samples, options).Epochs.Count;
        Assert.That(epochs, Is.LessThan(30));
        Assert.That(again.Resume(path, Samples, options).Epochs, Has.Count.EqualTo(epochs));
        Assert.That(Bits(again, other), Is.EqualTo(Bits(trainer, network)));
    }

    [Test]
    public void The_last_few_are_kept_and_what_was_left_behind_is_taken_away()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run.checkpoint");
        File.WriteAllText($"{path}.{Guid.NewGuid():N}.tmp", "left behind");
        File.WriteAllText($"{path}.000000034.{Guid.NewGuid():N}.tmp", "left behind");
        // Files of others: another training beside this one, which is just being written; a note; and a later step of a former training.
        string[] others = [$"{path}.other.{Guid.NewGuid():N}.tmp", $"{path}.note.tmp", $"{path}.1.{Guid.NewGuid():N}.tmp", $"{path}.1000000000"];
        foreach (string other in others)
            File.WriteAllText(other, "another's");
        Trainer trainer = Recipe.CreateTrainer(1, out _);
        trainer.Fit(Samples, Recipe.Options(path, everySteps: 0, epochs: 4, keep: 3));
        foreach (string other in others)
        {
            Assert.That(other, Does.Exist);
            File.Delete(other);
        }

        Assert.That(folder.FileNames, Is.EqualTo((string[])
            ["run.checkpoint", "run.checkpoint.000000034", "run.checkpoint.000000051", "run.checkpoint.000000068", "run.checkpoint.history"]));
        Trainer older = Recipe.CreateTrainer(1, out _);
        Assert.That(older.Resume(folder.File("run.checkpoint.000000034"), Samples, Recipe.Options(null, epochs: 4)).Epochs, Has.Count.EqualTo(4));
    }

    [Test]
    public void Another_trainings_checkpoint_is_refused_with_what_differs_and_nothing_changes()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a");
        Recipe.CreateTrainer(1, out _).Fit(Samples, Recipe.Options(path, epochs: 1));
        var network = new Sequential([28, 28], 1, new Dense(5), new Dense(10));
        int[] before = TestValues.Bits(network.Parameters.Values);
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f));
        string message = Assert.Throws<InvalidDataException>(
            () => trainer.Resume(path, SyntheticDigits.Create(100, 1), new FitOptions { BatchSize = 7, Seed = 1, Shuffle = false }))!.Message;
        foreach (string part in (string[])["network:", "optimizer:", "samples:", "validation samples:", "batch size:", "seed:", "shuffle:", "augmentation:", "mixup:", "early stopping:"])
            Assert.That(message, Does.Contain(part));
        Assert.That(TestValues.Bits(network.Parameters.Values), Is.EqualTo(before));

        Trainer right = Recipe.CreateTrainer(1, out _);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
        Assert.That(() => right.Resume(path, Samples, Recipe.Options(path)), Throws.InstanceOf<InvalidDataException>());
        new Sequential([1], 0, new Dense(1)).Save(path);
        Assert.That(() => right.Resume(path, Samples, Recipe.Options(path)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("not a checkpoint"));
    }

    [Test]
    public void Settings_that_no_shape_shows_are_compared_too()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a");
        Dataset samples = SyntheticDigits.Create(60, seed: 3);
        var options = new FitOptions { Epochs = 1, Checkpoint = new CheckpointOptions { Path = path } };
        Create(new BatchNormalization(), new SoftmaxCrossEntropy()).Fit(samples, options);
        foreach ((Layer layer, Loss loss, string difference) in ((Layer, Loss, string)[])
            [
                (new BatchNormalization(0.2f), new SoftmaxCrossEntropy(), "momentum=0.2"),
                (new BatchNormalization(epsilon: 1e-3f), new SoftmaxCrossEntropy(), "epsilon=0.001"),
                (new BatchNormalization(), new SoftmaxCrossEntropy { LabelSmoothing = 0.1f }, "labelSmoothing=0.1"),
                (new BatchNormalization(), new SoftmaxCrossEntropy { ClassWeights = [1, 2, 1, 1, 1, 1, 1, 1, 1, 1] }, "classWeights=[1, 2, 1"),
                (new BatchNormalization(), new BinaryCrossEntropy { PositiveWeights = [3, 1, 1, 1, 1, 1, 1, 1, 1, 1] }, "positiveWeights=[3, 1"),
                (new BatchNormalization(), new Huber(2), "delta=2"),
            ])
        {
            Assert.That(() => Create(layer, loss).Resume(path, samples, options), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(difference));
        }

        static Trainer Create(Layer layer, Loss loss) => new(new Sequential([28, 28], 1, new Residual(layer), new Dense(10)), loss, new Sgd(0.1f));
    }

    [TestCase("step_of_epoch", "17", "from 0 to 16")]
    [TestCase("step_of_epoch", "-1", "expected an integer from 0")]
    [TestCase("epoch", "0", "expected an integer from 1")]
    [TestCase("epoch", "5", "its history does not have the 4 epochs before it")]
    [TestCase("history_file", "", "is not a file name that ends in .history")]
    [TestCase("history_file", "../a.history", "is not a file name that ends in .history")]
    [TestCase("history_file", "b.history", "is missing in its folder")]
    [TestCase("history_start", "1", "but the checkpoint's epochs end at")]
    [TestCase("history_bytes", "2147483647", "but the checkpoint's epochs end at")]
    [TestCase("history_bytes", "3", "is damaged or belongs to another training")]
    [TestCase("history_sha256", "00", "is damaged or belongs to another training")]
    [TestCase("stopped", "perhaps", "expected yes or no")]
    [TestCase("best", "low", "not a number")]
    [TestCase("checkpoint_version", "1", "not a checkpoint of version 4")]
    public void A_checkpoint_that_contradicts_itself_is_refused(string key, string value, string message)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a");
        Recipe.CreateTrainer(1, out _).Fit(Samples, Recipe.Options(path, epochs: 1));
        SafetensorsEdit.SetMetadata(path, key, value);
        Trainer trainer = Recipe.CreateTrainer(1, out Sequential network);
        int[] before = TestValues.Bits(network.Parameters.Values);
        Assert.That(() => trainer.Resume(path, Samples, Recipe.Options(path)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));
        Assert.That(TestValues.Bits(network.Parameters.Values), Is.EqualTo(before));
    }

    [Test]
    public void The_log_of_a_resumed_training_is_whole()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a"), log = folder.File("log.csv");
        Recipe.CreateTrainer(1, out _).Fit(Samples, Recipe.Options(path, epochs: 2));
        Recipe.CreateTrainer(1, out _).Resume(path, Samples, Recipe.Options(path, epochs: 4) with { Callbacks = [new CsvLog(log)] });
        Assert.That(File.ReadAllLines(log).Select(line => line.Split(',')[0]), Is.EqualTo((string[])["epoch", "1", "2", "3", "4"]));
    }

    [Test]
    [Category("Process")]
    public void Killed_again_and_again_a_training_ends_in_the_same_bits()
    {
        int[] expected = Uninterrupted.Value.Bits;
        using var folder = new TemporaryFolder();
        string checkpoint = folder.File("run.checkpoint"), result = folder.File("result");
        var random = new RandomSource(11);
        int kills = 0;
        for (ulong round = 0; !File.Exists(result); round++)
        {
            Assert.That(round, Is.LessThan(200), "the training gets on");
            int threads = 1 + (int)(round % 2);
            using Process process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Recipe).Assembly.Location, checkpoint, result, $"{threads}"]))!;
            // After twelve kills the training may come to its end.
            int patience = kills < 12 ? 150 + random.Below(round, 350) : 60_000;
            if (process.WaitForExit(patience))
            {
                Assert.That(process.ExitCode, Is.Zero);
                continue;
            }

            process.Kill();
            process.WaitForExit();
            kills++;
            // The history is lines of text; the checkpoint says which of them are whole.
            foreach (string file in Directory.EnumerateFiles(folder.Root, "run.checkpoint*").Where(name => Path.GetExtension(name) is not (".tmp" or ".history")))
                SafetensorsReader.Open(file).Dispose();
        }

        Assert.That(kills, Is.GreaterThanOrEqualTo(5));
        Assert.That(MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(result)).ToArray(), Is.EqualTo(expected));
    }

    private static int[] Bits(Trainer trainer, Sequential network) =>
        [.. TestValues.Bits(network.Parameters.Values), .. TestValues.Bits(trainer.AveragedNetwork!.Parameters.Values)];

    private static string Figures(EpochRecord epoch) => FormattableString.Invariant(
        $"{epoch.Epoch} {epoch.Training.Loss:R} {epoch.Training.Accuracy:R} {epoch.Validation?.Loss:R} {epoch.Validation?.Accuracy:R} {epoch.SampleCount}");

    private sealed class StepCounter(Action onStep) : TrainingCallback
    {
        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress) => onStep();
    }
}
