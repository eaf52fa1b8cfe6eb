using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

public abstract partial class Activation
{
    /// <summary><c>f(x) = x·Φ(x)</c> with the standard normal distribution's Φ (Hendrycks and Gimpel 2016), computed exactly.</summary>
    public static Activation Gelu { get; } = new BuiltInActivation<GeluFunction>();
}

/// <summary><c>f(x) = x·Φ(x)</c>, <c>f' = Φ(x) + x·φ(x)</c> with the standard normal distribution's Φ and φ.</summary>
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
