using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>The processor's limit: multiply-adds that depend on nothing but registers.</summary>
internal static unsafe class FmaPeak
{
    private const int Steps = 20_000, Chains = 12;

    /// <summary>GFLOP/s of so many threads at once: the sum of what each reaches while it has a core to itself.</summary>
    public static double Measure(int threads)
    {
        double[] rates = new double[threads];
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(worker => new Thread(() => rates[worker] = Rate()))];
        foreach (Thread worker in workers)
            worker.Start();
        foreach (Thread worker in workers)
            worker.Join();
        return rates.Sum();
    }

    private static double Rate()
    {
        var kernel = new PeakKernel();
        double seconds = Interleaved.Run(0.4, Interleaved.Once(() => SimdDispatch.Run(SimdWidths.Best, ref kernel)))[0].Best;
        int lanes = SimdWidths.Best switch { SimdWidth.Bits512 => 16, SimdWidth.Bits256 => 8, SimdWidth.Bits128 => 4, _ => 1 };
        return 2.0 * Steps * Chains * lanes / seconds / 1e9;
    }

    private struct PeakKernel : ISimdKernel
    {
        private float _kept;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd x = TSimd.Broadcast(0.999f), y = TSimd.Broadcast(0.001f);
            TSimd a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
            for (int step = 0; step < Steps; step++)
            {
                a = TSimd.MultiplyAdd(a, x, y);
                b = TSimd.MultiplyAdd(b, x, y);
                c = TSimd.MultiplyAdd(c, x, y);
                d = TSimd.MultiplyAdd(d, x, y);
                e = TSimd.MultiplyAdd(e, x, y);
                f = TSimd.MultiplyAdd(f, x, y);
                g = TSimd.MultiplyAdd(g, x, y);
                h = TSimd.MultiplyAdd(h, x, y);
                i = TSimd.MultiplyAdd(i, x, y);
                j = TSimd.MultiplyAdd(j, x, y);
                k = TSimd.MultiplyAdd(k, x, y);
                l = TSimd.MultiplyAdd(l, x, y);
            }

            // The sums must be used, or they would not be computed.
            float* lanes = stackalloc float[16];
            TSimd.Store(a + b + c + d + e + f + g + h + i + j + k + l, lanes);
            _kept += lanes[0];
        }
    }
}
