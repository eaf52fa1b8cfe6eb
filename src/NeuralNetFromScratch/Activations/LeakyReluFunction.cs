using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary><c>f(x) = x where x > 0, else slope·x</c>; the slope is not negative, so that y has the sign of x.</summary>
internal readonly struct LeakyReluFunction(float slope) : IActivationFunction, IActivationPart<LeakyReluFunction>
{
    public static string Kind => "leaky-relu";

    public static Initializer DefaultInitializer => Initializer.HeNormal;

    public static bool DerivativeNeedsInput => false;

    public static LeakyReluFunction Create(Settings settings) => new(Guard.NonNegative(settings.Get<float>("slope"), "slope"));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => TSimd.SelectLess(TSimd.Zero, x, x, TSimd.Broadcast(slope) * x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd> => TSimd.SelectLess(TSimd.Zero, argument, gradient, TSimd.Broadcast(slope) * gradient);
}
