using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

public abstract partial class Activation
{
    /// <summary>The sigmoid linear unit <c>f(x) = x·σ(x)</c>, also called swish (Hendrycks and Gimpel 2016; Elfwing et al. 2017).</summary>
    public static Activation Silu { get; } = new BuiltInActivation<SiluFunction>();
}

/// <summary><c>f(x) = x·σ(x)</c>, <c>f' = σ·(1 + x·(1 − σ))</c> with <c>σ = 1 / (1 + e⁻ˣ)</c>.</summary>
internal readonly struct SiluFunction : IBuiltInFunction<SiluFunction>
{
    public static string Kind => "silu";

    public static Initializer DefaultInitializer => Initializer.HeNormal;

    public static bool DerivativeNeedsInput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        // Far below 0 the factors tend to −∞ and 0; the product is 0, and −∞·0 must not become NaN.
        TSimd limit = TSimd.Broadcast(-100);
        TSimd bounded = TSimd.SelectLess(x, limit, limit, x);
        return bounded * default(SigmoidFunction).Apply(bounded);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd one = TSimd.Broadcast(1);
        TSimd sigmoid = default(SigmoidFunction).Apply(argument);
        return gradient * (sigmoid * (one + argument * (one - sigmoid)));
    }
}

public abstract partial class Activation
{
    /// <summary>The hard swish function <c>f(x) = x·min(max(x + 3, 0), 6) / 6</c> (Howard et al. 2019).</summary>
    public static Activation HardSwish { get; } = new BuiltInActivation<HardSwishFunction>();
}

/// <summary>
/// <c>f(x) = 0 if x &lt; −3, x if x ≥ 3, otherwise x·(x + 3)/6</c>; <c>f' = 0, 1, or (2x + 3)/6</c>; the derivatives at −3 and 3 are those of
/// PyTorch.
/// </summary>
internal readonly struct HardSwishFunction : IBuiltInFunction<HardSwishFunction>
{
    private const float Bend = 3;

    public static string Kind => "hard-swish";

    public static Initializer DefaultInitializer => Initializer.HeNormal;

    public static bool DerivativeNeedsInput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Apply<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd bend = TSimd.Broadcast(Bend);
        TSimd middle = x * (x + bend) * TSimd.Broadcast(1 / (2 * Bend));
        return Pieces(x, TSimd.Zero, middle, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Differentiate<TSimd>(TSimd argument, TSimd gradient)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd middle = (argument + argument + TSimd.Broadcast(Bend)) * TSimd.Broadcast(1 / (2 * Bend));
        return gradient * Pieces(argument, TSimd.Zero, middle, TSimd.Broadcast(1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Pieces<TSimd>(TSimd x, TSimd below, TSimd middle, TSimd above)
        where TSimd : struct, ISimd<TSimd> =>
        TSimd.SelectLess(x, TSimd.Broadcast(-Bend), below, TSimd.SelectLessOrEqual(TSimd.Broadcast(Bend), x, above, middle));
}
