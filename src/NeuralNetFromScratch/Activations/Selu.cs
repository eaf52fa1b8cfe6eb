using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

public abstract partial class Activation
{
    /// <summary>The exponential linear unit with fixed α and scale that keep mean and variance (Klambauer et al. 2017).</summary>
    public static Activation Selu { get; } = new BuiltInActivation<SeluFunction>();
}

/// <summary><see cref="EluFunction"/> with the α and scale that keep mean and variance.</summary>
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
