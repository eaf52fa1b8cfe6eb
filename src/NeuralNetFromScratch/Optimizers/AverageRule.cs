using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>An exponential moving average: <c>a ← a + share·(x − a)</c>, where the average stands for the value and x for the gradient.</summary>
internal readonly struct AverageRule(float share) : IUpdateRule
{
    public static int SlotCount => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1)
        where TSimd : struct, ISimd<TSimd> => value = TSimd.MultiplyAdd(TSimd.Broadcast(share), gradient - value, value);
}
