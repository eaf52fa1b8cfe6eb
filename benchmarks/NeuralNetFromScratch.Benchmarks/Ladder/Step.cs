using System.Runtime.InteropServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Ladder;

/// <summary>A line of the ladder's table.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Multiply">Does it.</param>
/// <param name="Timed">What is timed of it: all, or for the slow ones the first rows of C, each of which costs the same.</param>
/// <param name="Flops">Multiplications and additions in what is timed.</param>
/// <param name="Threads">On how many threads.</param>
internal sealed record Step(string Name, Action Multiply, Action Timed, double Flops, int Threads = 1)
{
    /// <summary>A rung, at the widest registers.</summary>
    /// <param name="data">The factors and the product, in pinned arrays.</param>
    /// <param name="space">The rung's memory, a pinned array.</param>
    /// <param name="timedRows">How many rows of C are timed.</param>
    public static unsafe Step Of<TRung>(ProductData data, float[] space, int timedRows)
        where TRung : IRung
    {
        ProductShape shape = data.Shape;
        GemmOperands product = new()
        {
            Rows = shape.Rows,
            Columns = shape.Columns,
            Depth = shape.Depth,
            A = Address(data.Left),
            ARow = shape.Depth,
            AColumn = 1,
            B = Address(data.Right),
            BRow = shape.Columns,
            BColumn = 1,
            C = Address(data.Product),
            CRow = shape.Columns,
            CColumn = 1,
        };
        var whole = new RungKernel<TRung>(product, Address(space));
        var timed = new RungKernel<TRung>(product with { Rows = timedRows }, Address(space));
        return new(
            TRung.Name,
            () => SimdDispatch.Run(SimdWidths.Best, ref whole),
            () => SimdDispatch.Run(SimdWidths.Best, ref timed),
            shape.Flops / shape.Rows * timedRows);
    }

    private static unsafe float* Address(float[] pinned) => (float*)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
}
