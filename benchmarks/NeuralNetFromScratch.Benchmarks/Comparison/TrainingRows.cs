using NeuralNetFromScratch.Data;

namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>Epochs against NumPy, against the processor's limit, and against other settings of ours.</summary>
internal static class TrainingRows
{
    private const double Patience = 4;

    public static void Add(Report report, BenchmarkData data)
    {
        Dataset training = data.Sets.Training;
        TrainingRun one = Small(training, new Sgd(0.07f, 0.9f), 1), two = Small(training, new Sgd(0.07f, 0.9f), 2);
        TrainingRun eight = Small(training, new Sgd(0.07f, 0.9f), 8), adam = Small(training, new Adam(), 2);
        double[] settings = Interleaved.Best(Patience, one.Epoch, two.Epoch, eight.Epoch, adam.Epoch);
        double[] epochs = [settings[0], settings[1]];
        double? numPyEpoch = null, numPyLab = null;
        foreach (int threads in (ReadOnlySpan<int>)[1, 2])
        {
            using NumPyPeer? numPy = NumPyPeer.Start(training, threads);
            if (numPy is null)
            {
                Console.WriteLine("MISSING PEER: NumPy (Debian: python3-numpy)");
                break;
            }

            double[] turn = Interleaved.Best(Patience, one.Epoch, two.Epoch, () => numPy.Run("epoch"));
            (epochs[0], epochs[1]) = (Math.Min(epochs[0], turn[0]), Math.Min(epochs[1], turn[1]));
            numPyEpoch = Math.Min(numPyEpoch ?? double.PositiveInfinity, turn[2]);
            numPyLab = Math.Min(numPyLab ?? double.PositiveInfinity, Interleaved.Best(1, () => numPy.Run("lab"))[0]);
        }

        report.AddAtMost("epoch 784-128-10, 2 threads, to NumPy", epochs[1], numPyEpoch, "s", epochs[1] / numPyEpoch, 0.35);
        report.AddAtMost("epoch 784-128-10, 1 thread, to NumPy", epochs[0], numPyEpoch, "s", epochs[0] / numPyEpoch, 0.65);
        report.AddAtMost("Adam's epoch to momentum's", settings[3], settings[1], "s", settings[3] / settings[1], 1.2);
        report.AddAtLeast("epoch 784-128-10, speed-up by 2 threads", epochs[1], epochs[0], "s", epochs[0] / epochs[1], 1.6);
        report.AddAtMost("epoch 784-128-10, 8 threads to 2", settings[2], settings[1], "s", settings[2] / settings[1], 1.3);

        TrainingRun lab = new(training, [10], new Sgd(0.1f), training.Count, 2);
        double labSeconds = Interleaved.Best(1, lab.Epoch)[0];
        report.AddAtMost("lab recipe, one iteration, to NumPy", labSeconds, numPyLab, "s", labSeconds / numPyLab, 0.3);

        (Dataset large, _) = training.Split(training.Count - Math.Min(training.Count, 12_800), 1);
        TrainingRun largeOne = Large(large, 1), largeTwo = Large(large, 2);
        double[] largeEpochs = Interleaved.Best(Patience, largeOne.Epoch, largeTwo.Epoch);
        AddOfPeak(report, "784-512-512-10, batch 128, 1 thread, of peak", largeOne, largeEpochs[0], FmaPeak.Measure(1));
        AddOfPeak(report, "784-512-512-10, batch 128, 2 threads, of peak", largeTwo, largeEpochs[1], FmaPeak.Measure(2));
        report.AddAtLeast("784-512-512-10, speed-up by 2 threads", largeEpochs[1], largeEpochs[0], "s", largeEpochs[0] / largeEpochs[1], 1.85);
    }

    private static void AddOfPeak(Report report, string name, TrainingRun run, double seconds, double peak)
    {
        double ours = run.EpochFlops / seconds / 1e9;
        report.AddAtLeast(name, ours, peak, "GFLOP/s", ours / peak, 0.75);
    }

    private static TrainingRun Small(Dataset training, Optimizer optimizer, int threads) => new(training, [128], optimizer, 64, threads);

    private static TrainingRun Large(Dataset training, int threads) => new(training, [512, 512], new Sgd(0.02f, 0.9f), 128, threads);
}
