using BenchmarkDotNet.Attributes;

namespace NeuralNetFromScratch.Benchmarks;

/// <summary>The matrix product against the textbook's loops and, where it is installed, OpenBLAS on one thread.</summary>
[MemoryDiagnoser]
[GflopsColumn]
public class MatrixMultiplyBenchmarks
{
    private readonly Engine _engine = new(Environment.ProcessorCount);
    private ProductData _data = null!;

    public static IEnumerable<ProductShape> Shapes =>
    [
        new(64, 128, 784),
        new(784, 128, 64, LeftTransposed: true),
        new(64, 784, 128, RightTransposed: true),
        new(64, 10, 128),
        new(67, 131, 59),
        new(512, 512, 512),
        new(1024, 1024, 1024),
    ];

    [ParamsSource(nameof(Shapes))]
    public ProductShape Shape { get; set; } = null!;

    [GlobalSetup]
    public void Setup()
    {
        _data = new ProductData(Shape);
        NaiveLoops();
        _data.Check("three loops");
        OneThread();
        _data.Check("one thread");
        AllThreads();
        _data.Check("all threads");
        if (!OpenBlas.IsInstalled)
            return;
        OpenBlas.Threads = 1;
        OpenBlasOneThread();
        _data.Check("OpenBLAS");
    }

    [Benchmark(Baseline = true)]
    public void NaiveLoops() => _data.MultiplyNaively();

    [Benchmark]
    public void OneThread() => Matrix.Multiply(_data.LeftView, _data.RightView, _data.ProductView);

    [Benchmark]
    public void AllThreads() => _engine.Multiply(_data.LeftView, _data.RightView, _data.ProductView);

    /// <summary>Throws where OpenBLAS is not installed, so that the table shows NA and not a false figure.</summary>
    [Benchmark]
    public void OpenBlasOneThread()
    {
        if (!OpenBlas.IsInstalled)
            throw new DllNotFoundException("libopenblas.so.0 is not installed (Debian: libopenblas0-pthread)");
        OpenBlas.Multiply(_data);
    }
}
