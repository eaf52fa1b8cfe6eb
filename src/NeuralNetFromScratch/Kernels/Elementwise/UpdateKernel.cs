using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Kernels;

/// <summary>An optimizer's rule over a rectangle of the parameters.</summary>
internal readonly unsafe struct UpdateKernel<TRule> : ISimdKernel
    where TRule : struct, IUpdateRule
{
    private readonly TRule _rule;
    private readonly float* _values, _gradients, _slot0, _slot1;
    private readonly int _rows, _columns, _rowStride;

    private UpdateKernel(TRule rule, in UpdateRegion region, float* values, float* gradients, float* slots)
    {
        _rule = rule;
        _values = values + region.Start;
        _gradients = gradients + region.Start;
        _slot0 = slots + region.Start;
        _slot1 = slots + region.SlotStride + region.Start;
        _rows = region.Rows;
        _columns = region.Columns;
        _rowStride = region.RowStride;
    }

    public static void Run(TRule rule, in UpdateRegion region)
    {
        fixed (float* values = region.Values, gradients = region.Gradients, slots = region.Slots)
        {
            var kernel = new UpdateKernel<TRule>(rule, region, values, gradients, slots);
            SimdDispatch.Run(SimdWidths.Best, ref kernel);
        }
    }

    public void Run<TSimd>()
        where TSimd : struct, ISimd<TSimd>
    {
        for (nint row = 0; row < _rows; row++)
        {
            nint start = row * _rowStride;
            Run<TSimd>(_rule, _values + start, _gradients + start, _slot0 + start, _slot1 + start, _columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Run<TSimd>(TRule rule, float* values, float* gradients, float* slot0, float* slot1, int length)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int i = 0; i < length; i += TSimd.Width)
        {
            int available = length - i;
            TSimd value = Lanes.Load<TSimd>(values + i, available);
            TSimd first = TRule.SlotCount > 0 ? Lanes.Load<TSimd>(slot0 + i, available) : TSimd.Zero;
            TSimd second = TRule.SlotCount > 1 ? Lanes.Load<TSimd>(slot1 + i, available) : TSimd.Zero;
            rule.Update(ref value, Lanes.Load<TSimd>(gradients + i, available), ref first, ref second);
            Lanes.Store(value, values + i, available);
            if (TRule.SlotCount > 0)
                Lanes.Store(first, slot0 + i, available);
            if (TRule.SlotCount > 1)
                Lanes.Store(second, slot1 + i, available);
        }
    }
}
