using System.Globalization;

namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>Convolutions and the training of a small convolutional network against PyTorch, and against the processor's limit.</summary>
internal static class ConvolutionRows
{
    /// <summary>Training steps that are timed, a quarter of an epoch of MNIST.</summary>
    private const int Steps = 60, Batch = 256;

    private static readonly (string Name, Conv2D Layer, Shape Shape, int Batch)[] Convolutions =
    [
        ("28×28×1→24 k5", new Conv2D(24, 5), [28, 28, 1], 64),
        ("12×12×24→32 k3", new Conv2D(32, 3), [12, 12, 24], 64),
        ("32×32×3→32 k3 same", new Conv2D(32, 3) { Padding = Padding2D.Same }, [32, 32, 3], 64),
        ("16×16×64→128 k3 same", new Conv2D(128, 3) { Padding = Padding2D.Same }, [16, 16, 64], 32),
        ("8×8×128→128 k3 same", new Conv2D(128, 3) { Padding = Padding2D.Same }, [8, 8, 128], 64),
        ("14×14×256→256 k1", new Conv2D(256, 1), [14, 14, 256], 32),
        ("16×16×64 depthwise k3 same", new Conv2D(64, 3) { Padding = Padding2D.Same, Groups = 64 }, [16, 16, 64], 64),
        ("32×32×64→64 k3 stride 2", new Conv2D(64, 3) { Padding = 1, Stride = 2 }, [32, 32, 64], 32),
    ];

    public static void Add(Report report, BenchmarkData data)
    {
        foreach ((_, Conv2D layer, Shape shape, _) in Convolutions)
            new ConvolutionRun(layer, shape, batch: 2, threads: 2).Check();
        (Dataset steps, _) = data.Sets.Training.Split(Math.Max(0, data.Sets.Training.Count - Steps * Batch), 1);
        ConvolutionPredictionRows.Add(report, data.Sets.Test);
        AddMemory(report, steps);
        TrainingRun one = Network(steps, 1), two = Network(steps, 2);
        Timing[] epochs = Interleaved.Run(6, one.Epoch, two.Epoch);
        Timing? torch = null;
        foreach (int threads in (ReadOnlySpan<int>)[1, 2])
        {
            using PythonPeer? peer = PythonPeer.Start("torch_convolution_peer.py", steps, threads);
            if (peer is null)
                Console.WriteLine("MISSING PEER: PyTorch (Debian: python3-torch)");
            AddConvolutions(report, threads, peer);
            if (peer is null)
                continue;
            Timing[] turn = Interleaved.Run(1, two.Epoch, () => Math.Min(peer.Run("steps"), peer.Run("steps last")));
            epochs[1] = Timing.Min(epochs[1], turn[0]);
            torch = torch is { } best ? Timing.Min(best, turn[1]) : turn[1];
        }

        report.AddAtMost($"{steps.Count / Batch} steps of the network, 2 threads", epochs[1].Best, torch?.Best, "s", epochs[1].Best / torch?.Best, 0.333, epochs[1].Median / torch?.Median);
        AddOfPeak(report, "… 1 thread, of peak", one, epochs[0], FmaPeak.Measure(1), isOne: true);
        AddOfPeak(report, "… 2 threads, of peak", two, epochs[1], FmaPeak.Measure(2), isOne: false);
        report.AddAtLeast("… speed-up by 2 threads", epochs[1].Best, epochs[0].Best, "s", epochs[0].Best / epochs[1].Best, 1.8, epochs[0].Median / epochs[1].Median);
    }

    /// <summary>
    /// What a training holds after a step beside its data, to what it needs: parameters, gradients and Adam's two moments; and of a block of samples the inputs, the outputs of all
    /// layers, and the gradients at the input and output of the widest one.
    /// </summary>
    private static void AddMemory(Report report, Dataset steps)
    {
        (Dataset few, _) = steps.Split(Math.Max(0, steps.Count - Batch), 2);
        // Whatever is made once and for all.
        Network(few, 1).Epoch();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        TrainingRun run = Network(few, 1);
        run.Epoch();
        double measured = GC.GetTotalMemory(forceFullCollection: true) - before;
        Sequential network = run.Network;
        long parameters = network.Parameters.Sum(parameter => (long)parameter.Shape.ElementCount), outputs = network.Chain.Nodes.Sum(node => (long)node.OutputShape.ElementCount);
        long widest = network.Chain.Nodes.Max(node => (long)node.OutputShape.ElementCount), rows = network.Chain.BlockRows(Batch);
        double needed = sizeof(float) * (4 * parameters + rows * (network.InputShape.ElementCount + outputs + 2 * widest));
        report.AddAtMost("memory of a step at batch 256, to the need", measured / 1e6, needed / 1e6, "MB", measured / needed, 1.5);
        GC.KeepAlive(run);
    }

    private static void AddConvolutions(Report report, int threads, PythonPeer? peer)
    {
        double logarithms = 0;
        for (int i = 0; i < Convolutions.Length; i++)
        {
            (string title, Conv2D layer, Shape shape, int batch) = Convolutions[i];
            var run = new ConvolutionRun(layer, shape, batch, threads);
            string name = string.Create(CultureInfo.InvariantCulture, $"{title}, {threads} thread{(threads > 1 ? "s" : "")}"), command = i.ToString(CultureInfo.InvariantCulture);
            Func<double> ours = Interleaved.Repeated(run.Run, run.Flops / 1e11);
            if (peer is null)
            {
                report.AddAtLeast(name, run.Flops / Interleaved.Run(0.5, ours)[0].Best / 1e9, null, "GFLOP/s", null, 0.7);
                continue;
            }

            // The better of both memory formats, each as often as ours.
            Timing[] runs = Interleaved.Run(1, Interleaved.Settled(ours), Interleaved.Settled(() => peer.Run(command)), Interleaved.Settled(() => peer.Run($"{command} last")));
            Timing theirs = Timing.Min(runs[1], runs[2]);
            double ratio = theirs.Best / runs[0].Best;
            report.AddAtLeast(name, run.Flops / runs[0].Best / 1e9, run.Flops / theirs.Best / 1e9, "GFLOP/s", ratio, 0.7, theirs.Median / runs[0].Median);
            logarithms += Math.Log(ratio);
        }

        report.AddAtLeast($"… geometric mean of the {Convolutions.Length}", null, null, "", peer is null ? null : Math.Exp(logarithms / Convolutions.Length), 1);
    }

    /// <summary>0.6 and 0.65 of the peak where it is at most 120 GFLOP/s a core, 0.45 beyond.</summary>
    private static void AddOfPeak(Report report, string name, TrainingRun run, Timing seconds, double peak, bool isOne)
    {
        const double Multiplications = 2 * 345_600 + 3 * (691_200 + 204_800 + 2_560);
        double work = 2 * Multiplications * run.Samples / 1e9, target = peak / (isOne ? 1 : 2) > 120 ? 0.45 : isOne ? 0.65 : 0.6;
        report.AddAtLeast(name, work / seconds.Best, peak, "GFLOP/s", work / seconds.Best / peak, target, work / seconds.Median / peak);
    }

    /// <summary>conv5×24, pool, conv3×32, pool, 256, 10.</summary>
    public static Sequential Network(OutputActivation? output = null) => new(
        [28, 28, 1], 1, new Conv2D(24, 5, Activation.Relu), new MaxPool2D(2), new Conv2D(32, 3, Activation.Relu), new MaxPool2D(2), new Dense(256, Activation.Relu), new Dense(10))
    {
        OutputActivation = output,
    };

    private static TrainingRun Network(Dataset training, int threads) => new(training, Network(), new Adam(), Batch, threads);
}
