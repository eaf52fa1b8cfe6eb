using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training;

/// <summary>
/// In a training, rows of a wide weight without gradients get their updates later, many at once. The values have the same bits whoever reads them, and whenever.
/// </summary>
public class DeferredUpdateTests
{
    /// <summary>Columns of which a batch of three samples uses a third, and units that fill no whole number of registers.</summary>
    private static readonly SparseSamples Samples = new(count: 61, columns: 1403, denseColumns: 5, classCount: 3, seed: 6, emptyRows: 4);
    private const int Units = 101;

    /// <summary>More steps than are logged before all rows are completed.</summary>
    private static readonly FitOptions Options = new() { Epochs = 2, BatchSize = 3, Seed = 4, Schedule = LearningRateSchedule.Cosine(0.1) };

    private static readonly (string Name, Func<Optimizer> Create)[] Optimizers =
    [
        ("momentum", () => new Sgd(0.1f, 0.9f)),
        ("nesterov", () => new Sgd(0.1f, 0.9f, nesterov: true)),
        ("adam", () => new Adam(0.01f)),
        ("amsgrad", () => new Adam(0.01f) { AmsGrad = true }),
        ("adam with clipped norm and value", () => new Adam(0.01f) { GlobalClipNorm = 0.1f, ClipValue = 0.01f }),
        ("adam with penalties", () => new Adam(0.01f) { L2Penalty = 0.01f, L1Penalty = 0.001f }),
        ("adam with decay, clipped", () => new Adam(0.01f) { DecoupledWeightDecay = 0.1f, GlobalClipNorm = 0.1f, ClipValue = 0.01f }),
        ("gradient descent with a penalty", () => new Sgd(0.1f) { L2Penalty = 0.01f }),
        ("momentum with a penalty of its own", () => new Sgd(0.1f, 0.9f) { ParameterGroups = [new ParameterGroup("dense1.weight") { L2Penalty = 0.02f, LearningRateFactor = 2 }] }),
        ("rate of its own", () => new Adam(0.01f) { ParameterGroups = [new ParameterGroup("dense1.weight") { LearningRateFactor = 0.5f }] }),
        ("adamax", () => new Adamax(0.01f)),
        ("nadam", () => new NAdam(0.01f)),
        ("radam", () => new RAdam(0.01f)),
        ("rmsprop", () => new RmsProp(0.01f)),
        ("centered rmsprop", () => new RmsProp(0.01f, centered: true)),
        ("rmsprop with momentum", () => new RmsProp(0.01f, momentum: 0.9f)),
        ("adadelta", () => new Adadelta()),
        ("lion", () => new Lion(0.001f)),
    ];

    private static IEnumerable<string> Names => Optimizers.Select(optimizer => optimizer.Name);

    [Test]
    public void Whole_trainings_have_the_bits_of_their_dense_form([ValueSource(nameof(Names))] string optimizer)
    {
        float[] expected = Train(optimizer, 1, Samples.Dense);
        Assert.That(Train(optimizer, 1, Samples.Sparse), Is.EqualTo(expected), "sparse");
        Assert.That(Train(optimizer, 3, Samples.Sparse), Is.EqualTo(expected), "three threads");
        Assert.That(Train(optimizer, 2, Samples.Mixed), Is.EqualTo(expected), "mixed");
    }

    [Test]
    public void Batches_with_few_and_with_all_columns_may_alternate()
    {
        // Two batches of an epoch use all columns, the last one has a single sample.
        FitOptions uneven = Options with { BatchSize = 30, Epochs = 4 }, accumulated = Options with { BatchSize = 1, AccumulationSteps = 3 };
        Assert.That(Train("adam", 2, Samples.Sparse, uneven), Is.EqualTo(Train("adam", 1, Samples.Dense, uneven)));
        Assert.That(Train("adam", 2, Samples.Mixed, accumulated), Is.EqualTo(Train("adam", 1, Samples.Dense, accumulated)));
    }

    [Test]
    public void Values_that_a_part_reads_within_a_step_have_all_updates([Values] bool byName, [Values("adam", "adam with penalties", "gradient descent with a penalty")] string optimizer)
    {
        List<float[]> sparse = Read(Samples.Sparse, out int pending), dense = Read(Samples.Dense, out int none);
        Assert.That(sparse, Has.Count.EqualTo(dense.Count));
        for (int step = 0; step < dense.Count; step++)
            Assert.That(sparse[step], Is.EqualTo(dense[step]), $"step {step}");
        Assert.That(pending, Is.GreaterThan(dense.Count / 2), "updates are deferred");
        Assert.That(none, Is.Zero);

        List<float[]> Read(Dataset data, out int pendingSteps)
        {
            Trainer trainer = NewTrainer(optimizer, 1, out Sequential network);
            var read = new List<float[]>();
            int steps = 0;
            trainer.Fit(data, Options with
            {
                Schedule = new ReadingSchedule(() =>
                {
                    Parameter weight = network.Parameters["dense1.weight"];
                    steps += weight.Deferred is { IsPending: true } ? 1 : 0;
                    read.Add(byName ? weight.Values.ToArray() : network.Parameters.Values.ToArray());
                }),
            });
            pendingSteps = steps;
            return read;
        }
    }

    [Test]
    public void Values_that_a_callback_reads_have_all_updates()
    {
        var callbacks = (new ReadingCallback(), new ReadingCallback());
        Train("adam", 2, Samples.Sparse, Options with { Callbacks = [callbacks.Item1] });
        Train("adam", 1, Samples.Dense, Options with { Callbacks = [callbacks.Item2] });
        Assert.That(callbacks.Item1.Read, Has.Count.EqualTo(42));
        for (int step = 0; step < 42; step++)
            Assert.That(callbacks.Item1.Read[step], Is.EqualTo(callbacks.Item2.Read[step]), $"step {step}");
    }

    [Test]
    public void Other_threads_may_read_values_in_a_training()
    {
        float[] expected = Train("adam", 1, Samples.Dense);
        Trainer trainer = NewTrainer("adam", 2, out Sequential network);
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            float sum = 0;
            while (!stop.IsCancellationRequested)
                sum += network.Parameters["dense1.weight"].Values[0] + network.Parameters.Values[^1];
            return sum;
        });
        trainer.Fit(Samples.Sparse, Options);
        stop.Cancel();
        Assert.That(float.IsFinite(reader.Result));
        Assert.That(network.Parameters.Values.ToArray(), Is.EqualTo(expected));
    }

    [Test]
    public void A_resumed_training_has_the_bits_of_an_uninterrupted_one()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("deferred.safetensors");
        float[] expected = Train("amsgrad", 1, Samples.Dense);
        Trainer first = NewTrainer("amsgrad", 2, out _), second = NewTrainer("amsgrad", 2, out Sequential network);
        using var cancellation = new CancellationTokenSource();
        var callback = new CancellingCallback(cancellation, step: 29);
        FitOptions options = Options with { Checkpoint = new CheckpointOptions { Path = path, EverySteps = 7 }, Callbacks = [callback] };
        Assert.That(() => first.Fit(Samples.Sparse, options, cancellationToken: cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
        second.Resume(path, Samples.Sparse, Options);
        Assert.That(network.Parameters.Values.ToArray(), Is.EqualTo(expected));
    }

    [Test]
    public void Single_steps_with_a_penalty_have_the_bits_of_their_dense_form()
    {
        Assert.That(Steps(Samples.Sparse), Is.EqualTo(Steps(Samples.Dense)));

        static float[] Steps(Dataset data)
        {
            Trainer trainer = NewTrainer("adam with penalties", 1, out Sequential network);
            for (int step = 0; step < 5; step++)
            {
                trainer.ComputeGradients(trainer.Load(data, [3 * step, 3 * step + 1]));
                trainer.Update();
            }

            trainer.Fit(data, Options);
            return network.Parameters.Values.ToArray();
        }
    }

    [Test]
    public void Single_steps_do_not_defer_updates()
    {
        Trainer trainer = NewTrainer("adam", 1, out Sequential network);
        trainer.ComputeGradients(trainer.Load(Samples.Sparse, [5, 6]));
        trainer.Update();
        Assert.That(network.Parameters["dense1.weight"].Deferred, Is.Null);
    }

    private static float[] Train(string optimizer, int threads, Dataset data, FitOptions? options = null)
    {
        Trainer trainer = NewTrainer(optimizer, threads, out Sequential network);
        trainer.Fit(data, options ?? Options);
        Assert.That(network.Parameters["dense1.weight"].Deferred is { IsPending: true }, Is.False);
        return network.Parameters.Values.ToArray();
    }

    private static Trainer NewTrainer(string optimizer, int threads, out Sequential network)
    {
        network = new Sequential([Samples.Columns], 3, new Dense(Units, Activation.Tanh), new Dense(3));
        return new(network, new SoftmaxCrossEntropy(), Optimizers.Single(one => one.Name == optimizer).Create(), new Engine(threads, SimdWidths.Best));
    }

    private sealed class ReadingSchedule(Action read) : LearningRateSchedule(new Settings("reading-schedule"))
    {
        public override double Factor(TrainingPosition position)
        {
            read();
            return 1;
        }
    }

    private sealed class ReadingCallback : TrainingCallback
    {
        public List<float[]> Read { get; } = [];

        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress) => Read.Add(run.Network.Parameters.Values.ToArray());
    }

    private sealed class CancellingCallback(CancellationTokenSource cancellation, int step) : TrainingCallback
    {
        private int _steps;

        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress)
        {
            if (++_steps == step)
                cancellation.Cancel();
        }
    }
}
