using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary><c>v ← αv + (1−α)g²</c>; <c>w ← w − η · g / (√v + ε)</c>.</summary>
/// <param name="learningRate">η.</param>
/// <param name="decay">α.</param>
/// <param name="epsilon">ε.</param>
internal readonly struct RmsPropRule(float learningRate, float decay, float epsilon) : IUpdateRule
{
    public static int SlotCount => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1)
        where TSimd : struct, ISimd<TSimd>
    {
        slot0 = TSimd.MultiplyAdd(TSimd.Broadcast(decay), slot0, TSimd.Broadcast(1 - decay) * gradient * gradient);
        value = value - TSimd.Broadcast(learningRate) * gradient / (TSimd.Sqrt(slot0) + TSimd.Broadcast(epsilon));
    }
}
