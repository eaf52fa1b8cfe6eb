using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary><c>w ← w − α·g</c>.</summary>
internal readonly struct SgdRule(float learningRate) : IUpdateRule
{
    public static int SlotCount => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1)
        where TSimd : struct, ISimd<TSimd> => value = TSimd.MultiplyAdd(TSimd.Broadcast(-learningRate), gradient, value);
}
