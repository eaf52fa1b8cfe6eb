using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

public abstract partial class Activation
{
    /// <summary><c>f(x) = x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2</c>: the approximation of <see cref="Gelu"/> that many models were trained with.</summary>
    public static Activation GeluTanh { get; } = new BuiltInActivation<GeluTanhFunction>();
}

/// <summary>
/// <c>f(x) = x·(1 + tanh u)/2 = x·σ(2u)</c> with <c>u = √(2/π)·(x + 0.044715·x³)</c> and the logistic function σ, which keeps its
/// relative precision far below 0; <c>f' = σ(2u) + x·σ(2u)·σ(−2u)·2u'</c>.
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
