
namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>Prediction, evaluation, allocation, and the time to a given accuracy.</summary>
internal static class PredictionRows
{
    public static void Add(Report report, BenchmarkData data)
    {
        var network = new Sequential([784], 1, new Dense(128, Activation.Relu), new Dense(10)) { OutputActivation = OutputActivation.Softmax };
        AddOneImage(report, network, data.Sets.Test);
        AddEvaluation(report, network, data.Sets.Test);
        foreach (int threads in (ReadOnlySpan<int>)[1, 2])
            AddAllocation(report, network, threads);
        AddTimeToAccuracy(report, data);
    }

    private static void AddOneImage(Report report, Sequential network, Dataset test)
    {
        Predictor predictor = network.CreatePredictor();
        float[] image = new float[784], probabilities = new float[10];
        test.CopyFeatures(0, image);
        float[] peerProbabilities = new float[10];
        using var peer = new OnnxRuntimePeer(network, image, peerProbabilities);
        Timing[] timings = Interleaved.Run(
            1.5,
            Interleaved.Repeated(() => predictor.Predict(image, probabilities), 5e-6),
            Interleaved.Repeated(peer.Predict, 15e-6));
        Check(probabilities, peerProbabilities);
        double seconds = timings[0].Best;
        report.AddAtMost("one image through Predictor", seconds * 1e6, null, "µs", seconds * 1e6, 5);
        report.AddWithoutTarget("… to ONNX Runtime", seconds * 1e6, timings[1].Best * 1e6, "µs");
        report.AddAtMost("… bytes allocated", null, null, "B", AllocatedBy(() => predictor.Predict(image, probabilities)), 0);
    }

    private static void Check(float[] ours, float[] peers)
    {
        for (int i = 0; i < ours.Length; i++)
        {
            if (!(Math.Abs(ours[i] - peers[i]) < 1e-5f))
                throw new InvalidOperationException($"probability of class {i}: {ours[i]}, ONNX Runtime's {peers[i]}");
        }
    }

    private static void AddEvaluation(Report report, Sequential network, Dataset test)
    {
        var engine = new Engine(2);
        double seconds = Interleaved.Run(1, Interleaved.Once(() => network.Evaluate(test, engine: engine)))[0].Best;
        double ours = 2.0 * test.Count * (784 * 128 + 128 * 10) / seconds / 1e9, peak = FmaPeak.Measure(2);
        report.AddAtLeast("Evaluate, 10,000 images, 2 threads, of peak", ours, peak, "GFLOP/s", ours / peak, 0.7);
    }

    private static void AddAllocation(Report report, Sequential network, int threads)
    {
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.01f, 0.9f), new TrainerOptions { ThreadCount = threads });
        float[] inputs = new float[64 * 784];
        int[] labels = new int[64];
        double bytes = AllocatedBy(() => trainer.TrainStep(new ReadOnlyMatrixView(inputs, 64, 784), labels));
        report.AddAtMost($"warm training step, bytes, {threads} thread{(threads > 1 ? "s" : "")}", null, null, "B", bytes, 0);
    }

    /// <summary>The fixed recipe, from bytes in memory to final weights, over ten seeds; leaving out zeros changes its time alone.</summary>
    private static void AddTimeToAccuracy(Report report, BenchmarkData data)
    {
        const int Seeds = 10;
        double denseSeconds = 0, seconds = 0, accuracy = 0;
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            denseSeconds += Train(data, seed, ZeroSkipping.Never).Seconds / Seeds;
            (double duration, Sequential network) = Train(data, seed, ZeroSkipping.Automatic);
            seconds += duration / Seeds;
            accuracy += network.Evaluate(data.Sets.Test).Accuracy / Seeds;
        }

        report.AddAtMost("time to 98 %, mean of 10 seeds", seconds, null, "s", seconds, 1);
        report.AddAtMost("… zeros multiplied", denseSeconds, null, "s", denseSeconds, 1.5);
        report.AddAtLeast("… test accuracy, mean of 10 seeds", accuracy, null, "", accuracy, 0.98);
    }

    private static (double Seconds, Sequential Network) Train(BenchmarkData data, ulong seed, ZeroSkipping zeros)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        Sequential network = TimeTo98.Train(data.Sets.Training, seed, zeros);
        return (System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds, network);
    }

    public static double AllocatedBy(Action action)
    {
        action();
        action();
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 20 && least > 0; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            action();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }
}
