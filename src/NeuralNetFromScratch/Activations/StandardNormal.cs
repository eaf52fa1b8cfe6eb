using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>The standard normal distribution.</summary>
internal static class StandardNormal
{
    /// <summary>
    /// <c>Φ(x) = (1 + erf(x/√2)) / 2</c>. With z = |x|/√2: up to z = 1 a polynomial for erf(z)/z in z², further out one for
    /// <c>exp(z²)·erfc(z)</c> in 2/(2 + z), so that the tail keeps its relative precision. Both are Chebyshev fits of the
    /// functions' values in double precision; their error is below 4e-7, relative.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Cumulative<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd half = TSimd.Broadcast(0.5f), one = TSimd.Broadcast(1), two = TSimd.Broadcast(2);
        TSimd argument = x * TSimd.Broadcast(0.707106781f), z = TSimd.Abs(argument), square = argument * argument;
        TSimd near = TSimd.Broadcast(-9.67359095e-06f);
        near = TSimd.MultiplyAdd(near, square, TSimd.Broadcast(0.000112682539f));
        near = TSimd.MultiplyAdd(near, square, TSimd.Broadcast(-0.000848439656f));
        near = TSimd.MultiplyAdd(near, square, TSimd.Broadcast(0.00522105341f));
        near = TSimd.MultiplyAdd(near, square, TSimd.Broadcast(-0.0268654383f));
        near = TSimd.MultiplyAdd(near, square, TSimd.Broadcast(0.112837826f));
        near = TSimd.MultiplyAdd(near, square, TSimd.Broadcast(-0.376126385f));
        near = TSimd.MultiplyAdd(near, square, TSimd.Broadcast(1.12837917f));
        near = TSimd.MultiplyAdd(half * argument, near, half);

        TSimd t = two / (two + z);
        TSimd far = TSimd.Broadcast(0.0820517611f);
        far = TSimd.MultiplyAdd(far, t, TSimd.Broadcast(-0.350382705f));
        far = TSimd.MultiplyAdd(far, t, TSimd.Broadcast(0.398108854f));
        far = TSimd.MultiplyAdd(far, t, TSimd.Broadcast(0.0198500559f));
        far = TSimd.MultiplyAdd(far, t, TSimd.Broadcast(0.293306561f));
        far = TSimd.MultiplyAdd(far, t, TSimd.Broadcast(0.273893794f));
        far = TSimd.MultiplyAdd(far, t, TSimd.Broadcast(0.28288635f));
        far = TSimd.MultiplyAdd(far, t, TSimd.Broadcast(-3.20874925e-05f));
        TSimd tail = half * far * TSimd.Exp(TSimd.Zero - square);
        return TSimd.SelectLess(z, one, near, TSimd.SelectLess(x, TSimd.Zero, tail, one - tail));
    }

    /// <summary><c>φ(x) = exp(−x²/2) / √(2π)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Density<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> =>
        TSimd.Broadcast(0.398942280f) * TSimd.Exp(TSimd.Broadcast(-0.5f) * x * x);
}
