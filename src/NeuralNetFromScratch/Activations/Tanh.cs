using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

public abstract partial class Activation
{
    /// <summary>The hyperbolic tangent <c>f(x) = tanh x</c>.</summary>
    public static Activation Tanh { get; } = new BuiltInActivation<TanhFunction>();
}

/// <summary>
/// <c>f(x) = tanh x</c>, <c>f' = 1 − y²</c>. Near 0 it is an odd polynomial with the coefficients of Cephes (S. L. Moshier, tanhf.c); elsewhere
/// it is <c>1 − 2 / (e²ˣ + 1)</c>, which would lose digits near 0.
/// </summary>
internal readonly struct TanhFunction : IBuiltInFunction<TanhFunction>
{
    private const float PolynomialLimit = 0.625f;

    public static string Kind => "tanh";

    public static Initializer DefaultInitializer => Initializer.GlorotUniform;

    public static bool DerivativeNeedsInput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd square = x * x;
        TSimd polynomial = TSimd.Broadcast(-5.70498872745e-3f);
        polynomial = TSimd.MultiplyAdd(polynomial, square, TSimd.Broadcast(2.06390887954e-2f));
        polynomial = TSimd.MultiplyAdd(polynomial, square, TSimd.Broadcast(-5.37397155531e-2f));
        polynomial = TSimd.MultiplyAdd(polynomial, square, TSimd.Broadcast(1.33314422036e-1f));
        polynomial = TSimd.MultiplyAdd(polynomial, square, TSimd.Broadcast(-3.33332819422e-1f));
        TSimd near = TSimd.MultiplyAdd(polynomial * square, x, x);

        TSimd one = TSimd.Broadcast(1);
        TSimd far = one - TSimd.Broadcast(2) / (TSimd.Exp(x + x) + one);
        return TSimd.SelectLess(TSimd.Abs(x), TSimd.Broadcast(PolynomialLimit), near, far);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd> => gradient * (TSimd.Broadcast(1) - argument * argument);
}
