namespace NeuralNetFromScratch.Kernels;

/// <summary>
/// A block of A or B as the micro-kernel reads it: panel by panel, packed or where it lies. Where it lies, only a last panel that
/// is narrower than a tile is packed, since the kernel reads whole tiles.
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

    public static Panels Of(
        float* source, int lanes, nint laneStride, int depth, nint stepStride, int width, bool pack, float* space)
    {
        int firstPacked = pack ? 0 : lanes - lanes % width;
        Packing.Pack(source + firstPacked * laneStride, lanes - firstPacked, laneStride, depth, stepStride, width, space);
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
