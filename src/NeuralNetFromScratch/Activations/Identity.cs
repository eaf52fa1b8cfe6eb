using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

public abstract partial class Activation
{
    /// <summary><c>f(x) = x</c>.</summary>
    public static Activation Identity { get; } = new BuiltInActivation<IdentityFunction>();
}

/// <summary><c>f(x) = x</c>.</summary>
internal readonly struct IdentityFunction : IBuiltInFunction<IdentityFunction>
{
    public static string Kind => "identity";

    public static Initializer DefaultInitializer => Initializer.GlorotUniform;

    public static bool DerivativeNeedsInput => false;

    public static bool IsIdentity => true;

    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => x;

    public TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd> => gradient;
}
