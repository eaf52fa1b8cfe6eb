using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary><c>yⱼ = scale · exp(xⱼ − max x) / Σₖ exp(xₖ − max x)</c> over one row; x and y may be the same memory.</summary>
internal unsafe struct SoftmaxRowKernel(float* x, float* y, int length, float scale) : ISimdKernel
{
    /// <summary><c>max x</c>.</summary>
    public float Maximum { get; private set; }

    /// <summary><c>log Σₖ exp(xₖ − max x)</c>. Adding the maximum back would lose digits where it is large.</summary>
    public double ShiftedLogSum { get; private set; }

    [MethodImpl(HotPath.CompileOnce)]
    public void Run<TSimd>()
        where TSimd : struct, ISimd<TSimd>
    {
        float maximum = float.NegativeInfinity;
        for (int i = 0; i < length; i++)
            maximum = float.MaxNative(x[i], maximum);

        // A row of nothing but −∞ or NaN gives NaN, as does one with +∞.
        TSimd shift = TSimd.Broadcast(maximum);
        for (int i = 0; i < length; i += TSimd.Width)
            PartialVector.Store(TSimd.Exp(PartialVector.Load<TSimd>(x + i, length - i) - shift), y + i, length - i);
        double sum = 0;
        for (int i = 0; i < length; i++)
            sum += y[i];

        TSimd factor = TSimd.Broadcast((float)(scale / sum));
        for (int i = 0; i < length; i += TSimd.Width)
            PartialVector.Store(factor * PartialVector.Load<TSimd>(y + i, length - i), y + i, length - i);
        Maximum = maximum;
        ShiftedLogSum = Math.Log(sum);
    }
}
