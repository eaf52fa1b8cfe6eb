using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary><c>v ← μ·v + κ·g</c>; <c>w ← w − α·v</c>, or with Nesterov's look-ahead <c>w ← w − α·(g + μ·v)</c>.</summary>
/// <param name="learningRate">α.</param>
/// <param name="momentum">μ.</param>
/// <param name="gradientShare">κ: 1 less the dampening.</param>
/// <param name="nesterov">Whether to look ahead.</param>
internal readonly struct MomentumRule(float learningRate, float momentum, float gradientShare, bool nesterov) : IUpdateRule
{
    public static int SlotCount => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd friction = TSimd.Broadcast(momentum);
        slot0 = TSimd.MultiplyAdd(friction, slot0, TSimd.Broadcast(gradientShare) * gradient);
        TSimd direction = nesterov ? TSimd.MultiplyAdd(friction, slot0, gradient) : slot0;
        value = TSimd.MultiplyAdd(TSimd.Broadcast(-learningRate), direction, value);
    }
}
