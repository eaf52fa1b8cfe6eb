namespace NeuralNetFromScratch.Compute;

/// <summary><c>f(x) = x</c>.</summary>
internal readonly struct IdentityFunction : IActivationFunction, IActivationPart<IdentityFunction>
{
    public static string Kind => "identity";

    public static Initializer DefaultInitializer => Initializer.GlorotUniform;

    public static bool DerivativeNeedsInput => false;

    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => x;

    public TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd> => gradient;
}
