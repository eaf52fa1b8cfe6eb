namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// Functions in double precision whose results are rounded to single precision once. They use <see cref="PortableMath"/>, so that they have the same bits on every
/// platform.
/// </summary>
internal static class Exact
{
    private const int SeriesTerms = 100, FractionTerms = 60, ArctangentTerms = 14;

    /// <summary>The magnitude below which a series is more accurate than a difference.</summary>
    private const double Small = 1e-3;

    private const double HalfPi = Math.PI / 2;

    public static double Sigmoid(double x) => 1 / (1 + PortableMath.Exp(-x));

    /// <summary>log(1 + eˣ).</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + PortableMath.LogP1(PortableMath.Exp(-Math.Abs(x)));

    /// <summary>eˣ − 1 without cancellation near 0.</summary>
    public static double ExpM1(double x) => Math.Abs(x) < Small ? x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4))) : PortableMath.Exp(x) - 1;

    public static double Sin(double x) => double.IsFinite(x) ? PortableMath.SinCosOfTurns(x / Math.Tau).Sine : double.NaN;

    public static double Cos(double x) => double.IsFinite(x) ? PortableMath.SinCosOfTurns(x / Math.Tau).Cosine : double.NaN;

    public static double Tanh(double x)
    {
        double power = ExpM1(-2 * Math.Abs(x));
        return Math.CopySign(power / (power + 2), x);
    }

    public static double Sinh(double x)
    {
        double power = ExpM1(Math.Abs(x));
        return Math.CopySign(double.IsInfinity(power) ? power : (power + power / (power + 1)) / 2, x);
    }

    public static double Cosh(double x) => (PortableMath.Exp(x) + PortableMath.Exp(-x)) / 2;

    public static double Asinh(double x)
    {
        double size = Math.Abs(x);
        return Math.CopySign(PortableMath.LogP1(size + size * size / (1 + Math.Sqrt(1 + size * size))), x);
    }

    public static double Acosh(double x) => PortableMath.LogP1(x - 1 + Math.Sqrt(2 * (x - 1) + (x - 1) * (x - 1)));

    public static double Atanh(double x) => Math.CopySign(PortableMath.LogP1(2 * Math.Abs(x) / (1 - Math.Abs(x))) / 2, x);

    /// <summary>Halves the angle twice, so that a few terms of the series suffice.</summary>
    public static double Atan(double x)
    {
        double size = Math.Abs(x);
        if (size > 1)
            return Math.CopySign(HalfPi - Atan(1 / size), x);
        double quarter = size / (1 + Math.Sqrt(1 + size * size));
        quarter /= 1 + Math.Sqrt(1 + quarter * quarter);
        double sum = 0;
        for (int n = ArctangentTerms; n >= 0; n--)
            sum = 1.0 / (2 * n + 1) - quarter * quarter * sum;
        return Math.CopySign(4 * quarter * sum, x);
    }

    public static double Asin(double x) => Atan(x / Math.Sqrt((1 - x) * (1 + x)));

    public static double Acos(double x) => 2 * Atan(Math.Sqrt((1 - x) / (1 + x)));

    /// <summary>xʸ; NaN for a negative x and a y that is not an integer.</summary>
    public static double Pow(double x, double y)
    {
        if (double.IsNaN(x) || double.IsNaN(y))
            return y == 0 || x == 1 ? 1 : double.NaN;
        if (!double.IsNegative(x))
            return PortableMath.Pow(x, y);
        if (y != Math.Floor(y))
            return x == 0 || double.IsInfinity(x) ? PortableMath.Pow(-x, y) : double.NaN;
        double power = PortableMath.Pow(-x, y);
        return Math.Abs(y) < 1L << 53 && (long)y % 2 != 0 ? -power : power;
    }

    /// <summary>The error function, by its series or, for larger arguments, the continued fraction of its complement.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (Math.Abs(x) > 3)
        {
            double fraction = 0;
            for (int k = FractionTerms; k > 0; k--)
                fraction = k / 2.0 / (Math.Abs(x) + fraction);
            return Math.Sign(x) * (1 - PortableMath.Exp(-x * x) / (Math.Sqrt(Math.PI) * (Math.Abs(x) + fraction)));
        }

        double term = x, sum = x;
        for (int n = 1; n < SeriesTerms && Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
