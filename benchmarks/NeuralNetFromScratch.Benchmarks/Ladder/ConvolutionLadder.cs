using System.Globalization;
using NeuralNetFromScratch.Benchmarks.Comparison;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Ladder;

/// <summary>What each step from the formula of a convolution to the library's gains. Every result is compared with double precision before it is timed.</summary>
internal static class ConvolutionLadder
{
    public static void Climb()
    {
        int threads = Math.Min(2, Environment.ProcessorCount);
        double onePeak = FmaPeak.Measure(1), allPeak = FmaPeak.Measure(threads);
        var data = new ConvolutionData();
        Write($"12×12×24 → 10×10×32, kernel 3, 64 samples, .NET {Environment.Version}");
        Write($"multiply-adds in registers alone: {onePeak:F1} GFLOP/s on one thread, {allPeak:F1} on {threads}");
        Write($"{"",-44} {"GFLOP/s",8} {"gain",6} {"of peak",8}  {"bits"}");
        Engine one = new(1), all = new(threads);
        (string Name, Action Run, double Peak)[] steps =
        [
            ("the formula", () => ConvolutionRungs.Direct(data), onePeak),
            ("filters in the lanes", () => ConvolutionRungs.Lanes(data), onePeak),
            ("patches of the whole batch copied", () => ConvolutionRungs.CopyAll(data), onePeak),
            ("patches of a block copied", () => ConvolutionRungs.CopyBlocks(data), onePeak),
            ("the library, patches read in place, 1 thread", () => Convolve(one, data), onePeak),
            ($"the library, {threads} threads", () => Convolve(all, data), allPeak),
        ];
        Convolve(one, data);
        float[] bits = [.. data.Output];
        bool[] same =
        [
            .. steps.Select(step =>
            {
                data.Output.AsSpan().Fill(float.NaN);
                step.Run();
                data.Check(step.Name);
                return data.Output.AsSpan().SequenceEqual(bits);
            }),
        ];
        Timing[] timings = Interleaved.Run(6, [.. steps.Select(step => Interleaved.Once(step.Run))]);
        double below = 0;
        for (int i = 0; i < steps.Length; i++)
        {
            double speed = ConvolutionData.Flops / timings[i].Best / 1e9;
            string gain = below == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"×{speed / below:F2}");
            Write($"{steps[i].Name,-44} {speed,8:F1} {gain,6} {speed / steps[i].Peak,8:P1}  {(same[i] ? "as the library's" : "rounded twice a step")}");
            below = speed;
        }
    }

    private static void Convolve(Engine engine, ConvolutionData data)
    {
        var shape = new ConvolutionShape(
            new(ConvolutionData.Height, ConvolutionData.Size), new(ConvolutionData.Width, ConvolutionData.Size), ConvolutionData.Channels, ConvolutionData.Filters, Groups: 1);
        engine.Convolve(shape, ConvolutionData.Batch, data.Input, data.Weights, data.Output, default(StoreEpilogue));
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
