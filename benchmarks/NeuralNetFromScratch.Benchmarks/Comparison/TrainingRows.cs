
namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>Epochs against NumPy, against the processor's limit, and against other settings of ours.</summary>
internal static class TrainingRows
{
    private const double Patience = 8;

    public static void Add(Report report, BenchmarkData data)
    {
        Dataset training = data.Sets.Training;
        TrainingRun one = Small(training, new Sgd(0.07f, 0.9f), 1), two = Small(training, new Sgd(0.07f, 0.9f), 2);
        TrainingRun eight = Small(training, new Sgd(0.07f, 0.9f), 8), adam = Small(training, new Adam(), 2);
        TrainingRun denseOne = Small(training, new Sgd(0.07f, 0.9f), 1, ZeroSkipping.Never), denseTwo = Small(training, new Sgd(0.07f, 0.9f), 2, ZeroSkipping.Never);
        Timing[] settings = Interleaved.Run(Patience, one.Epoch, two.Epoch, eight.Epoch, adam.Epoch, denseOne.Epoch, denseTwo.Epoch);
        Timing[] epochs = [settings[0], settings[1]];
        TrainingRun sheet = new(training, [10], new Sgd(0.1f), training.Count, 2);
        Timing ourLab = Interleaved.Run(1, sheet.Epoch)[0];
        Timing? numPyEpoch = null, numPyLab = null;
        foreach (int threads in (ReadOnlySpan<int>)[1, 2])
        {
            using PythonPeer? numPy = PythonPeer.Start("numpy_peer.py", training, threads);
            if (numPy is null)
            {
                Console.WriteLine("MISSING PEER: NumPy (Debian: python3-numpy)");
                break;
            }

            Timing[] turn = Interleaved.Run(Patience, one.Epoch, two.Epoch, () => numPy.Run("epoch"));
            (epochs[0], epochs[1]) = (Timing.Min(epochs[0], turn[0]), Timing.Min(epochs[1], turn[1]));
            Timing[] lab = Interleaved.Run(Patience / 2, sheet.Epoch, () => numPy.Run("lab"));
            ourLab = Timing.Min(ourLab, lab[0]);
            numPyEpoch = numPyEpoch is { } epoch ? Timing.Min(epoch, turn[2]) : turn[2];
            numPyLab = numPyLab is { } best ? Timing.Min(best, lab[1]) : lab[1];
        }

        Timing? torchEpoch = null;
        foreach (int threads in (ReadOnlySpan<int>)[1, 2])
        {
            using PythonPeer? torch = PythonPeer.Start("torch_peer.py", training, threads);
            if (torch is null)
            {
                Console.WriteLine("MISSING PEER: PyTorch (Debian: python3-torch)");
                break;
            }

            Timing[] turn = Interleaved.Run(Patience / 2, two.Epoch, () => torch.Run("epoch"));
            epochs[1] = Timing.Min(epochs[1], turn[0]);
            torchEpoch = torchEpoch is { } epoch ? Timing.Min(epoch, turn[1]) : turn[1];
        }

        AddSeconds(report, "epoch 784-128-10, 2 threads, to PyTorch", epochs[1], torchEpoch, 0.2);
        AddSeconds(report, "epoch 784-128-10, 2 threads, to NumPy", epochs[1], numPyEpoch, 0.35);
        AddSeconds(report, "epoch 784-128-10, 1 thread, to NumPy", epochs[0], numPyEpoch, 0.65);
        AddSeconds(report, "Adam's epoch to momentum's", settings[3], settings[1], 1.2);
        AddSpeedUp(report, "epoch 784-128-10, speed-up by 2 threads", epochs[0], epochs[1], 1.6);
        AddSeconds(report, "epoch 784-128-10, 8 threads to 2", settings[2], settings[1], 1.3);
        report.AddWithoutTarget("epoch, zeros multiplied, 2 threads, to NumPy", settings[5].Best, numPyEpoch?.Best, "s");
        report.AddWithoutTarget("epoch, zeros multiplied, 1 thread, to NumPy", settings[4].Best, numPyEpoch?.Best, "s");

        AddSeconds(report, "lab recipe, one iteration, to NumPy", ourLab, numPyLab, 0.3);

        (Dataset large, _) = training.Split(training.Count - Math.Min(training.Count, 12_800), 1);
        TrainingRun largeOne = Large(large, 1), largeTwo = Large(large, 2);
        Timing[] largeEpochs = Interleaved.Run(Patience, largeOne.Epoch, largeTwo.Epoch);
        AddOfPeak(report, "784-512-512-10, batch 128, 1 thread, of peak", largeOne, largeEpochs[0], FmaPeak.Measure(1));
        AddOfPeak(report, "784-512-512-10, batch 128, 2 threads, of peak", largeTwo, largeEpochs[1], FmaPeak.Measure(2));
        AddSpeedUp(report, "784-512-512-10, speed-up by 2 threads", largeEpochs[0], largeEpochs[1], 1.85);
    }

    /// <summary>Ours must not take more than so many times the peer's seconds.</summary>
    private static void AddSeconds(Report report, string name, Timing ours, Timing? peer, double bound) =>
        report.AddAtMost(name, ours.Best, peer?.Best, "s", ours.Best / peer?.Best, bound, ours.Median / peer?.Median);

    private static void AddSpeedUp(Report report, string name, Timing one, Timing two, double bound) =>
        report.AddAtLeast(name, two.Best, one.Best, "s", one.Best / two.Best, bound, one.Median / two.Median);

    private static void AddOfPeak(Report report, string name, TrainingRun run, Timing seconds, double peak)
    {
        double work = run.EpochFlops / 1e9;
        report.AddAtLeast(name, work / seconds.Best, peak, "GFLOP/s", work / seconds.Best / peak, 0.75, work / seconds.Median / peak);
    }

    private static TrainingRun Small(Dataset training, Optimizer optimizer, int threads, ZeroSkipping zeros = ZeroSkipping.Automatic) =>
        new(training, [128], optimizer, 64, threads, zeros);

    private static TrainingRun Large(Dataset training, int threads) => new(training, [512, 512], new Sgd(0.02f, 0.9f), 128, threads, ZeroSkipping.Never);
}
