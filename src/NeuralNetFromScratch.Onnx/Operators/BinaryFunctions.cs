namespace NeuralNetFromScratch.Onnx;

/// <summary>x + y</summary>
internal readonly struct AddFunction : IBinaryFunction
{
    public static float Apply(float x, float y) => x + y;

    public static (float X, float Y) Slopes(float x, float y, float z) => (1, 1);
}

/// <summary>x and y, of 0 and 1</summary>
internal readonly struct AndFunction : IBinaryFunction
{
    public static float Apply(float x, float y) => x != 0 && y != 0 ? 1 : 0;

    public static (float X, float Y) Slopes(float x, float y, float z) => (0, 0);
}

/// <summary>x/y</summary>
internal readonly struct DivFunction : IBinaryFunction
{
    public static float Apply(float x, float y) => x / y;

    public static (float X, float Y) Slopes(float x, float y, float z) => (1 / y, -z / y);
}

/// <summary>1 if x = y, otherwise 0</summary>
internal readonly struct EqualFunction : IBinaryFunction
{
    public static float Apply(float x, float y) => x == y ? 1 : 0;

    public static (float X, float Y) Slopes(float x, float y, float z) => (0, 0);
}

/// <summary>1 if x > y, otherwise 0</summary>
internal readonly struct GreaterFunction : IBinaryFunction
{
    public static float Apply(float x, float y) => x > y ? 1 : 0;

    public static (float X, float Y) Slopes(float x, float y, float z) => (0, 0);
}

/// <summary>1 if x ≥ y, otherwise 0</summary>
internal readonly struct GreaterOrEqualFunction : IBinaryFunction
{
    public static float Apply(float x, float y) => x >= y ? 1 : 0;

    public static (float X, float Y) Slopes(float x, float y, float z) => (0, 0);
}

/// <summary>1 if x &lt; y, otherwise 0</summary>
internal readonly struct LessFunction : IBinaryFunction
{
    public static float Apply(float x, float y) => x < y ? 1 : 0;

    public static (float X, float Y) Slopes(float x, float y, float z) => (0, 0);
}

/// <summary>1 if x ≤ y, otherwise 0</summary>
internal readonly struct LessOrEqualFunction : IBinaryFunction
{
    public static float Apply(float x, float y) => x <= y ? 1 : 0;

    public static (float X, float Y) Slopes(float x, float y, float z) => (0, 0);
}

/// <summary>max(x, y)</summary>
internal readonly struct MaxFunction : IBinaryFunction
{
    public static float Apply(float x, float y) => MathF.Max(x, y);

    public static (float X, float Y) Slopes(float x, float y, float z) => x > y ? (1, 0) : x < y ? (0, 1) : (0.5f, 0.5f);
}

/// <summary>min(x, y)</summary>
internal readonly struct MinFunction : IBinaryFunction
{
    public static float Apply(float x, float y) => MathF.Min(x, y);

    public static (float X, float Y) Slopes(float x, float y, float z) => x < y ? (1, 0) : x > y ? (0, 1) : (0.5f, 0.5f);
}

/// <summary>the remainder of x/y, with the sign of x</summary>
internal readonly struct ModFunction : IBinaryFunction
{
    public static float Apply(float x, float y) => x % y;

    public static (float X, float Y) Slopes(float x, float y, float z) => (1, -MathF.Truncate(x / y));
}

/// <summary>x·y</summary>
internal readonly struct MulFunction : IBinaryFunction
{
    public static float Apply(float x, float y) => x * y;

    public static (float X, float Y) Slopes(float x, float y, float z) => (y, x);
}

/// <summary>x or y, of 0 and 1</summary>
internal readonly struct OrFunction : IBinaryFunction
{
    public static float Apply(float x, float y) => x != 0 || y != 0 ? 1 : 0;

    public static (float X, float Y) Slopes(float x, float y, float z) => (0, 0);
}

/// <summary>x if x ≥ 0, otherwise y·x</summary>
internal readonly struct PReluFunction : IBinaryFunction
{
    public static float Apply(float x, float y) => x >= 0 ? x : y * x;

    public static (float X, float Y) Slopes(float x, float y, float z) => x >= 0 ? (1, 0) : (y, x);
}

/// <summary>xʸ</summary>
internal readonly struct PowFunction : IBinaryFunction
{
    public static float Apply(float x, float y) => Power(x, y);

    public static (float X, float Y) Slopes(float x, float y, float z) => ((float)(y * Exact.Pow(x, y - 1d)), x > 0 ? (float)(z * PortableMath.Log(x)) : 0);

    /// <summary>Computes squares and cubes as products, as ONNX Runtime does.</summary>
    private static float Power(float x, float y) => y == 2 ? x * x : y == 3 ? x * x * x : (float)Exact.Pow(x, y);
}

/// <summary>x − y</summary>
internal readonly struct SubFunction : IBinaryFunction
{
    public static float Apply(float x, float y) => x - y;

    public static (float X, float Y) Slopes(float x, float y, float z) => (1, -1);
}

/// <summary>either x or y, of 0 and 1</summary>
internal readonly struct XorFunction : IBinaryFunction
{
    public static float Apply(float x, float y) => (x != 0) != (y != 0) ? 1 : 0;

    public static (float X, float Y) Slopes(float x, float y, float z) => (0, 0);
}
