using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Layers;

/// <summary>A chain gives the same bits for a batch of dense, sparse and mixed features, up to the sign of a zero.</summary>
public class SparseInputTests
{
    private static readonly (string Name, Layer[] Layers)[] Chains =
    [
        ("dense first", [new Dense(37, Activation.Relu), new Dense(3)]),
        ("one output", [new Dense(1)]),
        ("derivative of the input", [new Dense(70, Activation.Gelu), new Dense(3)]),
        ("standardized", [new Standardization([1, 2, 3], [2, 0.5f, 1]), new Dense(9, Activation.Tanh), new Dense(3)]),
        ("standardized and flattened", [new Flatten(), new Standardization([1, 2], [2, 0.5f]), new Flatten(), new Dense(9, Activation.Sigmoid)]),
        ("more standardized than dense", [new Standardization(new float[7], [1, 2, 3, 4, 5, 6, 7]), new Dense(5)]),
        ("nothing but standardized", [new Standardization([1, 2, 3], [2, 0.5f, 1])]),
        ("dropout first", [new Dropout(0.3f), new Dense(5)]),
        ("residual first", [new Residual(new Dense(41, Activation.Relu)), new Dense(5)]),
        ("zeros skipped", [new Dense(33, Activation.Elu()) { ZeroSkipping = ZeroSkipping.Always }, new Dropout(0.5f), new Dense(3)]),
    ];

    private static readonly SparseSamples Samples = new(count: 29, columns: 41, denseColumns: 5, classCount: 4, seed: 1);

    [Test]
    public void The_summary_says_how_zeros_of_the_input_are_treated()
    {
        Dataset sparse = Dataset.FromSparse([0, 1, 2], [3, 5], [1, 2], 40, [0, 1], 2), zeros = Dataset.FromArrays(new float[20 * 40], [4, 10], new int[20], 2);
        Dataset full = Dataset.FromArrays([.. Enumerable.Repeat(1f, 20 * 40)], [4, 10], new int[20], 2);
        Assert.That(Line(new Sequential([40], 1, new Dense(2)), sparse), Is.EqualTo("dense1: sparse rows, 2.5 % of 40 columns stored; products of the others are left out"));
        Assert.That(Line(new Sequential([4, 10], 1, new Flatten(), new Dense(64), new Dense(2)), zeros), Is.EqualTo("dense1: dense rows, 100.0 % zeros; products of zeros that lie together are left out"));
        Assert.That(Line(new Sequential([4, 10], 1, new Flatten(), new Dense(64), new Dense(2)), full), Is.EqualTo("dense1: dense rows, 0.0 % zeros; all products are computed"));
        Assert.That(Line(new Sequential([4, 10], 1, new Dense(64) { ZeroSkipping = ZeroSkipping.Never }, new Dense(2)), zeros), Does.EndWith("all products are computed"));
        Assert.That(() => new Sequential([3], 1, new Dense(2)).Summary(full), Throws.ArgumentException);

        static string Line(Sequential network, Dataset data) => network.Summary(data).Split('\n')[^2];
    }

    [Test]
    public void Dense_sparse_and_mixed_batches_give_the_same_bits([Values] RegisterWidth width, [Values(1, 2, 3, 7)] int threads, [Values(1, 4, 29)] int rows)
    {
        var engine = new Engine(threads, (SimdWidth)width);
        foreach ((string name, Layer[] layers) in Chains)
        {
            var chain = new Chain([41], layers);
            Result expected = Run(chain, engine, rows, 41);
            foreach (int denseColumns in (int[])[0, 3, 5, 40])
            {
                Result actual = Run(chain, engine, rows, denseColumns);
                string what = $"{name}, {denseColumns} dense columns";
                Assert.That(actual.Output, Is.EqualTo(expected.Output), what);
                Assert.That(actual.Prediction, Is.EqualTo(expected.Prediction), what);
                Assert.That(actual.Gradients, Is.EqualTo(expected.Gradients), what);
                for (int row = 0; row < rows; row++)
                {
                    Assert.That(
                        actual.InputGradient.AsSpan(row * denseColumns, denseColumns).ToArray(),
                        Is.EqualTo(expected.InputGradient.AsSpan(row * 41, denseColumns).ToArray()),
                        what);
                }
            }
        }
    }

    [Test]
    public void Gradients_are_added_where_a_step_has_several_parts([Values] RegisterWidth width)
    {
        var engine = new Engine(2, (SimdWidth)width);
        var chain = new Chain([41], [new Dense(19, Activation.Tanh)]);
        Assert.That(Run(chain, engine, 29, 5, blocks: 3).Gradients, Is.EqualTo(Run(chain, engine, 29, 41, blocks: 3).Gradients));
    }

    [Test]
    public void Buffers_are_for_one_number_of_sparse_columns()
    {
        var chain = new Chain([41], [new Dense(3)]);
        var memory = new ChainMemory(chain, new Engine(1), Parameters(chain), 4, isTraining: true, sparseColumns: 41);
        Assert.That(memory.SparseColumns, Is.EqualTo(41));
        Assert.That(() => memory.Run(4).Forward(new BatchView(new float[164], 4, 41)), Throws.ArgumentException.With.Message.Contains("with 41 sparse columns, got 0"));
        Assert.That(() => new ChainMemory(chain, new Engine(1), Parameters(chain), 4, true, sparseColumns: 42), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ChainMemory(chain, new Engine(1), Parameters(chain), 4, true, sparseColumns: -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Standardizing_a_few_of_many_columns_needs_no_memory_for_the_others()
    {
        var chain = new Chain([1_000_003], [new Standardization([1, 2, 3], [1, 2, 3]), new Dense(2)]);
        ParameterStore parameters = Parameters(chain);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = new ChainMemory(chain, new Engine(1), parameters, 128, isTraining: true, sparseColumns: 1_000_000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(100_000));
    }

    private static Result Run(Chain chain, Engine engine, int rows, int denseColumns, int blocks = 1)
    {
        (int[] offsets, int[] columns, float[] values, float[] dense) = Samples.Parts(denseColumns);
        ParameterStore parameters = Parameters(chain);
        int sparse = 41 - denseColumns, outputs = chain.OutputShape.ElementCount;
        var training = new ChainMemory(chain, engine, parameters, rows, isTraining: true, sparse);
        var prediction = new ChainMemory(chain, engine, parameters, rows, isTraining: false, sparse);
        training.Poison();
        prediction.Poison();
        BatchView all = new(new ReadOnlyMatrixView(dense, Samples.Count, denseColumns), sparse == 0 ? default : new SparseRowsView(offsets, columns, values, sparse));
        var result = new Result(new float[rows * outputs], new float[rows * outputs], new float[rows * denseColumns], []);
        for (int block = 0; block < blocks; block++)
        {
            int start = rows * block / blocks, count = rows * (block + 1) / blocks - start;
            BatchView input = all.SliceRows(start, count);
            ChainRun run = training.Run(count, accumulate: block > 0, new RandomSource(5), start, (float)count / rows);
            run.Forward(input).Span.CopyTo(result.Output.AsSpan(start * outputs));
            TestValues.Uniform(count * outputs, 7).CopyTo(run.OutputGradient.Span);
            run.Backward(input, new MatrixView(result.InputGradient.AsSpan(start * denseColumns, count * denseColumns), count, denseColumns));
            prediction.Run(count).Forward(input).Span.CopyTo(result.Prediction.AsSpan(start * outputs));
        }

        return result with { Gradients = parameters.Gradients.ToArray() };
    }

    private static ParameterStore Parameters(Chain chain)
    {
        var parameters = new ParameterStore(chain.Parameters);
        parameters.Initialize(new RandomSource(3));
        return parameters;
    }

    private sealed record Result(float[] Output, float[] Prediction, float[] InputGradient, float[] Gradients);
}
