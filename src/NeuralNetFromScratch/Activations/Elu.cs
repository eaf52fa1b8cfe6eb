using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

public abstract partial class Activation
{
    /// <summary>Creates an exponential linear unit: <c>f(x) = x if x > 0, otherwise α·(eˣ − 1)</c> (Clevert et al. 2016).</summary>
    /// <param name="alpha">The scale α of the negative side; not negative. Default: 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is negative or not finite.</exception>
    public static Activation Elu(float alpha = 1) => new BuiltInActivation<EluFunction>(new Setting("alpha", alpha));
}

/// <summary>
/// <c>f(x) = scale·x if x > 0, otherwise scale·alpha·(eˣ − 1)</c>; <c>f' = scale if y > 0, otherwise y + scale·alpha</c>. With scale 1 it is ELU;
/// with the constants of <see cref="SeluFunction"/> it is SELU.
/// </summary>
internal readonly struct EluFunction(float alpha, float scale) : IBuiltInFunction<EluFunction>
{
    public static string Kind => "elu";

    public static Initializer DefaultInitializer => Initializer.HeNormal;

    public static bool DerivativeNeedsInput => false;

    public static EluFunction Create(Settings settings) => new(Guard.NonNegative(settings.Get<float>("alpha"), "alpha"), 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd negative = TSimd.Broadcast(scale * alpha) * ExponentialMinusOne(x);
        // Rounding must not raise the value above 0, because the derivative distinguishes the sides by the sign.
        negative = TSimd.SelectLess(TSimd.Zero, negative, TSimd.Zero, negative);
        return TSimd.SelectLess(TSimd.Zero, x, TSimd.Broadcast(scale) * x, negative);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd> =>
        gradient * TSimd.SelectLess(TSimd.Zero, argument, TSimd.Broadcast(scale), argument + TSimd.Broadcast(scale * alpha));

    /// <summary>
    /// Computes <c>eˣ − 1</c> for x below 0. Above −1/2 the difference would lose digits; Taylor's polynomial of degree 8 is used there, whose
    /// relative error is below 2⁻²⁶.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd ExponentialMinusOne<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd sum = TSimd.Broadcast(1f / 40320);
        sum = TSimd.MultiplyAdd(sum, x, TSimd.Broadcast(1f / 5040));
        sum = TSimd.MultiplyAdd(sum, x, TSimd.Broadcast(1f / 720));
        sum = TSimd.MultiplyAdd(sum, x, TSimd.Broadcast(1f / 120));
        sum = TSimd.MultiplyAdd(sum, x, TSimd.Broadcast(1f / 24));
        sum = TSimd.MultiplyAdd(sum, x, TSimd.Broadcast(1f / 6));
        sum = TSimd.MultiplyAdd(sum, x, TSimd.Broadcast(1f / 2));
        TSimd near = TSimd.MultiplyAdd(sum * x, x, x);
        return TSimd.SelectLess(TSimd.Broadcast(-0.5f), x, near, TSimd.Exp(x) - TSimd.Broadcast(1));
    }
}

public abstract partial class Activation
{
    /// <summary>The scaled exponential linear unit, with the constants α and scale that preserve mean and variance (Klambauer et al. 2017).</summary>
    public static Activation Selu { get; } = new BuiltInActivation<SeluFunction>();
}

/// <summary><see cref="EluFunction"/> with the constants of SELU.</summary>
internal readonly struct SeluFunction : IBuiltInFunction<SeluFunction>
{
    private const float Alpha = 1.6732632423543772f, Scale = 1.0507009873554805f;

    public static string Kind => "selu";

    public static Initializer DefaultInitializer => Initializer.LeCunNormal;

    public static bool DerivativeNeedsInput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => new EluFunction(Alpha, Scale).Apply(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd> => new EluFunction(Alpha, Scale).Differentiate(argument, gradient);
}
