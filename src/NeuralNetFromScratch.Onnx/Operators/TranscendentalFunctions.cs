namespace NeuralNetFromScratch.Onnx;

/// <summary>Functions in double precision, whose results are rounded to single once: they are the same on every processor.</summary>
internal static class Exact
{
    private const int SeriesTerms = 100, FractionTerms = 60;

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>log(1 + eˣ).</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + Log1P(Math.Exp(-Math.Abs(x)));

    /// <summary>eˣ − 1 without the loss near 0.</summary>
    public static double ExpM1(double x) => Math.Abs(x) < 1e-3 ? x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4))) : Math.Exp(x) - 1;

    /// <summary>log(1 + x) for 0 ≤ x ≤ 1 without the loss near 0.</summary>
    private static double Log1P(double x) => x < 1e-4 ? x * (1 - x * (0.5 - x / 3)) : Math.Log(1 + x);

    /// <summary>The error function by its series, and its complement's continued fraction further out.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (Math.Abs(x) > 3)
        {
            double fraction = 0;
            for (int k = FractionTerms; k > 0; k--)
                fraction = k / 2.0 / (Math.Abs(x) + fraction);
            return Math.Sign(x) * (1 - Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * (Math.Abs(x) + fraction)));
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

/// <summary>arccos x</summary>
internal readonly struct AcosFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Math.Acos(x);

    public static float Slope(float x, float y, float a, float b) => (float)(-1 / Math.Sqrt(1 - (double)x * x));
}

/// <summary>arcosh x</summary>
internal readonly struct AcoshFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Math.Acosh(x);

    public static float Slope(float x, float y, float a, float b) => (float)(1 / Math.Sqrt((double)x * x - 1));
}

/// <summary>arcsin x</summary>
internal readonly struct AsinFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Math.Asin(x);

    public static float Slope(float x, float y, float a, float b) => (float)(1 / Math.Sqrt(1 - (double)x * x));
}

/// <summary>arsinh x</summary>
internal readonly struct AsinhFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Math.Asinh(x);

    public static float Slope(float x, float y, float a, float b) => (float)(1 / Math.Sqrt((double)x * x + 1));
}

/// <summary>arctan x</summary>
internal readonly struct AtanFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Math.Atan(x);

    public static float Slope(float x, float y, float a, float b) => (float)(1 / ((double)x * x + 1));
}

/// <summary>artanh x</summary>
internal readonly struct AtanhFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Math.Atanh(x);

    public static float Slope(float x, float y, float a, float b) => (float)(1 / (1 - (double)x * x));
}

/// <summary>cos x</summary>
internal readonly struct CosFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Math.Cos(x);

    public static float Slope(float x, float y, float a, float b) => (float)-Math.Sin(x);
}

/// <summary>cosh x</summary>
internal readonly struct CoshFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Math.Cosh(x);

    public static float Slope(float x, float y, float a, float b) => (float)Math.Sinh(x);
}

/// <summary>the error function</summary>
internal readonly struct ErfFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Exact.Erf(x);

    public static float Slope(float x, float y, float a, float b) => (float)(2 / Math.Sqrt(Math.PI) * Math.Exp(-(double)x * x));
}

/// <summary>eˣ</summary>
internal readonly struct ExpFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Math.Exp(x);

    public static float Slope(float x, float y, float a, float b) => y;
}

/// <summary>log x</summary>
internal readonly struct LogFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Math.Log(x);

    public static float Slope(float x, float y, float a, float b) => 1 / x;
}

/// <summary>sin x</summary>
internal readonly struct SinFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Math.Sin(x);

    public static float Slope(float x, float y, float a, float b) => (float)Math.Cos(x);
}

/// <summary>sinh x</summary>
internal readonly struct SinhFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Math.Sinh(x);

    public static float Slope(float x, float y, float a, float b) => (float)Math.Cosh(x);
}

/// <summary>√x</summary>
internal readonly struct SqrtFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => MathF.Sqrt(x);

    public static float Slope(float x, float y, float a, float b) => 0.5f / y;
}

/// <summary>tan x</summary>
internal readonly struct TanFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Math.Tan(x);

    public static float Slope(float x, float y, float a, float b) => 1 + y * y;
}

/// <summary>tanh x</summary>
internal readonly struct TanhStepFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Math.Tanh(x);

    public static float Slope(float x, float y, float a, float b) => 1 - y * y;
}
