namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>
/// Bags of words, 100 columns a sample, in a network of 64 hidden units and plain gradient descent: with more columns, beside scikit-learn on the same rows,
/// and the memory that it takes. Texts of the size of R8, in which words are as frequent as in texts, in a network of 256 hidden units with Adam.
/// </summary>
internal static class SparseRows
{
    private const int Samples = 8192, Stored = 100, Columns = 20_000, MoreColumns = 200_000, Classes = 10, Hidden = 64, Batch = 64;
    private const int Texts = 5485, WordsOfText = 58, Vocabulary = 19_956, TextHidden = 256, TextBatch = 200;
    private const double Patience = 4;

    public static void Add(Report report)
    {
        foreach (int threads in (ReadOnlySpan<int>)[1, 2])
        {
            string suffix = threads == 1 ? ", 1 thread" : ", 2 threads";
            Dataset words = Make(Columns, Columns);
            TrainingRun run = Run(words, threads), unused = Run(Make(Columns, MoreColumns), threads), wider = Run(Make(MoreColumns, MoreColumns), threads);
            Timing[] ours = Interleaved.Run(Patience, run.Epoch, unused.Epoch, wider.Epoch);
            report.AddAtMost("words, 180,000 columns never used" + suffix, ours[1].Best, ours[0].Best, "s", ours[1].Best / ours[0].Best, 1.05, ours[1].Median / ours[0].Median);
            report.AddAtMost("words, ten times the columns" + suffix, ours[2].Best, ours[0].Best, "s", ours[2].Best / ours[0].Best, 3.5, ours[2].Median / ours[0].Median);
            using PythonPeer? peer = PythonPeer.StartSparse("sklearn_sparse_peer.py", words, threads);
            if (peer is null)
            {
                Console.WriteLine("MISSING PEER: scikit-learn (Debian: python3-sklearn)");
                continue;
            }

            Timing[] turn = Interleaved.Run(Patience, run.Epoch, () => peer.Run("epoch"));
            report.AddAtMost("words, to scikit-learn" + suffix, turn[0].Best, turn[1].Best, "s", turn[0].Best / turn[1].Best, 0.2, turn[0].Median / turn[1].Median);
        }

        AddTexts(report);
        AddMemory(report);
    }

    /// <summary>An epoch with Adam, whose update also changes the weights of words that a batch does not contain.</summary>
    private static void AddTexts(Report report)
    {
        Dataset texts = Make(Texts, WordsOfText, Vocabulary, uniform => (int)Math.Pow(Vocabulary, uniform) - 1);
        foreach (int threads in (ReadOnlySpan<int>)[1, 2])
        {
            using PythonPeer? peer = PythonPeer.StartSparse("sklearn_sparse_peer.py", texts, threads);
            if (peer is null)
                return;
            var network = new Sequential([Vocabulary], 1, new Dense(TextHidden, Activation.Relu), new Dense(Classes));
            var run = new TrainingRun(texts, network, new Adam(), TextBatch, threads);
            Timing[] turn = Interleaved.Run(2 * Patience, run.Epoch, () => peer.Run("texts"));
            string name = threads == 1 ? "texts, Adam, to scikit-learn, 1 thread" : "texts, Adam, to scikit-learn, 2 threads";
            report.AddAtMost(name, turn[0].Best, turn[1].Best, "s", turn[0].Best / turn[1].Best, 0.05, turn[0].Median / turn[1].Median);
        }
    }

    /// <summary>What a training adds to the process, to what its data, parameters and gradients take; plain gradient descent has no state.</summary>
    private static void AddMemory(Report report)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Dataset data = Make(MoreColumns, MoreColumns);
        TrainingRun run = Run(data, 2);
        run.Epoch();
        double taken = GC.GetTotalMemory(forceFullCollection: true) - before;
        double needed = 8.0 * Samples * Stored + 4.0 * Samples + 2 * 4.0 * run.Network.Parameters.Values.Length;
        report.AddAtMost("words, 200,000 columns, memory to need", taken / 1e6, needed / 1e6, "MB", taken / needed, 1.3);
        GC.KeepAlive(run);
        GC.KeepAlive(data);
    }

    private static TrainingRun Run(Dataset data, int threads) =>
        new(data, new Sequential([data.SparseColumnCount], 1, new Dense(Hidden, Activation.Relu), new Dense(Classes)), new Sgd(0.05f), Batch, threads);

    /// <summary>Samples of different columns among the first ones, each equally likely.</summary>
    private static Dataset Make(int used, int columnCount) => Make(Samples, Stored, columnCount, uniform => (int)(used * uniform));

    /// <summary>Samples of different columns.</summary>
    /// <param name="samples">The number of samples.</param>
    /// <param name="stored">The number of columns of each.</param>
    /// <param name="columnCount">The number of all columns.</param>
    /// <param name="column">Gives a column for a number from 0 to 1, 1 excluded.</param>
    private static Dataset Make(int samples, int stored, int columnCount, Func<double, int> column)
    {
        var random = new RandomSource(1);
        int[] offsets = [.. Enumerable.Range(0, samples + 1).Select(i => i * stored)], columns = new int[samples * stored], labels = new int[samples];
        var values = new float[samples * stored];
        ulong draw = 0;
        for (int sample = 0; sample < samples; sample++)
        {
            var row = new SortedSet<int>();
            while (row.Count < stored)
                row.Add(column(random.Uniform(draw++)));
            row.CopyTo(columns, sample * stored);
            labels[sample] = (int)(Classes * random.Uniform(draw++));
        }

        for (int i = 0; i < values.Length; i++)
            values[i] = (float)random.Uniform(draw++);
        return Dataset.FromSparse(offsets, columns, values, columnCount, labels, Classes);
    }
}
