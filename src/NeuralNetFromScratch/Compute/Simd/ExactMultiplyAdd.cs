using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Multiply-add rounded once, for processors without the instruction. The product of two floats is exact in double precision. The sum with the third is
/// rounded to odd: where it is not exact, to the neighbour whose last bit is 1. Rounding that to a float gives what rounding the exact sum does, since a
/// double has more than two bits more (Boldo and Melquiond, "Emulation of a FMA and correctly-rounded sums", IEEE Transactions on Computers 2008).
/// </summary>
internal static class ExactMultiplyAdd
{
    /// <summary>
    /// Whether the processor has the instruction. Kernels ask for the instruction sets by name instead: the JIT then knows the answer before it inlines, and never
    /// sees the other branch. Through this property products take ten times as long.
    /// </summary>
    public static bool IsFused => Fma.IsSupported || AdvSimd.IsSupported;

    /// <summary><c>left · right + addend</c>, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of(float left, float right, float addend)
    {
        double product = (double)left * right, sum = product + addend;
        // What rounding took from the sum (Knuth 1969). Of infinities and NaNs it is NaN, which is not less than anything.
        double added = sum - product, error = product - (sum - added) + (addend - added);
        if (!(Math.Abs(error) > 0))
            return (float)sum;
        long bits = BitConverter.DoubleToInt64Bits(sum), isBeyond = (long)((ulong)(bits ^ BitConverter.DoubleToInt64Bits(error)) >> 63);
        // Cut off rather than rounded, and the last bit set.
        return (float)BitConverter.Int64BitsToDouble((bits - isBeyond) | 1);
    }

    /// <summary><see cref="Of(float, float, float)"/> in each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Of(Vector128<float> left, Vector128<float> right, Vector128<float> addend) => Vector128.Narrow(
        RoundedToOdd(Vector128.WidenLower(left) * Vector128.WidenLower(right), Vector128.WidenLower(addend)),
        RoundedToOdd(Vector128.WidenUpper(left) * Vector128.WidenUpper(right), Vector128.WidenUpper(addend)));

    /// <summary>The same for registers that such processors do not have, half by half.</summary>
    public static Vector256<float> Of(Vector256<float> left, Vector256<float> right, Vector256<float> addend) => Vector256.Create(
        Of(left.GetLower(), right.GetLower(), addend.GetLower()), Of(left.GetUpper(), right.GetUpper(), addend.GetUpper()));

    /// <inheritdoc cref="Of(Vector256{float}, Vector256{float}, Vector256{float})"/>
    public static Vector512<float> Of(Vector512<float> left, Vector512<float> right, Vector512<float> addend) => Vector512.Create(
        Of(left.GetLower(), right.GetLower(), addend.GetLower()), Of(left.GetUpper(), right.GetUpper(), addend.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> RoundedToOdd(Vector128<double> product, Vector128<double> addend)
    {
        Vector128<double> sum = product + addend, added = sum - product, error = product - (sum - added) + (addend - added);
        Vector128<ulong> isInexact = Vector128.GreaterThan(Vector128.Abs(error), Vector128<double>.Zero).AsUInt64();
        Vector128<ulong> bits = sum.AsUInt64(), isBeyond = ((bits ^ error.AsUInt64()) >>> 63) & isInexact;
        return ((bits - isBeyond) | (isInexact >>> 63)).AsDouble();
    }
}
