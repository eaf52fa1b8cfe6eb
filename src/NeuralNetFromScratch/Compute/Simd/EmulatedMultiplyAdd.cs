using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Multiply-add rounded once, for processors without the instruction. The product of two floats is exact in double precision, and their sum with the third,
/// rounded there and then to a float, is what rounding once gives, unless the double lies half-way between two floats: then the side on which the exact sum
/// lies is lost. For these few it is rounded to odd first: where it is not exact, to the neighbour whose last bit is 1 (Boldo and Melquiond, "Emulation of a
/// FMA and correctly-rounded sums", IEEE Transactions on Computers 2008).
/// </summary>
internal static class EmulatedMultiplyAdd
{
    /// <summary>The bits of a double that a normal float does not have, and what they are half-way between two floats.</summary>
    private const int Rest = 0x1FFFFFFF, Half = 0x10000000;

    /// <summary>
    /// The upper halves of doubles, shifted left by one bit to drop the sign, from below the smallest sum that is not zero, 2⁻²⁹⁸, up to the smallest normal float,
    /// 2⁻¹²⁶: half-way between subnormal floats is elsewhere.
    /// </summary>
    private const uint LeastSum = (1023u - 300) << 21, LeastNormal = (1023u - 126) << 21;

    private const int Sign = int.MinValue;

    /// <summary>
    /// Whether the processor has the instruction. Kernels ask for the instruction sets by name instead: the JIT then knows the answer before it inlines, and never
    /// sees the other branch. Through this property products take ten times as long.
    /// </summary>
    public static bool IsFused => Fma.IsSupported || AdvSimd.IsSupported;

    /// <summary><c>left · right + addend</c>, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of(float left, float right, float addend)
    {
        double sum = (double)left * right + addend;
        long bits = BitConverter.DoubleToInt64Bits(sum);
        return ((int)bits & Rest) == Half || (uint)(bits >> 31) - LeastSum < LeastNormal - LeastSum ? ByOdd(left, right, addend) : (float)sum;
    }

    /// <summary><see cref="Of(float, float, float)"/> in each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Of(Vector128<float> left, Vector128<float> right, Vector128<float> addend)
    {
        Vector128<double> lower = Vector128.WidenLower(left) * Vector128.WidenLower(right) + Vector128.WidenLower(addend);
        Vector128<double> upper = Vector128.WidenUpper(left) * Vector128.WidenUpper(right) + Vector128.WidenUpper(addend);
        Vector128<int> isHalf = Vector128.Equals(LowWords(lower, upper) & Vector128.Create(Rest), Vector128.Create(Half));
        // Registers compare with a sign: half the range is taken away, for the numbers to be in the same order with one.
        Vector128<int> high = HighWords(lower, upper);
        Vector128<int> isSmall = Vector128.LessThan(
            high + high - Vector128.Create((int)LeastSum ^ Sign), Vector128.Create((int)(LeastNormal - LeastSum) ^ Sign));
        return (isHalf | isSmall) == Vector128<int>.Zero ? Vector128.Narrow(lower, upper) : ByOdd(left, right, addend);
    }

    /// <summary>The same for registers that such processors do not have, half by half.</summary>
    public static Vector256<float> Of(Vector256<float> left, Vector256<float> right, Vector256<float> addend) => Vector256.Create(
        Of(left.GetLower(), right.GetLower(), addend.GetLower()), Of(left.GetUpper(), right.GetUpper(), addend.GetUpper()));

    /// <inheritdoc cref="Of(Vector256{float}, Vector256{float}, Vector256{float})"/>
    public static Vector512<float> Of(Vector512<float> left, Vector512<float> right, Vector512<float> addend) => Vector512.Create(
        Of(left.GetLower(), right.GetLower(), addend.GetLower()), Of(left.GetUpper(), right.GetUpper(), addend.GetUpper()));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float ByOdd(float left, float right, float addend) =>
        Vector128.Narrow(
            RoundedToOdd(Vector128.CreateScalar((double)left * right), Vector128.CreateScalar((double)addend)), Vector128<double>.Zero).ToScalar();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<float> ByOdd(Vector128<float> left, Vector128<float> right, Vector128<float> addend) => Vector128.Narrow(
        RoundedToOdd(Vector128.WidenLower(left) * Vector128.WidenLower(right), Vector128.WidenLower(addend)),
        RoundedToOdd(Vector128.WidenUpper(left) * Vector128.WidenUpper(right), Vector128.WidenUpper(addend)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> RoundedToOdd(Vector128<double> product, Vector128<double> addend)
    {
        // What rounding took from the sum (Knuth 1969). Of infinities and NaNs it is NaN, which is not greater than anything.
        Vector128<double> sum = product + addend, added = sum - product, error = product - (sum - added) + (addend - added);
        Vector128<ulong> isInexact = Vector128.GreaterThan(Vector128.Abs(error), Vector128<double>.Zero).AsUInt64();
        // Cut off rather than rounded, and the last bit set.
        Vector128<ulong> bits = sum.AsUInt64(), isBeyond = ((bits ^ error.AsUInt64()) >>> 63) & isInexact;
        return ((bits - isBeyond) | (isInexact >>> 63)).AsDouble();
    }

    /// <summary>The lower halves of four doubles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> LowWords(Vector128<double> lower, Vector128<double> upper) => Sse.IsSupported
        ? Sse.Shuffle(lower.AsSingle(), upper.AsSingle(), 0b10_00_10_00).AsInt32()
        : Vector128.Narrow(lower.AsInt64(), upper.AsInt64());

    /// <summary>The upper halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> HighWords(Vector128<double> lower, Vector128<double> upper) => Sse.IsSupported
        ? Sse.Shuffle(lower.AsSingle(), upper.AsSingle(), 0b11_01_11_01).AsInt32()
        : Vector128.Narrow(lower.AsInt64() >>> 32, upper.AsInt64() >>> 32);
}
