using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Kernels;

/// <summary>
/// <c>f(x) = x·(1 + t)/2</c> with <c>t = tanh(u)</c>, <c>u = √(2/π)·(x + 0.044715·x³)</c>;
/// <c>f' = (1 + t)/2 + x·(1 − t²)·u'/2</c>.
/// </summary>
internal readonly struct GeluTanhFunction : IActivationFunction
{
    private const float RootTwoOverPi = 0.797884561f, Cubic = 0.044715f;

    public static bool DerivativeNeedsInput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        // Far below 0 the product is 0, and −∞·0 must not become NaN.
        TSimd limit = TSimd.Broadcast(-30);
        TSimd bounded = TSimd.SelectLess(x, limit, limit, x);
        return TSimd.Broadcast(0.5f) * bounded * (TSimd.Broadcast(1) + Tanh(bounded));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd one = TSimd.Broadcast(1), tanh = Tanh(argument);
        TSimd slope = TSimd.Broadcast(RootTwoOverPi) * TSimd.MultiplyAdd(TSimd.Broadcast(3 * Cubic) * argument, argument, one);
        return TSimd.Broadcast(0.5f) * gradient * TSimd.MultiplyAdd(argument * (one - tanh * tanh), slope, one + tanh);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Tanh<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> =>
        default(TanhFunction).Apply(TSimd.Broadcast(RootTwoOverPi) * x * TSimd.MultiplyAdd(TSimd.Broadcast(Cubic) * x, x, TSimd.Broadcast(1)));
}
