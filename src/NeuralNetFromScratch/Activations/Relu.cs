using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

public abstract partial class Activation
{
    /// <summary>The rectified linear unit <c>f(x) = max(x, 0)</c>; the derivative at 0 is 0 (Nair and Hinton 2010).</summary>
    public static Activation Relu { get; } = new BuiltInActivation<ReluFunction>();
}

/// <summary><c>f(x) = max(x, 0)</c>, <c>f' = 1 if y > 0, otherwise 0</c>. NaN is preserved.</summary>
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

public abstract partial class Activation
{
    /// <summary>Creates a leaky rectified linear unit: <c>f(x) = x if x > 0, otherwise slope·x</c> (Maas et al. 2013).</summary>
    /// <param name="slope">The slope below 0; not negative. Default: 0.01.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="slope"/> is negative or not finite.</exception>
    public static Activation LeakyRelu(float slope = 0.01f) => new BuiltInActivation<LeakyReluFunction>(new Setting("slope", slope));
}

/// <summary><c>f(x) = x if x > 0, otherwise slope·x</c>. The slope is not negative, so that y has the sign of x.</summary>
internal readonly struct LeakyReluFunction(float slope) : IBuiltInFunction<LeakyReluFunction>
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

public abstract partial class Activation
{
    /// <summary>The identity function <c>f(x) = x</c>.</summary>
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
