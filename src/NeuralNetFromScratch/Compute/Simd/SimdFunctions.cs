using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Functions that IEEE 754 does not define exactly, each as one sequence of operations that it defines: additions, multiplications and
/// multiply-adds, the same for every register. Therefore their bits depend neither on the register's width, nor on the runtime, nor on the
/// platform's C library. The polynomials are fits of the functions' values; the stated errors were determined by testing every float.
/// </summary>
internal static class SimdFunctions
{
    /// <summary>ln 2 in two parts. The product of the first with an integer up to 2⁸ has no rounding error in a multiply-add.</summary>
    private const float Ln2 = 0.6931472f, Ln2Rest = -1.904654e-09f;

    /// <summary>
    /// <c>eˣ</c>, within 1 unit in the last place; 0 below −103.98, ∞ above 88.73. With n the whole number next to x/ln 2 it is
    /// <c>2ⁿ·eʳ</c>, r = x − n·ln 2.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Exp<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        // Outside this range the results are 0 and ∞; NaN is preserved.
        TSimd limit = TSimd.Broadcast(128), zero = TSimd.Zero;
        x = TSimd.SelectLess(limit, x, limit, TSimd.SelectLess(x, zero - limit, zero - limit, x));
        TSimd rounder = TSimd.Broadcast(FloatBits.Rounder);
        TSimd n = TSimd.MultiplyAdd(x, TSimd.Broadcast(1.442695f), rounder) - rounder;
        TSimd r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-Ln2), x);
        r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-Ln2Rest), r);
        TSimd p = TSimd.Broadcast(0.000198909911f);
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.00139336498f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.00833331048f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.0416664667f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.166666672f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.5f));
        p = TSimd.MultiplyAdd(r * r, p, r) + TSimd.Broadcast(1);
        // In two factors, because 2ⁿ alone can be out of range when the result is not.
        TSimd half = TSimd.MultiplyAdd(n, TSimd.Broadcast(0.5f), rounder) - rounder;
        return p * TSimd.PowerOfTwo(half) * TSimd.PowerOfTwo(n - half);
    }

    /// <summary>
    /// <c>log x</c>, within 1 unit in the last place; −∞ at 0, NaN below. With x = m·2ᵉ and m from √½ to √2 it is <c>e·ln 2 + log m</c>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Log<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd zero = TSimd.Zero, smallestNormal = TSimd.Broadcast(1.17549435e-38f);
        TSimd normal = TSimd.SelectLess(x, smallestNormal, x * TSimd.Broadcast(8388608), x);
        TSimd m = TSimd.SplitExponent(normal, out TSimd e);
        e -= TSimd.SelectLess(x, smallestNormal, TSimd.Broadcast(23), zero);
        TSimd f = m - TSimd.Broadcast(1), square = f * f;
        TSimd p = TSimd.Broadcast(0.0697162077f);
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(-0.114797488f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(0.116854236f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(-0.124256857f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(0.142490566f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(-0.166678026f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(0.200007156f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(-0.24999997f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(0.333333313f));
        // log(1 + f) = f − f²/2 + f³·p, the smaller parts first.
        TSimd small = TSimd.MultiplyAdd(e, TSimd.Broadcast(Ln2Rest), square * f * p);
        small = TSimd.MultiplyAdd(square, TSimd.Broadcast(-0.5f), small);
        TSimd y = TSimd.MultiplyAdd(e, TSimd.Broadcast(Ln2), f + small);

        TSimd infinity = TSimd.Broadcast(float.PositiveInfinity);
        y = TSimd.SelectLess(zero, x, y, TSimd.SelectLess(x, zero, TSimd.Broadcast(float.NaN), zero - infinity));
        // ∞ and NaN are their own logarithms; both compare false.
        return TSimd.SelectLess(x, infinity, y, x);
    }

    /// <summary>The sine and the cosine of t turns, 2π·t, for t from 0 to 1; within 2 units in the last place where t is a multiple of 2⁻²⁴.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd SinCosOfTurns<TSimd>(TSimd t, out TSimd cosine)
        where TSimd : struct, ISimd<TSimd>
    {
        // Half a turn further both have the opposite sign; a quarter further the cosine is the sine. All differences are exact.
        TSimd zero = TSimd.Zero, quarter = TSimd.Broadcast(0.25f), fromHalf = TSimd.Broadcast(0.5f) - t, distance = TSimd.Abs(fromHalf);
        cosine = zero - SinOfQuarter(quarter - distance);
        TSimd sine = SinOfQuarter(quarter - TSimd.Abs(distance - quarter));
        return TSimd.SelectLess(fromHalf, zero, zero - sine, sine);
    }

    /// <summary>The sine of t turns for t from −¼ to ¼.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd SinOfQuarter<TSimd>(TSimd t)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd square = t * t;
        TSimd p = TSimd.Broadcast(-14.3939667f);
        p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(42.0097809f));
        p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(-76.704277f));
        p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(81.6052246f));
        p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(-41.3417015f));
        // 2π in two parts, the smaller one first.
        TSimd small = TSimd.MultiplyAdd(t, TSimd.Broadcast(-1.74845553e-07f), t * square * p);
        return TSimd.MultiplyAdd(t, TSimd.Broadcast(6.28318548f), small);
    }
}
