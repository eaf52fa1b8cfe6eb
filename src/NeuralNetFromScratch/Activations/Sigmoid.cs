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
