using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

public abstract partial class Activation
{
    /// <summary>
    /// The Gaussian error linear unit <c>f(x) = x·Φ(x)</c> with the standard normal distribution function Φ (Hendrycks and Gimpel 2016), computed
    /// exactly.
    /// </summary>
    public static Activation Gelu { get; } = new BuiltInActivation<GeluFunction>();
}

/// <summary><c>f(x) = x·Φ(x)</c>, <c>f' = Φ(x) + x·φ(x)</c> with the standard normal distribution function Φ and density φ.</summary>
internal readonly struct GeluFunction : IBuiltInFunction<GeluFunction>
{
    public static string Kind => "gelu";

    public static Initializer DefaultInitializer => Initializer.HeNormal;

    public static bool DerivativeNeedsInput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        // Far below 0 the product is 0, and −∞·0 must not become NaN.
        TSimd limit = TSimd.Broadcast(-30);
        TSimd bounded = TSimd.SelectLess(x, limit, limit, x);
        return bounded * StandardNormal.Cumulative(bounded);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd> =>
        gradient * TSimd.MultiplyAdd(argument, StandardNormal.Density(argument), StandardNormal.Cumulative(argument));
}

public abstract partial class Activation
{
    /// <summary>The tanh approximation of <see cref="Gelu"/>: <c>f(x) = x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2</c>.</summary>
    public static Activation GeluTanh { get; } = new BuiltInActivation<GeluTanhFunction>();
}

/// <summary>
/// <c>f(x) = x·(1 + tanh u)/2 = x·σ(2u)</c> with <c>u = √(2/π)·(x + 0.044715·x³)</c> and the logistic function σ, which preserves the relative
/// precision far below 0; <c>f' = σ(2u) + x·σ(2u)·σ(−2u)·2u'</c>.
/// </summary>
internal readonly struct GeluTanhFunction : IBuiltInFunction<GeluTanhFunction>
{
    private const float TwoRootTwoOverPi = 1.59576912f, Cubic = 0.044715f;

    public static string Kind => "gelu-tanh";

    public static Initializer DefaultInitializer => Initializer.HeNormal;

    public static bool DerivativeNeedsInput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        // Far below 0 the product is 0, and −∞·0 must not become NaN.
        TSimd limit = TSimd.Broadcast(-30);
        TSimd bounded = TSimd.SelectLess(x, limit, limit, x);
        return bounded * Gate(bounded);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd one = TSimd.Broadcast(1), gate = Gate(argument);
        TSimd slope = TSimd.Broadcast(TwoRootTwoOverPi) * TSimd.MultiplyAdd(TSimd.Broadcast(3 * Cubic) * argument, argument, one);
        return gradient * TSimd.MultiplyAdd(argument * gate * Gate(TSimd.Zero - argument), slope, gate);
    }

    /// <summary>σ(2u).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Gate<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> =>
        default(SigmoidFunction).Apply(
            TSimd.Broadcast(TwoRootTwoOverPi) * x * TSimd.MultiplyAdd(TSimd.Broadcast(Cubic) * x, x, TSimd.Broadcast(1)));
}

/// <summary>The standard normal distribution.</summary>
internal static class StandardNormal
{
    /// <summary>
    /// Computes <c>Φ(x) = (1 + erf(x/√2)) / 2</c>. With z = |x|/√2, up to z = 1 it is a polynomial for erf(z)/z in z²; above it is one for
    /// <c>exp(z²)·erfc(z)</c> in 2/(2 + z), so that the tail has full relative precision. Both are Chebyshev fits of values in double precision;
    /// their relative error is below 4e-7.
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
