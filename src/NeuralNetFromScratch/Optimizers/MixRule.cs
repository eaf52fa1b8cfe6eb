using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>Running statistics: <c>r ← (1 − share)·r + share·g</c>, where the batch's statistic g stands for the gradient.</summary>
internal readonly struct MixRule(float share) : IUpdateRule
{
    public static int SlotCount => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1)
        where TSimd : struct, ISimd<TSimd> =>
        value = TSimd.MultiplyAdd(TSimd.Broadcast(share), gradient, TSimd.Broadcast(1 - share) * value);
}
