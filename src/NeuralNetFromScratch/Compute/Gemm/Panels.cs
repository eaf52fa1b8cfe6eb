namespace NeuralNetFromScratch.Compute;

/// <summary>What panels are made of: a matrix in memory, or values that are put together while they are copied.</summary>
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
/// A block of A or B as the micro-kernel reads it: panel by panel, packed or where it lies. Where it lies, only a last panel that
/// has fewer lanes than the kernel reads is packed.
/// </summary>
internal readonly unsafe struct Panels
{
    private readonly float* _source;
    private readonly nint _laneStride, _stepStride;
    private readonly int _width, _depth;

    /// <summary>The first lane that is packed: 0, or that of the last panel, or none.</summary>
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

    /// <summary>The panel that starts at a lane, with its distances between lanes and between steps of k.</summary>
    public void Locate(int lane, out float* panel, out nint laneStride, out nint stepStride)
    {
        bool packed = lane >= _firstPacked;
        panel = packed ? _packed + (nint)(lane - _firstPacked) * _depth : _source + lane * _laneStride;
        laneStride = packed ? 1 : _laneStride;
        stepStride = packed ? _width : _stepStride;
    }
}
