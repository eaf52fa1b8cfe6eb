using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

public abstract partial class Activation
{
    /// <summary>The logistic function <c>f(x) = 1 / (1 + e⁻ˣ)</c>.</summary>
    public static Activation Sigmoid { get; } = new BuiltInActivation<SigmoidFunction>();
}

/// <summary><c>f(x) = 1 / (1 + e⁻ˣ)</c>, <c>f' = y(1 − y)</c>.</summary>
internal readonly struct SigmoidFunction : IBuiltInFunction<SigmoidFunction>
{
    public static string Kind => "sigmoid";

    public static Initializer DefaultInitializer => Initializer.GlorotUniform;

    public static bool DerivativeNeedsInput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd one = TSimd.Broadcast(1);
        return one / (one + TSimd.Exp(TSimd.Zero - x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd> => gradient * (argument * (TSimd.Broadcast(1) - argument));
}

public abstract partial class Activation
{
    /// <summary>The softplus function <c>f(x) = log(1 + eˣ)</c> (Dugas et al. 2001).</summary>
    public static Activation Softplus { get; } = new BuiltInActivation<SoftplusFunction>();
}

/// <summary>
/// <c>f(x) = log(1 + eˣ) = max(x, 0) + log(1 + e⁻|ˣ|)</c>, <c>f' = σ(x)</c>. The rounding error of 1 + e⁻|ˣ| is compensated, so that the result
/// has full relative precision far below 0.
/// </summary>
internal readonly struct SoftplusFunction : IBuiltInFunction<SoftplusFunction>
{
    public static string Kind => "softplus";

    public static Initializer DefaultInitializer => Initializer.HeNormal;

    public static bool DerivativeNeedsInput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd one = TSimd.Broadcast(1), exponential = TSimd.Exp(TSimd.Zero - TSimd.Abs(x)), sum = one + exponential;
        TSimd lost = exponential - (sum - one);
        return TSimd.SelectLess(x, TSimd.Zero, TSimd.Zero, x) + (TSimd.Log(sum) + lost / sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd> => gradient * default(SigmoidFunction).Apply(argument);
}
