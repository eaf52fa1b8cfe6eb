using System.Globalization;

namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>Predictions of a small convolutional network against ONNX Runtime.</summary>
internal static class ConvolutionPredictionRows
{
    private const double Multiplications = 345_600 + 691_200 + 204_800 + 2_560;

    private static readonly long[] ChannelsFirst = [1, 28, 28];

    public static void Add(Report report, Dataset test)
    {
        Sequential network = ConvolutionRows.Network(OutputActivation.Softmax);
        AddOne(report, network, test);
        foreach (int threads in (ReadOnlySpan<int>)[1, 2])
            AddMany(report, network, test, threads);
    }

    private static void AddOne(Report report, Sequential network, Dataset test)
    {
        Predictor predictor = network.CreatePredictor();
        float[] picture = new float[784], ours = new float[10], theirs = new float[10];
        test.CopyFeatures(0, picture);
        using var peer = new OnnxRuntimePeer(network, picture, theirs, ChannelsFirst);
        Timing[] timings = Interleaved.Run(
            2, Interleaved.Settled(Interleaved.Repeated(() => predictor.Predict(picture, ours), 3e-5)), Interleaved.Settled(Interleaved.Repeated(peer.Predict, 5e-5)));
        Check(ours, theirs);
        report.AddAtMost(
            "one picture through the network, 1 thread", timings[0].Best * 1e6, timings[1].Best * 1e6, "µs", timings[0].Best / timings[1].Best, 0.8, timings[0].Median / timings[1].Median);
        report.AddAtMost("… bytes allocated", null, null, "B", PredictionRows.AllocatedBy(() => predictor.Predict(picture, ours)), 0);
    }

    /// <summary>All pictures at once; ONNX Runtime also in batches of 256, whichever it does sooner.</summary>
    private static void AddMany(Report report, Sequential network, Dataset test, int threads)
    {
        const int Part = 256;
        int count = Math.Min(test.Count, 10_000) / Part * Part;
        float[] pictures = new float[count * 784], part = new float[Part * 784], ours = new float[count * 10], theirs = new float[count * 10], partly = new float[Part * 10];
        for (int i = 0; i < count; i++)
            test.CopyFeatures(i, pictures.AsSpan(i * 784, 784));
        pictures.AsSpan(0, part.Length).CopyTo(part);
        using var whole = new OnnxRuntimePeer(network, pictures, theirs, ChannelsFirst, threads);
        using var parts = new OnnxRuntimePeer(network, part, partly, ChannelsFirst, threads);
        Dataset data = Dataset.FromArrays(pictures, [28, 28, 1], new int[count], 10);
        var engine = new Engine(threads);
        Timing[] timings = Interleaved.Run(
            4, Interleaved.Settled(Interleaved.Once(() => network.Predict(data, engine).FlattenTo(ours))), Interleaved.Settled(Interleaved.Once(whole.Predict)),
            Interleaved.Settled(Interleaved.Once(() =>
            {
                for (int i = 0; i < count / Part; i++)
                    parts.Predict();
            })));
        Check(ours, theirs);
        Timing peer = Timing.Min(timings[1], timings[2]);
        double work = 2 * Multiplications * count / 1e9;
        string name = string.Create(CultureInfo.InvariantCulture, $"{count} pictures, {threads} thread{(threads > 1 ? "s" : "")}");
        report.AddAtLeast(name, work / timings[0].Best, work / peer.Best, "GFLOP/s", peer.Best / timings[0].Best, 1.2, peer.Median / timings[0].Median);
    }

    /// <exception cref="InvalidOperationException">Probabilities differ.</exception>
    private static void Check(float[] ours, float[] theirs)
    {
        for (int i = 0; i < ours.Length; i++)
        {
            if (!(Math.Abs(ours[i] - theirs[i]) < 1e-5f))
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"probability {i}: {ours[i]}, ONNX Runtime's {theirs[i]}"));
        }
    }
}
