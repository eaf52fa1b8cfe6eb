using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// What comes between the gradients and the optimizer's rule: <c>g ← clamp(scale·g, ±clip) + l2·w + l1·sign(w)</c>,
/// <c>w ← shrink·w</c>.
/// </summary>
internal unsafe struct PrepareGradientKernel : ISimdKernel
{
    public float* Values, Gradients;
    public int Length;
    public float Scale, Clip, L2, L1, Shrink;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TSimd>()
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd scale = TSimd.Broadcast(Scale), clip = TSimd.Broadcast(Clip), l2 = TSimd.Broadcast(L2), l1 = TSimd.Broadcast(L1);
        TSimd shrink = TSimd.Broadcast(Shrink), negativeClip = TSimd.Zero - clip, negativeL1 = TSimd.Zero - l1;
        for (int i = 0; i < Length; i += TSimd.Width)
        {
            TSimd value = PartialVector.Load<TSimd>(Values + i, Length - i);
            TSimd gradient = scale * PartialVector.Load<TSimd>(Gradients + i, Length - i);
            gradient = TSimd.SelectLess(clip, gradient, clip, TSimd.SelectLess(gradient, negativeClip, negativeClip, gradient));
            gradient = TSimd.MultiplyAdd(l2, value, gradient);
            gradient += TSimd.SelectLess(TSimd.Zero, value, l1, TSimd.SelectLess(value, TSimd.Zero, negativeL1, TSimd.Zero));
            PartialVector.Store(gradient, Gradients + i, Length - i);
            PartialVector.Store(shrink * value, Values + i, Length - i);
        }
    }
}
