namespace NeuralNetFromScratch.Onnx;

/// <summary>arccos x</summary>
internal readonly struct AcosFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Exact.Acos(x);

    public static float Slope(float x, float y, float a, float b) => (float)(-1 / Math.Sqrt(1 - (double)x * x));
}

/// <summary>arcosh x</summary>
internal readonly struct AcoshFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Exact.Acosh(x);

    public static float Slope(float x, float y, float a, float b) => (float)(1 / Math.Sqrt((double)x * x - 1));
}

/// <summary>arcsin x</summary>
internal readonly struct AsinFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Exact.Asin(x);

    public static float Slope(float x, float y, float a, float b) => (float)(1 / Math.Sqrt(1 - (double)x * x));
}

/// <summary>arsinh x</summary>
internal readonly struct AsinhFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Exact.Asinh(x);

    public static float Slope(float x, float y, float a, float b) => (float)(1 / Math.Sqrt((double)x * x + 1));
}

/// <summary>arctan x</summary>
internal readonly struct AtanFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Exact.Atan(x);

    public static float Slope(float x, float y, float a, float b) => (float)(1 / ((double)x * x + 1));
}

/// <summary>artanh x</summary>
internal readonly struct AtanhFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Exact.Atanh(x);

    public static float Slope(float x, float y, float a, float b) => (float)(1 / (1 - (double)x * x));
}

/// <summary>cos x</summary>
internal readonly struct CosFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Exact.Cos(x);

    public static float Slope(float x, float y, float a, float b) => (float)-Exact.Sin(x);
}

/// <summary>cosh x</summary>
internal readonly struct CoshFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Exact.Cosh(x);

    public static float Slope(float x, float y, float a, float b) => (float)Exact.Sinh(x);
}

/// <summary>the error function</summary>
internal readonly struct ErfFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Exact.Erf(x);

    public static float Slope(float x, float y, float a, float b) => (float)(2 / Math.Sqrt(Math.PI) * PortableMath.Exp(-(double)x * x));
}

/// <summary>eˣ</summary>
internal readonly struct ExpFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)PortableMath.Exp(x);

    public static float Slope(float x, float y, float a, float b) => y;
}

/// <summary>log x</summary>
internal readonly struct LogFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)PortableMath.Log(x);

    public static float Slope(float x, float y, float a, float b) => 1 / x;
}

/// <summary>sin x</summary>
internal readonly struct SinFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Exact.Sin(x);

    public static float Slope(float x, float y, float a, float b) => (float)Exact.Cos(x);
}

/// <summary>sinh x</summary>
internal readonly struct SinhFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Exact.Sinh(x);

    public static float Slope(float x, float y, float a, float b) => (float)Exact.Cosh(x);
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
    public static float Apply(float x, float a, float b) => (float)(Exact.Sin(x) / Exact.Cos(x));

    public static float Slope(float x, float y, float a, float b) => 1 + y * y;
}

/// <summary>tanh x</summary>
internal readonly struct TanhStepFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Exact.Tanh(x);

    public static float Slope(float x, float y, float a, float b) => 1 - y * y;
}
