using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch;

/// <summary>
/// Functions in double precision whose bits are the same on every processor, runtime and operating system. <see cref="Math"/> calls the
/// platform's C library, and each library rounds differently. These functions consist of additions, subtractions, multiplications, divisions and
/// square roots, which IEEE 754 defines exactly, and of polynomials fitted to the functions' values. Errors are in units in the last place.
/// </summary>
internal static class PortableMath
{
    /// <summary>ln 2 in two parts. The first has 32 bits, so that its product with an integer below 2²¹ is exact.</summary>
    private const double Ln2 = 0.6931471803691238, Ln2Rest = 1.9082149292705877e-10;

    private const double RootHalf = 0.7071067811865476;

    /// <summary>2π and 2π², each with its rounding error.</summary>
    private const double TwoPi = 6.283185307179586, TwoPiRest = 2.4492935982947064e-16, TwoPiSquared = 19.739208802178716, TwoPiSquaredRest = 1.2530591017479423e-15;

    private const int ExponentBits = 52;
    private const long ExponentOf1 = 1023L << ExponentBits;

    /// <summary>Computes <c>eˣ</c> within 1 unit in the last place.</summary>
    public static double Exp(double x) => double.IsNaN(x) ? x : x > 710 ? double.PositiveInfinity : x < -746 ? 0 : ExpOfSum(x, 0);

    /// <summary>Computes <c>log x</c> within 1 unit in the last place; −∞ at 0, NaN below.</summary>
    public static double Log(double x)
    {
        if (!(x > 0) || double.IsPositiveInfinity(x))
            return x == 0 ? double.NegativeInfinity : x > 0 ? x : double.NaN;
        double f = Split(x, out int exponent) - 1, halfSquare = 0.5 * f * f, s = f / (2 + f);
        // log(1 + f) = f − f²/2 + s·(f²/2 + R(s²)), s = f/(2 + f): the sum of the odd powers of s, arranged so that f is added last.
        return exponent * Ln2 - (halfSquare - (s * (halfSquare + s * s * OddPowers(s * s)) + exponent * Ln2Rest) - f);
    }

    /// <summary>Computes <c>log(1 + x)</c> within 2 units in the last place; −∞ at −1, NaN below.</summary>
    public static double LogP1(double x)
    {
        double sum = 1 + x;
        if (sum == 1 || double.IsPositiveInfinity(x))
            return x;
        // The rounding error of the sum is compensated.
        return sum > 0 ? Log(sum) + (x >= 1 ? 1 - (sum - x) : x - (sum - 1)) / sum : Log(sum);
    }

    /// <summary>Computes <c>valueˣ</c> of a non-negative value within <c>1 + |exponent·log value|/32</c> units in the last place.</summary>
    public static double Pow(double value, double exponent)
    {
        if (exponent == 0 || value == 1)
            return 1;
        if (!(value > 0) || double.IsPositiveInfinity(value))
            return Exp(exponent * Log(value));
        (double high, double low) = LogInTwoParts(value);
        double product = high * exponent;
        if (double.IsNaN(product) || Math.Abs(product) > 746)
            return Exp(product);
        return ExpOfSum(product, ProductError(high, exponent, product) + low * exponent);
    }

    /// <summary>
    /// Computes the sine and cosine of a number of turns, each of 2π, within 1.5 units in the last place. Whole turns are removed without a
    /// rounding error for any number of them.
    /// </summary>
    public static (double Sine, double Cosine) SinCosOfTurns(double turns)
    {
        // r is exact, because the number and the nearest multiple of ¼ are close enough. From 2⁵² on there are no fractions.
        double quarters = Math.Round(4 * turns), r = turns - quarters / 4, z = r * r;
        if (!double.IsFinite(quarters))
            return (double.NaN, double.NaN);
        double p = -0.7124440626783193;
        p = p * z + 3.8198307439800163;
        p = p * z - 15.094641279579799;
        p = p * z + 42.0586939378057;
        p = p * z - 76.70585975304292;
        p = p * z + 81.60524927607504;
        p = p * z - 41.34170224039976;
        double sine = TwoPi * r + (TwoPiRest * r + p * z * r);
        double q = 0.2800231299003406;
        q = q * z - 1.7143481589824885;
        q = q * z + 7.903535918237805;
        q = q * z - 26.42625678089735;
        q = q * z + 60.24464137187021;
        q = q * z - 85.45681720669373;
        q = q * z + 64.9393940226683;
        double cosine = 1 - (TwoPiSquared * z + (TwoPiSquaredRest * z - q * z * z));
        double quarter = quarters - 4 * Math.Floor(quarters / 4);
        return quarter switch
        {
            0 => (sine, cosine),
            1 => (cosine, -sine),
            2 => (-sine, -cosine),
            _ => (-cosine, sine),
        };
    }

    /// <summary>Computes the sum in the order of the values.</summary>
    public static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
            sum += value;
        return sum;
    }

    /// <summary>Computes the mean; the values are added in order.</summary>
    public static double Mean(ReadOnlySpan<double> values) => Sum(values) / values.Length;

    /// <summary>Computes the exponential of x plus a much smaller rest; |x| is at most 746.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double ExpOfSum(double x, double rest)
    {
        double n = Math.Round(x * 1.4426950408889634);
        double high = x - n * Ln2, low = n * Ln2Rest - rest, r = high - low, lost = high - r - low;
        double p = 2.0914686968086876e-09;
        p = p * r + 2.5105217004720745e-08;
        p = p * r + 2.75572736431103e-07;
        p = p * r + 2.7557255400206422e-06;
        p = p * r + 2.4801587325547743e-05;
        p = p * r + 0.00019841269874820627;
        p = p * r + 0.0013888888888883748;
        p = p * r + 0.008333333333326136;
        p = p * r + 0.04166666666666667;
        p = p * r + 0.1666666666666667;
        p = p * r + 0.5;
        // In two factors, because 2ⁿ alone can be out of range when the result is not.
        int half = (int)n / 2;
        return (1 + (r + (r * r * p + lost))) * PowerOfTwo(half) * PowerOfTwo((int)n - half);
    }

    /// <summary>Computes the logarithm of a positive, finite number as the sum of two.</summary>
    private static (double High, double Low) LogInTwoParts(double x)
    {
        // log m = 2s + s·z·R(z), z = s²; s = f/(2 + f) is a quotient plus the remainder of the division.
        double f = Split(x, out int exponent) - 1, divisor = 2 + f, divisorLost = f - (divisor - 2);
        double s = f / divisor, product = s * divisor;
        double sRest = (f - product - ProductError(s, divisor, product) - s * divisorLost) / divisor, z = s * s;
        double odd = s * z * OddPowers(z) + 2 * sRest + exponent * Ln2Rest;
        double whole = exponent * Ln2, sum = whole + 2 * s, lost = Math.Abs(whole) >= Math.Abs(2 * s) ? whole - sum + 2 * s : 2 * s - sum + whole;
        double low = lost + odd, high = sum + low;
        return (high, sum - high + low);
    }

    /// <summary>Computes <c>(log((1 + s)/(1 − s)) − 2s)/s³</c> from z = s², for |s| up to 0.1716.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double OddPowers(double z)
    {
        double p = 0.13086907887965027;
        p = p * z + 0.13268746195596595;
        p = p * z + 0.15386240708969665;
        p = p * z + 0.18181795621632782;
        p = p * z + 0.22222222391887064;
        p = p * z + 0.2857142857080285;
        p = p * z + 0.4000000000000088;
        return p * z + 0.6666666666666666;
    }

    /// <summary>Splits a positive, finite x into m from √½ to √2 and e with <c>m·2ᵉ = x</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Split(double x, out int exponent)
    {
        int scaled = 0;
        if (x < 2.2250738585072014e-308)
        {
            x *= 1L << 54;
            scaled = 54;
        }

        long bits = BitConverter.DoubleToInt64Bits(x);
        int e = (int)((bits - BitConverter.DoubleToInt64Bits(RootHalf)) >> ExponentBits);
        exponent = e - scaled;
        return BitConverter.Int64BitsToDouble(bits - ((long)e << ExponentBits));
    }

    private static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble(ExponentOf1 + ((long)exponent << ExponentBits));

    /// <summary>
    /// Computes the rounding error of a product, <c>left·right − product</c>, exactly (Veltkamp and Dekker 1971), unless a factor is huge.
    /// </summary>
    private static double ProductError(double left, double right, double product)
    {
        double leftHigh = UpperHalf(left), leftLow = left - leftHigh, rightHigh = UpperHalf(right), rightLow = right - rightHigh;
        return leftHigh * rightHigh - product + leftHigh * rightLow + leftLow * rightHigh + leftLow * rightLow;
    }

    private static double UpperHalf(double value)
    {
        double scaled = 134217729 * value;
        return scaled - (scaled - value);
    }
}
