using System.CommandLine;
using System.Globalization;
using NeuralNetFromScratch.Benchmarks.Comparison;
using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tool;

namespace NeuralNetFromScratch.Benchmarks.Ladder;

/// <summary>
/// The verb <c>ladder</c>: what each step from three loops to the library's matrix product gains. Every result is compared with double
/// precision before it is timed.
/// </summary>
internal static class LadderCommand
{
    /// <summary>A multiple of the tile's rows and columns at every register width.</summary>
    public const int SizeGrain = 96;

    private const int DefaultSize = 12 * SizeGrain;
    private const double PlainSeconds = 1, FastSeconds = 5;

    public static Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter error)
    {
        Option<int?> size = NumberOption.Create<int>(
            "--size",
            $"Rows, columns and depth; a multiple of {SizeGrain} [default: {DefaultSize}].",
            value => value > 0 && value % SizeGrain == 0,
            $"must be a positive multiple of {SizeGrain}");
        Option<bool> convolution = new("--convolution") { Description = "Climbs from a convolution's formula to the library's convolution instead." };
        var command = new RootCommand("Climbs from three loops to the library's matrix product.") { size, convolution };
        command.SetAction(result =>
        {
            if (result.GetValue(convolution))
            {
                ConvolutionLadder.Climb();
                return;
            }

            int side = result.GetValue(size) ?? DefaultSize;
            Climb(new ProductData(new(side, side, side)));
        });
        return CommandRunner.RunAsync(command, arguments, error);
    }

    private static void Climb(ProductData data)
    {
        int threads = Math.Min(2, Environment.ProcessorCount);
        double onePeak = FmaPeak.Measure(1), allPeak = FmaPeak.Measure(threads);
        Write($"{data.Shape}, registers of {32 * LaneCount()} bits, .NET {Environment.Version}");
        Write($"multiply-adds in registers alone: {onePeak:F1} GFLOP/s on one thread, {allPeak:F1} on {threads}");
        Write($"{"",-36} {"GFLOP/s",8} {"gain",6} {"of peak",8}  {"bits"}");

        float[] space = GC.AllocateUninitializedArray<float>(data.Left.Length + data.Right.Length, pinned: true);
        var engine = new Engine(threads);
        int rows = data.Shape.Rows;
        Step[] plain = [Step.Of<NaiveRung>(data, space, SizeGrain), Step.Of<LoopOrderRung>(data, space, SizeGrain)];
        Step[] fast =
        [
            Step.Of<VectorRung>(data, space, rows),
            Step.Of<RegisterTileRung>(data, space, rows),
            Step.Of<CacheBlockRung>(data, space, rows),
            Step.Of<PackingRung>(data, space, rows),
            new("the library, 1 thread", MultiplyHere, MultiplyHere, data.Shape.Flops),
            new($"the library, {threads} threads", MultiplyTogether, MultiplyTogether, data.Shape.Flops, threads),
        ];

        MultiplyHere();
        float[] bits = [.. data.Product];
        bool[] sameBits = [.. plain.Concat(fast).Select(step => IsExact(step, data, bits))];
        Timing[] timings =
        [
            .. Interleaved.Run(PlainSeconds, [.. plain.Select(step => Interleaved.Once(step.Timed))]),
            .. Interleaved.Run(FastSeconds, [.. fast.Select(step => Interleaved.Once(step.Timed))]),
        ];

        double below = 0;
        foreach ((Step step, Timing timing, bool same) in plain.Concat(fast).Zip(timings, sameBits))
        {
            double speed = step.Flops / timing.Best / 1e9;
            string gain = below == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"×{speed / below:F2}");
            Write($"{step.Name,-36} {speed,8:F1} {gain,6} {speed / (step.Threads == 1 ? onePeak : allPeak),8:P1}  {(same ? "as the library's" : "rounded twice a step")}");
            below = speed;
        }

        void MultiplyHere() => Matrix.Multiply(data.LeftView, data.RightView, data.ProductView);

        void MultiplyTogether() => engine.Multiply(data.LeftView, data.RightView, data.ProductView);
    }

    /// <summary>Runs a step, throws where it is wrong, and says whether it is right to the bit.</summary>
    private static bool IsExact(Step step, ProductData data, float[] bits)
    {
        data.Product.AsSpan().Fill(float.NaN);
        step.Multiply();
        bool same = data.Product.AsSpan().SequenceEqual(bits);
        data.Check(step.Name);
        return same;
    }

    private static int LaneCount() => SimdWidths.Best switch { SimdWidth.Bits512 => 16, SimdWidth.Bits256 => 8, SimdWidth.Bits128 => 4, _ => 1 };

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
