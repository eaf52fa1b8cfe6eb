using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace NeuralNetFromScratch.Compute;

/// <summary>The memory of one worker's packed blocks of A and B. It grows to the largest product it has seen.</summary>
internal sealed unsafe class PackSpace
{
    private float[] _values = [];

    /// <summary>Returns memory for a number of floats, aligned to a cache line; its former contents are lost. Null for 0.</summary>
    public float* Reserve(int length)
    {
        if (length == 0)
            return null;
        if (_values.Length < length + AlignedMemory.Alignment)
            _values = AlignedMemory.Allocate(length);
        return AlignedMemory.Align(_values);
    }
}

/// <summary>
/// Copies blocks to the order in which the micro-kernel reads them: panels with the width of a tile, step of k by step of k. The last panel is
/// padded with zeros. Adjacent lanes are copied a register at a time; lanes with adjacent steps are transposed in squares of four.
/// </summary>
internal static unsafe class Packing<TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    private const int Square = 4;

    /// <param name="source">The block's first element.</param>
    /// <param name="lanes">Rows of a block of A, or columns of a block of B.</param>
    /// <param name="laneStride">Distance between lanes.</param>
    /// <param name="depth">Steps of k.</param>
    /// <param name="stepStride">Distance between steps.</param>
    /// <param name="width">Lanes of a panel.</param>
    /// <param name="destination">Room for whole panels: element (lane, k) of a panel goes to <c>k·width + lane</c>.</param>
    public static void Pack(float* source, int lanes, nint laneStride, int depth, nint stepStride, int width, float* destination)
    {
        if (laneStride == 1 && width % TSimd.Width == 0)
        {
            int whole = 0;
            for (int panels; (panels = Math.Min(Tuning.PanelsPackedTogether, (lanes - whole) / width)) > 0; whole += panels * width)
                CopyPanels(source + whole, panels, depth, stepStride, width, destination + (nint)whole * depth);
            if (whole < lanes)
                CopyPartialPanel(source + whole, lanes - whole, depth, stepStride, width, destination + (nint)whole * depth);
            return;
        }

        for (int start = 0; start < lanes; start += width)
        {
            int filled = Math.Min(width, lanes - start);
            float* panel = source + start * laneStride;
            float* to = destination + (nint)start * depth;
            if (filled < width)
                new Span<float>(to, width * depth).Clear();
            CopyLanes(panel, filled, laneStride, depth, stepStride, width, to);
        }
    }

    /// <summary>Copies a block so that its lanes are adjacent: element (lane, k) is stored at <c>k·width + lane</c>.</summary>
    public static void CopyLanes(float* source, int lanes, nint laneStride, int depth, nint stepStride, nint width, float* destination)
    {
        int done = stepStride == 1 ? TransposeSquares(source, lanes, laneStride, depth, width, destination) : 0;
        if (done < lanes)
            CopyElements(source + done * laneStride, lanes - done, laneStride, depth, stepStride, width, destination + done);
    }

    /// <summary>Copies whole panels side by side, so that the source is read along its rows.</summary>
    [MethodImpl(HotPath.CompileOnce | MethodImplOptions.NoInlining)]
    private static void CopyPanels(float* source, int panels, int depth, nint stepStride, int width, float* destination)
    {
        nint panelLength = (nint)width * depth;
        for (int step = 0; step < depth; step++)
        {
            float* from = source;
            float* to = destination;
            for (int panel = 0; panel < panels; panel++)
            {
                for (int lane = 0; lane < width; lane += TSimd.Width)
                    TSimd.Store(TSimd.Load(from + lane), to + lane);
                from += width;
                to += panelLength;
            }

            source += stepStride;
            destination += width;
        }
    }

    /// <summary>Copies a panel with fewer lanes than its width; the others are set to zero.</summary>
    [MethodImpl(HotPath.CompileOnce | MethodImplOptions.NoInlining)]
    private static void CopyPartialPanel(float* source, int filled, int depth, nint stepStride, int width, float* destination)
    {
        for (int step = 0; step < depth; step++)
        {
            for (int lane = 0; lane < width; lane += TSimd.Width)
                TSimd.Store(lane < filled ? PartialVector.Load<TSimd>(source + lane, filled - lane) : TSimd.Zero, destination + lane);
            source += stepStride;
            destination += width;
        }
    }

    /// <summary>Copies all lanes if they fill a square, and returns their number. The last square overlaps the one before it if necessary.</summary>
    [MethodImpl(HotPath.CompileOnce | MethodImplOptions.NoInlining)]
    private static int TransposeSquares(float* source, int filled, nint laneStride, int depth, nint width, float* destination)
    {
        if (filled < Square)
            return 0;
        int squareSteps = depth - depth % Square;
        for (int start = 0; start < filled; start += Square)
        {
            int lane = Math.Min(start, filled - Square);
            float* row0 = source + lane * laneStride, row1 = row0 + laneStride, row2 = row1 + laneStride, row3 = row2 + laneStride;
            float* to = destination + lane;
            int step = 0;
            for (; step < squareSteps; step += Square, to += Square * width)
            {
                // Pairs of rows are interleaved, then pairs of pairs.
                Vector128<float> a = Vector128.Load(row0 + step), b = Vector128.Load(row1 + step);
                Vector128<float> c = Vector128.Load(row2 + step), d = Vector128.Load(row3 + step);
                (Vector128<float> acLow, Vector128<float> acHigh) = Interleave(a, c);
                (Vector128<float> bdLow, Vector128<float> bdHigh) = Interleave(b, d);
                (Vector128<float> step0, Vector128<float> step1) = Interleave(acLow, bdLow);
                (Vector128<float> step2, Vector128<float> step3) = Interleave(acHigh, bdHigh);
                step0.Store(to);
                step1.Store(to + width);
                step2.Store(to + 2 * width);
                step3.Store(to + 3 * width);
            }

            for (; step < depth; step++, to += width)
                (to[0], to[1], to[2], to[3]) = (row0[step], row1[step], row2[step], row3[step]);
        }

        return filled;
    }

    /// <summary>(x0, y0, x1, y1) and (x2, y2, x3, y3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Low, Vector128<float> High) Interleave(Vector128<float> x, Vector128<float> y)
    {
        if (Sse.IsSupported)
            return (Sse.UnpackLow(x, y), Sse.UnpackHigh(x, y));
        if (AdvSimd.Arm64.IsSupported)
            return (AdvSimd.Arm64.ZipLow(x, y), AdvSimd.Arm64.ZipHigh(x, y));
        return (Vector128.Create(x[0], y[0], x[1], y[1]), Vector128.Create(x[2], y[2], x[3], y[3]));
    }

    [MethodImpl(HotPath.CompileOnce | MethodImplOptions.NoInlining)]
    private static void CopyElements(
        float* source, int filled, nint laneStride, int depth, nint stepStride, nint width, float* destination)
    {
        for (int step = 0; step < depth; step++)
        {
            for (int lane = 0; lane < filled; lane++)
                destination[lane] = source[lane * laneStride];
            source += stepStride;
            destination += width;
        }
    }
}

/// <summary>A block of A as the micro-kernel reads it, panel by panel.</summary>
internal interface IPanels
{
    /// <summary>Sets the panel that starts at a lane in a call of the micro-kernel.</summary>
    void Locate(int lane, ref Tile tile);
}

/// <summary>The source of panels: a matrix in memory, or values that are computed while they are copied.</summary>
internal unsafe interface IPanelSource
{
    /// <param name="lanes">Rows of A, or columns of B.</param>
    /// <param name="steps">Steps of k.</param>
    /// <param name="width">Lanes of a panel.</param>
    /// <param name="lastRead">How many lanes the kernel reads of the last panel, which may have fewer.</param>
    /// <param name="pack">Whether all panels are packed.</param>
    /// <param name="space">Where packed panels go.</param>
    Panels Read<TSimd>(Section lanes, Section steps, int width, int lastRead, bool pack, float* space)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>A matrix of any strides.</summary>
internal readonly unsafe struct StridedSource(float* values, nint laneStride, nint stepStride) : IPanelSource
{
    public Panels Read<TSimd>(Section lanes, Section steps, int width, int lastRead, bool pack, float* space)
        where TSimd : struct, ISimd<TSimd> =>
        Panels.Of<TSimd>(
            values + lanes.Start * laneStride + steps.Start * stepStride, lanes.Count, laneStride, steps.Count, stepStride, width, lastRead, pack, space);
}

/// <summary>
/// A block of A or B as the micro-kernel reads it: panel by panel, packed or in place. In place, only a last panel with fewer lanes than the
/// kernel reads is packed.
/// </summary>
internal readonly unsafe struct Panels : IPanels
{
    private readonly float* _source;
    private readonly nint _laneStride, _stepStride;
    private readonly int _width, _depth;

    /// <summary>The first packed lane: 0, that of the last panel, or none.</summary>
    private readonly int _firstPacked;
    private readonly float* _packed;

    private Panels(float* source, nint laneStride, nint stepStride, int width, int depth, int firstPacked, float* packed)
    {
        _source = source;
        _laneStride = laneStride;
        _stepStride = stepStride;
        _width = width;
        _depth = depth;
        _firstPacked = firstPacked;
        _packed = packed;
    }

    /// <param name="source">The block's first element.</param>
    /// <param name="lanes">Rows of a block of A, or columns of a block of B.</param>
    /// <param name="laneStride">Distance between lanes.</param>
    /// <param name="depth">Steps of k.</param>
    /// <param name="stepStride">Distance between steps.</param>
    /// <param name="width">Lanes of a panel.</param>
    /// <param name="lastRead">How many lanes the kernel reads of the last panel, which may have fewer.</param>
    /// <param name="pack">Whether all panels are packed.</param>
    /// <param name="space">Where packed panels go.</param>
    public static Panels Of<TSimd>(
        float* source, int lanes, nint laneStride, int depth, nint stepStride, int width, int lastRead, bool pack, float* space)
        where TSimd : struct, ISimd<TSimd>
    {
        int last = (lanes - 1) % width + 1;
        int firstPacked = pack ? 0 : last == lastRead ? lanes : lanes - last;
        Packing<TSimd>.Pack(source + firstPacked * laneStride, lanes - firstPacked, laneStride, depth, stepStride, width, space);
        return new(source, laneStride, stepStride, width, depth, firstPacked, space);
    }

    /// <summary>Creates panels that are already packed.</summary>
    /// <param name="packed">The first.</param>
    /// <param name="width">Lanes of a panel.</param>
    /// <param name="depth">Steps of k.</param>
    /// <param name="firstStep">The step to begin with.</param>
    public static Panels Packed(float* packed, int width, int depth, int firstStep = 0)
    {
        packed += (nint)firstStep * width;
        return new(packed, 1, width, width, depth, 0, packed);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Locate(int lane, ref Tile tile) => Locate(lane, out tile.A, out tile.ARow, out tile.AStep);

    /// <summary>Returns the panel that starts at a lane, with its distances between lanes and between steps of k.</summary>
    public void Locate(int lane, out float* panel, out nint laneStride, out nint stepStride)
    {
        bool packed = lane >= _firstPacked;
        panel = packed ? _packed + (nint)(lane - _firstPacked) * _depth : _source + lane * _laneStride;
        laneStride = packed ? 1 : _laneStride;
        stepStride = packed ? _width : _stepStride;
    }
}
