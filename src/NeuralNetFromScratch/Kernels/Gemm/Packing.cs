namespace NeuralNetFromScratch.Kernels;

/// <summary>
/// Copies blocks into the order in which the micro-kernel reads them: panels as wide as a tile, step of k by step of k. The
/// last panel is filled up with zeros.
/// </summary>
internal static unsafe class Packing
{
    /// <param name="source">The block's first element.</param>
    /// <param name="lanes">Rows of a block of A, or columns of a block of B.</param>
    /// <param name="laneStride">Distance between lanes.</param>
    /// <param name="depth">Steps of k.</param>
    /// <param name="stepStride">Distance between steps.</param>
    /// <param name="width">Lanes of a panel.</param>
    /// <param name="destination">Room for whole panels: element (lane, k) of a panel goes to <c>k·width + lane</c>.</param>
    public static void Pack(float* source, int lanes, nint laneStride, int depth, nint stepStride, int width, float* destination)
    {
        for (int start = 0; start < lanes; start += width)
        {
            int filled = Math.Min(width, lanes - start);
            float* panel = source + start * laneStride;
            if (laneStride == 1)
                CopySteps(panel, filled, depth, stepStride, width, destination);
            else
                Transpose(panel, filled, laneStride, depth, stepStride, width, destination);
            destination += (nint)width * depth;
        }
    }

    private static void CopySteps(float* source, int filled, int depth, nint stepStride, int width, float* destination)
    {
        for (int step = 0; step < depth; step++)
        {
            var from = new ReadOnlySpan<float>(source + step * stepStride, filled);
            var to = new Span<float>(destination + (nint)step * width, width);
            from.CopyTo(to);
            to[filled..].Clear();
        }
    }

    private static void Transpose(
        float* source, int filled, nint laneStride, int depth, nint stepStride, int width, float* destination)
    {
        for (int lane = 0; lane < width; lane++)
        {
            float* from = source + lane * laneStride;
            float* to = destination + lane;
            for (int step = 0; step < depth; step++)
                to[(nint)step * width] = lane < filled ? from[step * stepStride] : 0;
        }
    }
}
