using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// What comes between the gradients and the optimizer's rule: <c>g ← clamp(scale·g, ±clip) + l2·w + l1·sign(w)</c>,
/// <c>w ← shrink·w</c>. The gradient is also the slot, where its new value goes.
/// </summary>
internal readonly struct PenaltyRule(float scale, float clip, float l2, float l1, float shrink) : IUpdateRule
{
    public static int SlotCount => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd most = TSimd.Broadcast(clip), least = TSimd.Zero - most, sign = TSimd.Broadcast(l1);
        slot0 = TSimd.Broadcast(scale) * gradient;
        slot0 = TSimd.SelectLess(most, slot0, most, TSimd.SelectLess(slot0, least, least, slot0));
        slot0 = TSimd.MultiplyAdd(TSimd.Broadcast(l2), value, slot0);
        slot0 += TSimd.SelectLess(TSimd.Zero, value, sign, TSimd.SelectLess(value, TSimd.Zero, TSimd.Zero - sign, TSimd.Zero));
        value = TSimd.Broadcast(shrink) * value;
    }
}

/// <summary>An exponential moving average: <c>a ← a + share·(x − a)</c>, where the average stands for the value and x for the gradient.</summary>
internal readonly struct AverageRule(float share) : IUpdateRule
{
    public static int SlotCount => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1)
        where TSimd : struct, ISimd<TSimd> => value = TSimd.MultiplyAdd(TSimd.Broadcast(share), gradient - value, value);
}

/// <summary>Running statistics: <c>r ← (1 − share)·r + share·g</c>, where the batch's statistic g stands for the gradient.</summary>
internal readonly struct MixRule(float share) : IUpdateRule
{
    public static int SlotCount => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1)
        where TSimd : struct, ISimd<TSimd> =>
        value = TSimd.MultiplyAdd(TSimd.Broadcast(share), gradient, TSimd.Broadcast(1 - share) * value);
}
