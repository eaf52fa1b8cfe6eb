using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// <c>f(x) = scale·x where x > 0, else scale·alpha·(eˣ − 1)</c>; <c>f' = scale where y > 0, else y + scale·alpha</c>. With scale 1 it is
/// ELU, with the two numbers of <see cref="SeluFunction"/> SELU.
/// </summary>
internal readonly struct EluFunction(float alpha, float scale) : IActivationFunction, IActivationPart<EluFunction>
{
    public static string Kind => "elu";

    public static Initializer DefaultInitializer => Initializer.HeNormal;

    public static bool DerivativeNeedsInput => false;

    public static EluFunction Create(Settings settings) => new(Guard.NonNegative(settings.Get<float>("alpha"), "alpha"), 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd negative = TSimd.Broadcast(scale * alpha) * (TSimd.Exp(x) - TSimd.Broadcast(1));
        // Rounding can lift the exponential above 1; the derivative tells the sides apart by the sign.
        negative = TSimd.SelectLess(TSimd.Zero, negative, TSimd.Zero, negative);
        return TSimd.SelectLess(TSimd.Zero, x, TSimd.Broadcast(scale) * x, negative);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd> =>
        gradient * TSimd.SelectLess(TSimd.Zero, argument, TSimd.Broadcast(scale), argument + TSimd.Broadcast(scale * alpha));
}

/// <summary>ELU with the α and scale that keep mean and variance.</summary>
internal readonly struct SeluFunction : IActivationFunction, IActivationPart<SeluFunction>
{
    public static string Kind => "selu";

    public static Initializer DefaultInitializer => Initializer.LeCunNormal;

    public static bool DerivativeNeedsInput => false;

    private static EluFunction Elu => new(1.6732632423543772f, 1.0507009873554805f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => Elu.Apply(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd> => Elu.Differentiate(argument, gradient);
}
