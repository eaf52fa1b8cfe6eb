namespace NeuralNetFromScratch.Onnx;

/// <summary>|x|</summary>
internal readonly struct AbsFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => MathF.Abs(x);

    public static float Slope(float x, float y, float a, float b) => x == 0 ? 0 : MathF.CopySign(1, x);
}

/// <summary>⌈x⌉</summary>
internal readonly struct CeilFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => MathF.Ceiling(x);

    public static float Slope(float x, float y, float a, float b) => 0;
}

/// <summary>max(0, x) + min(0, α·(exp(x/α) − 1))</summary>
internal readonly struct CeluFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => MathF.Max(0, x) + MathF.Min(0, (float)(a * Exact.ExpM1(x / a)));

    public static float Slope(float x, float y, float a, float b) => x > 0 ? 1 : (float)PortableMath.Exp(x / a);
}

/// <summary>min(max(x, low), high)</summary>
internal readonly struct ClipFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => MathF.Min(MathF.Max(x, a), b);

    public static float Slope(float x, float y, float a, float b) => x >= a && x <= b ? 1 : 0;
}

/// <summary>x if x ≥ 0, otherwise α·(eˣ − 1)</summary>
internal readonly struct EluStepFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => x >= 0 ? x : a * (float)Exact.ExpM1(x);

    public static float Slope(float x, float y, float a, float b) => x >= 0 ? 1 : a * (float)PortableMath.Exp(x);
}

/// <summary>⌊x⌋</summary>
internal readonly struct FloorFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => MathF.Floor(x);

    public static float Slope(float x, float y, float a, float b) => 0;
}

/// <summary>max(0, min(1, α·x + β))</summary>
internal readonly struct HardSigmoidFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => MathF.Max(0, MathF.Min(1, a * x + b));

    public static float Slope(float x, float y, float a, float b) => y > 0 && y < 1 ? a : 0;
}

/// <summary>x · max(0, min(1, x/6 + 1/2))</summary>
internal readonly struct HardSwishStepFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => x * MathF.Max(0, MathF.Min(1, x * (1f / 6) + 0.5f));

    public static float Slope(float x, float y, float a, float b) => x <= -3 ? 0 : x >= 3 ? 1 : x * (1f / 3) + 0.5f;
}

/// <summary>1 if x is NaN, otherwise 0</summary>
internal readonly struct IsNaNFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => float.IsNaN(x) ? 1 : 0;

    public static float Slope(float x, float y, float a, float b) => 0;
}

/// <summary>x if x ≥ 0, otherwise α·x</summary>
internal readonly struct LeakyReluStepFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => x >= 0 ? x : a * x;

    public static float Slope(float x, float y, float a, float b) => x >= 0 ? 1 : a;
}

/// <summary>x·tanh(log(1 + eˣ))</summary>
internal readonly struct MishFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)(x * Exact.Tanh(Exact.Softplus(x)));

    public static float Slope(float x, float y, float a, float b) => MishSlope(x);

    private static float MishSlope(double x)
    {
        double gate = Exact.Tanh(Exact.Softplus(x));
        return (float)(gate + x * (1 - gate * gate) * Exact.Sigmoid(x));
    }
}

/// <summary>−x</summary>
internal readonly struct NegFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => -x;

    public static float Slope(float x, float y, float a, float b) => -1;
}

/// <summary>1 if x is 0, otherwise 0</summary>
internal readonly struct NotFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => x == 0 ? 1 : 0;

    public static float Slope(float x, float y, float a, float b) => 0;
}

/// <summary>1/x</summary>
internal readonly struct ReciprocalFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => 1 / x;

    public static float Slope(float x, float y, float a, float b) => -(y * y);
}

/// <summary>max(0, x)</summary>
internal readonly struct ReluStepFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => x < 0 ? 0 : x;

    public static float Slope(float x, float y, float a, float b) => x > 0 ? 1 : 0;
}

/// <summary>the nearest integer, or the even one of two</summary>
internal readonly struct RoundFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => MathF.Round(x, MidpointRounding.ToEven);

    public static float Slope(float x, float y, float a, float b) => 0;
}

/// <summary>γ·x if x > 0, otherwise γ·(α·eˣ − α)</summary>
internal readonly struct SeluStepFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => x > 0 ? b * x : b * (a * (float)Exact.ExpM1(x));

    public static float Slope(float x, float y, float a, float b) => x > 0 ? b : b * a * (float)PortableMath.Exp(x);
}

/// <summary>x + bias if x &lt; −λ, x − bias if x > λ, otherwise 0</summary>
internal readonly struct ShrinkFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => x < -b ? x + a : x > b ? x - a : 0;

    public static float Slope(float x, float y, float a, float b) => x < -b || x > b ? 1 : 0;
}

/// <summary>1/(1 + e⁻ˣ)</summary>
internal readonly struct SigmoidStepFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Exact.Sigmoid(x);

    public static float Slope(float x, float y, float a, float b) => y * (1 - y);
}

/// <summary>the sign of x</summary>
internal readonly struct SignFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => x > 0 ? 1 : x < 0 ? -1 : x;

    public static float Slope(float x, float y, float a, float b) => 0;
}

/// <summary>log(1 + eˣ)</summary>
internal readonly struct SoftplusStepFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => (float)Exact.Softplus(x);

    public static float Slope(float x, float y, float a, float b) => (float)Exact.Sigmoid(x);
}

/// <summary>x/(1 + |x|)</summary>
internal readonly struct SoftsignFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => x / (1 + MathF.Abs(x));

    public static float Slope(float x, float y, float a, float b) => 1 / ((1 + MathF.Abs(x)) * (1 + MathF.Abs(x)));
}

/// <summary>x if x > α, otherwise 0</summary>
internal readonly struct ThresholdedReluFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => x > a ? x : 0;

    public static float Slope(float x, float y, float a, float b) => x > a ? 1 : 0;
}

/// <summary>x without its fraction</summary>
internal readonly struct TruncFunction : IUnaryFunction
{
    public static float Apply(float x, float a, float b) => MathF.Truncate(x);

    public static float Slope(float x, float y, float a, float b) => 0;
}
