using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary><c>s ← s + g²</c>; <c>w ← w − η · g / (√s + ε)</c>.</summary>
/// <param name="learningRate">η.</param>
/// <param name="epsilon">ε.</param>
internal readonly struct AdagradRule(float learningRate, float epsilon) : IUpdateRule
{
    public static int SlotCount => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1)
        where TSimd : struct, ISimd<TSimd>
    {
        slot0 = TSimd.MultiplyAdd(gradient, gradient, slot0);
        value = value - TSimd.Broadcast(learningRate) * gradient / (TSimd.Sqrt(slot0) + TSimd.Broadcast(epsilon));
    }
}
