using System.Diagnostics;
using System.Numerics.Tensors;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Threads;

/// <summary>How fast a core reads what another core has just written.</summary>
internal static class CoreBandwidth
{
    private const int Length = 1 << 16, Rounds = 400;

    /// <summary>Bytes a second.</summary>
    public static double Measure()
    {
        var engine = new Engine(2, SimdWidths.Best);
        float[] values = new float[2 * Length];
        double[] seconds = [double.PositiveInfinity];
        for (int round = 0; round < Rounds; round++)
            engine.Run(new ExchangeJob(values, seconds, round), 2);
        return Length * sizeof(float) / seconds[0];
    }

    /// <summary>Each thread writes one half, and reads the half that the other thread wrote in the job before.</summary>
    private readonly struct ExchangeJob(float[] values, double[] seconds, int round) : IJob
    {
        public void Run(int worker, int workers)
        {
            long start = Stopwatch.GetTimestamp();
            float sum = TensorPrimitives.Sum(values.AsSpan((1 - worker) * Length, Length));
            double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (worker == 0 && round > 0)
                seconds[0] = Math.Min(seconds[0], elapsed);
            values.AsSpan(worker * Length, Length).Fill(sum * 0 + round);
        }
    }
}
