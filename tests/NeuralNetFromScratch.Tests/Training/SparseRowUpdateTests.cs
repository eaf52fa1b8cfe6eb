using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training;

/// <summary>Rows of a first weight that no sample of a batch uses are neither cleared nor updated where that changes no bit of a training.</summary>
public class SparseRowUpdateTests
{
    /// <summary>Batches of 1 and 3 samples use few of the columns, one of all samples uses all of them.</summary>
    private static readonly SparseSamples Samples = new(count: 61, columns: 203, denseColumns: 4, classCount: 3, seed: 5, emptyRows: 4);

    private static readonly (string Name, bool Lists, Func<Optimizer> Create)[] Optimizers =
    [
        ("gradient descent", true, () => new Sgd(0.1f)),
        ("clipped values", true, () => new Sgd(0.1f) { ClipValue = 0.01f }),
        ("clipped norm", true, () => new Sgd(0.1f) { GlobalClipNorm = 0.1f }),
        ("moving average", true, () => new Sgd(0.1f) { EmaDecay = 0.9f }),
        ("bounded norm", true, () => new Sgd(0.1f) { MaxNorm = 0.4f }),
        ("rate of its own", true, () => new Sgd(0.1f) { ParameterGroups = [new ParameterGroup("dense1.bias") { LearningRateFactor = 0.5f }] }),
        ("adagrad", true, () => new Adagrad(0.1f)),
        ("adagrad without epsilon", true, () => new Adagrad(0.1f, epsilon: 0, initialAccumulator: 0.1f)),
        ("penalty", true, () => new Sgd(0.1f) { L2Penalty = 0.01f }),
        ("weight decay", true, () => new Sgd(0.1f) { DecoupledWeightDecay = 0.01f }),
        ("frozen", false, () => new Sgd(0.1f) { ParameterGroups = [new ParameterGroup("dense1.weight") { IsFrozen = true }] }),
        ("momentum", true, () => new Sgd(0.1f, 0.9f)),
        ("adam", true, () => new Adam(0.01f)),
        ("adam with clipped norm", true, () => new Adam(0.01f) { GlobalClipNorm = 0.1f }),
        ("adam with weight decay", true, () => new AdamW(0.01f)),
        ("an optimizer of the user", false, () => new UserRule()),
    ];

    private static IEnumerable<string> Names => Optimizers.Select(optimizer => optimizer.Name);

    [Test]
    public void Whole_trainings_have_the_bits_of_their_dense_form([ValueSource(nameof(Names))] string optimizer, [Values(1, 2, 3)] int threads)
    {
        foreach ((int batchSize, int accumulation) in ((int, int)[])[(1, 1), (3, 1), (2, 3), (61, 1)])
        {
            var options = new FitOptions { Epochs = 2, BatchSize = batchSize, AccumulationSteps = accumulation, Seed = 4 };
            float[] expected = Train(Samples.Dense), sparse = Train(Samples.Sparse), mixed = Train(Samples.Mixed);
            Assert.That(sparse, Is.EqualTo(expected), $"sparse, batches of {batchSize}");
            Assert.That(mixed, Is.EqualTo(expected), $"mixed, batches of {batchSize}");

            float[] Train(Dataset data)
            {
                Trainer trainer = NewTrainer(optimizer, threads, out Sequential network);
                trainer.Fit(data, options);
                return [.. network.Parameters.Values, .. trainer.AveragedNetwork is { } average ? average.Parameters.Values : []];
            }
        }
    }

    [Test]
    public void Rows_with_gradients_are_listed_for_the_rules_of_the_library([ValueSource(nameof(Names))] string name, [Values] bool isMixed)
    {
        bool lists = Optimizers.Single(optimizer => optimizer.Name == name).Lists;
        Trainer trainer = NewTrainer(name, 1, out Sequential network);
        trainer.ComputeGradients(trainer.Load(isMixed ? Samples.Mixed : Samples.Sparse, [5, 6]));
        int dense = isMixed ? Samples.DenseColumns : 0;
        int[] used = [.. Enumerable.Range(0, Samples.Columns).Where(column => column >= dense && (Feature(5, column) != 0 || Feature(6, column) != 0))];

        var rows = ListedRows.Find(network.Parameters, [.. network.Parameters.Select(parameter => parameter.GradientRows)]);
        Assert.That(rows.Length, Is.EqualTo(lists ? (Samples.Columns - dense) * 9 : 0));
        if (lists)
            Assert.That(rows.Numbers.ToArray().Order().Select(number => number + dense), Is.EqualTo(used));
    }

    [Test]
    public void Gradients_are_those_of_the_last_batch_alone([Values("gradient descent", "penalty", "adam", "adam with weight decay", "an optimizer of the user")] string optimizer)
    {
        Trainer trainer = NewTrainer(optimizer, 2, out Sequential network), plain = NewTrainer(optimizer, 2, out Sequential dense);
        foreach (int[] batch in (int[][])[[5, 6], [7], [8, 9, 10], [4], [.. Enumerable.Range(0, 61)], [11, 12]])
        {
            trainer.ComputeGradients(trainer.Load(Samples.Mixed, batch));
            plain.ComputeGradients(plain.Load(Samples.Dense, batch));
            // The flat buffer, which forgets the list in one of two steps.
            if (batch.Length > 1)
                Assert.That(network.Parameters.Gradients.ToArray(), Is.EqualTo(dense.Parameters.Gradients.ToArray()));
            trainer.Update();
            plain.Update();
            Assert.That(network.Parameters.KnownGradients.ToArray(), Is.EqualTo(dense.Parameters.Gradients.ToArray()));
        }

        Assert.That(network.Parameters.Values.ToArray(), Is.EqualTo(dense.Parameters.Values.ToArray()));
    }

    [Test]
    public void A_gradient_that_a_program_writes_is_used([Values] bool byName)
    {
        Trainer trainer = NewTrainer("gradient descent", 1, out Sequential network);
        Parameter weight = network.Parameters["dense1.weight"];
        trainer.ComputeGradients(trainer.Load(Samples.Sparse, [5, 6]));
        int unused = Enumerable.Range(0, Samples.Columns).First(column => Feature(5, column) == 0 && Feature(6, column) == 0);
        float before = weight.Values[unused * 9];
        (byName ? weight.Gradients : network.Parameters.Gradients[weight.Offset..])[unused * 9] = 2;
        trainer.Update();
        Assert.That(weight.Values[unused * 9], Is.EqualTo(before - 0.1f * 2).Within(1e-7));

        trainer.ComputeGradients(trainer.Load(Samples.Sparse, [5, 6]));
        Assert.That(weight.KnownGradients[unused * 9], Is.Zero);
    }

    [Test]
    public void Dense_and_sparse_batches_in_turn_have_the_bits_of_dense_ones()
    {
        Trainer trainer = NewTrainer("adagrad", 2, out Sequential network), plain = NewTrainer("adagrad", 2, out Sequential dense);
        for (int step = 0; step < 6; step++)
        {
            int[] batch = [3 * step, 3 * step + 1];
            trainer.ComputeGradients(trainer.Load(step % 3 == 1 ? Samples.Dense : step % 3 == 0 ? Samples.Sparse : Samples.Mixed, batch));
            plain.ComputeGradients(plain.Load(Samples.Dense, batch));
            trainer.Update();
            plain.Update();
        }

        Assert.That(network.Parameters.Values.ToArray(), Is.EqualTo(dense.Parameters.Values.ToArray()));
    }

    [Test]
    public void Trainers_that_share_a_network_do_not_share_their_lists()
    {
        Assert.That(Train(Samples.Sparse), Is.EqualTo(Train(Samples.Dense)));

        static float[] Train(Dataset data)
        {
            var network = new Sequential([Samples.Columns], 3, new Dense(9, Activation.Tanh), new Dense(3));
            Trainer[] trainers = [.. Names.Select(name => new Trainer(network, new SoftmaxCrossEntropy(), Optimizers.Single(one => one.Name == name).Create(), new Engine(1, SimdWidths.Best)))];
            for (int step = 0; step < 3 * trainers.Length; step++)
            {
                Trainer trainer = trainers[step * 5 % trainers.Length];
                trainer.ComputeGradients(trainer.Load(data, [4 + step, 5 + step]));
                trainer.Update();
            }

            return network.Parameters.Values.ToArray();
        }
    }

    [Test]
    public void A_step_allocates_nothing_once_warm()
    {
        var engine = new Engine(2, SimdWidths.Best);
        Trainer trainer = NewTrainer("gradient descent", engine, out _);
        Dataset data = Samples.Sparse;
        Assert.That(
            Allocation.Least(engine, () =>
            {
                trainer.ComputeGradients(trainer.Load(data, [5, 6]));
                trainer.Update();
            }),
            Is.Zero);
    }

    /// <summary>Gradient descent that leaves its changes in the gradients, also of rows that no sample uses.</summary>
    private sealed class UserRule() : Optimizer(new Settings("user-rule", new Setting("learningRate", 0.1f)))
    {
        public override int SlotCount => 0;

        public override void Update(in UpdateStep updateStep, in UpdateBlock block)
        {
            for (int i = 0; i < block.Values.Length; i++)
            {
                block.Gradients[i] = updateStep.LearningRate * (block.Gradients[i] + 0.01f);
                block.Values[i] -= block.Gradients[i];
            }
        }
    }

    private static float Feature(int sample, int column) => Samples.Features[sample * Samples.Columns + column];

    private static Trainer NewTrainer(string optimizer, int threads, out Sequential network) => NewTrainer(optimizer, new Engine(threads, SimdWidths.Best), out network);

    private static Trainer NewTrainer(string optimizer, Engine engine, out Sequential network)
    {
        network = new Sequential([Samples.Columns], 3, new Dense(9, Activation.Tanh), new Dense(3));
        return new(network, new SoftmaxCrossEntropy(), Optimizers.Single(one => one.Name == optimizer).Create(), engine);
    }
}
