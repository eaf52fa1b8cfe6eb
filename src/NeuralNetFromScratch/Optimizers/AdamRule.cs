using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// <c>m ← β₁m + (1−β₁)g</c>; <c>v ← β₂v + (1−β₂)g²</c>; <c>w ← w − stepSize · m / (√v · rootScale + ε)</c>.
/// </summary>
/// <param name="beta1">β₁.</param>
/// <param name="beta2">β₂.</param>
/// <param name="stepSize">α / (1 − β₁ᵗ).</param>
/// <param name="rootScale">1 / √(1 − β₂ᵗ).</param>
/// <param name="epsilon">ε.</param>
internal readonly struct AdamRule(float beta1, float beta2, float stepSize, float rootScale, float epsilon) : IUpdateRule
{
    public static int SlotCount => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1)
        where TSimd : struct, ISimd<TSimd>
    {
        slot0 = TSimd.MultiplyAdd(TSimd.Broadcast(beta1), slot0, TSimd.Broadcast(1 - beta1) * gradient);
        slot1 = TSimd.MultiplyAdd(TSimd.Broadcast(beta2), slot1, TSimd.Broadcast(1 - beta2) * gradient * gradient);
        TSimd denominator = TSimd.MultiplyAdd(TSimd.Sqrt(slot1), TSimd.Broadcast(rootScale), TSimd.Broadcast(epsilon));
        value = value - TSimd.Broadcast(stepSize) * slot0 / denominator;
    }
}
