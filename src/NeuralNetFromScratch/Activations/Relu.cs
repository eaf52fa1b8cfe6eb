using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

public abstract partial class Activation
{
    /// <summary>The rectifier <c>f(x) = max(x, 0)</c>; its derivative at 0 is taken as 0 (Nair and Hinton 2010).</summary>
    public static Activation Relu { get; } = new BuiltInActivation<ReluFunction>();
}

/// <summary><c>f(x) = max(x, 0)</c>, <c>f' = 1 where y > 0, else 0</c>. A NaN stays a NaN.</summary>
internal readonly struct ReluFunction : IBuiltInFunction<ReluFunction>
{
    public static string Kind => "relu";

    public static Initializer DefaultInitializer => Initializer.HeNormal;

    public static bool DerivativeNeedsInput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => TSimd.SelectLess(x, TSimd.Zero, TSimd.Zero, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd> => TSimd.SelectLessOrEqual(argument, TSimd.Zero, TSimd.Zero, gradient);
}
