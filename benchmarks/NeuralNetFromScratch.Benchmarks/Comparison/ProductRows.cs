using System.Globalization;

namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>Matrix products against OpenBLAS, and against the processor's limit.</summary>
internal static class ProductRows
{
    private static readonly ProductShape[] Wide =
    [
        new(64, 128, 784),
        new(784, 128, 64, LeftTransposed: true),
        new(64, 784, 128, RightTransposed: true),
        new(128, 512, 512),
        new(256, 256, 784),
        new(512, 512, 512),
        new(1024, 1024, 1024),
        new(2048, 2048, 2048),
    ];

    private static readonly ProductShape[] Narrow =
    [
        new(64, 10, 128),
        new(60_000, 10, 784),
        new(128, 10, 64, LeftTransposed: true),
    ];

    public static void Add(Report report)
    {
        foreach (int threads in (ReadOnlySpan<int>)[1, 2])
        {
            Add(report, Wide, threads, leastMean: 1.0, least: 0.85);
            Add(report, Narrow, threads, leastMean: 1.2, least: 0.9);
        }

        var cube = new ProductData(new(512, 512, 512));
        var engine = new Engine(1);
        double peak = FmaPeak.Measure(1);
        double ours = cube.Shape.Flops / 1e9 / Interleaved.Run(1, Interleaved.Once(() => Multiply(engine, cube)))[0].Best;
        report.AddAtLeast("512³, one thread, of the FMA peak", ours, peak, "GFLOP/s", ours / peak, 0.88);
    }

    private static void Add(Report report, ProductShape[] shapes, int threads, double leastMean, double least)
    {
        var engine = new Engine(threads);
        double logarithms = 0;
        foreach (ProductShape shape in shapes)
        {
            var data = new ProductData(shape);
            Multiply(engine, data);
            data.Check("ours");
            string name = string.Create(CultureInfo.InvariantCulture, $"product {shape}, {threads} thread{(threads > 1 ? "s" : "")}");
            double expected = shape.Flops / 1e11;
            if (!OpenBlas.IsInstalled)
            {
                double alone = Interleaved.Run(0.5, Interleaved.Repeated(() => Multiply(engine, data), expected))[0].Best;
                report.AddAtLeast(name, shape.Flops / alone / 1e9, null, "GFLOP/s", null, least);
                continue;
            }

            OpenBlas.Threads = threads;
            OpenBlas.Multiply(data);
            data.Check("OpenBLAS");
            Func<double> ours = Interleaved.Repeated(() => Multiply(engine, data), expected);
            Func<double> peer = Interleaved.Repeated(() => OpenBlas.Multiply(data), expected);
            Timing[] runs = threads == 1
                ? Interleaved.Run(0.8, ours, peer)
                : Interleaved.Run(0.8, Interleaved.Settled(ours), Interleaved.Settled(peer));
            double ratio = runs[1].Best / runs[0].Best;
            report.AddAtLeast(
                name, shape.Flops / runs[0].Best / 1e9, shape.Flops / runs[1].Best / 1e9, "GFLOP/s", ratio, least, runs[1].Median / runs[0].Median);
            logarithms += Math.Log(ratio);
        }

        double? mean = OpenBlas.IsInstalled ? Math.Exp(logarithms / shapes.Length) : null;
        report.AddAtLeast($"… geometric mean of the {shapes.Length}", null, null, "", mean, leastMean);
    }

    private static void Multiply(Engine engine, ProductData data) => engine.Multiply(data.LeftView, data.RightView, data.ProductView);
}
