using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>An optimizer's rule over a run of elements.</summary>
internal readonly unsafe struct UpdateKernel<TRule>(TRule rule, float* values, float* gradients, float* slot0, float* slot1, int length)
    : ISimdKernel
    where TRule : struct, IUpdateRule
{
    public static void Run(TRule rule, in UpdateBlock block)
    {
        fixed (float* values = block.Values, gradients = block.Gradients)
        fixed (float* slot0 = TRule.SlotCount > 0 ? block.Slot(0) : default, slot1 = TRule.SlotCount > 1 ? block.Slot(1) : default)
        {
            var kernel = new UpdateKernel<TRule>(rule, values, gradients, slot0, slot1, block.Values.Length);
            SimdDispatch.Run(SimdWidths.Best, ref kernel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd>()
        where TSimd : struct, ISimd<TSimd>
    {
        int i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
            Update<TSimd>(i, TSimd.Width);
        if (i < length)
            Update<TSimd>(i, length - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Update<TSimd>(int i, int available)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd value = PartialVector.Load<TSimd>(values + i, available);
        TSimd first = TRule.SlotCount > 0 ? PartialVector.Load<TSimd>(slot0 + i, available) : TSimd.Zero;
        TSimd second = TRule.SlotCount > 1 ? PartialVector.Load<TSimd>(slot1 + i, available) : TSimd.Zero;
        rule.Update(ref value, PartialVector.Load<TSimd>(gradients + i, available), ref first, ref second);
        PartialVector.Store(value, values + i, available);
        if (TRule.SlotCount > 0)
            PartialVector.Store(first, slot0 + i, available);
        if (TRule.SlotCount > 1)
            PartialVector.Store(second, slot1 + i, available);
    }
}
