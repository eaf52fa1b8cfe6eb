using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Hashes;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Compute;

/// <summary>The functions over registers against double precision: their errors, their edges, and the same bits at every width.</summary>
public class SimdFunctionTests
{
    private static readonly float[] Edges =
    [
        0, -0f, 1, -1, float.Epsilon, -float.Epsilon, 1.17549421e-38f, 1.17549435e-38f, float.MaxValue, float.MinValue, float.NaN, float.PositiveInfinity,
        float.NegativeInfinity, 88.72283f, 88.72284f, 88.7229f, -87.33654f, -87.33655f, -103.97207f, -103.97208f, -104, 128, -128, 0.70710677f, 0.7071068f,
        1.4142135f, 1.4142136f, 0.99999994f, 1.0000001f,
    ];

    [Test]
    public void Exponentials_and_logarithms_keep_their_bounds([Values] RegisterWidth width)
    {
        // Every 4,093rd float.
        for (long first = 0; first < 1L << 32; first += 4093L * 4096)
            CheckErrors(Floats(first, 4093), (SimdWidth)width);
        CheckErrors(Edges, (SimdWidth)width);
    }

    [Test]
    [Explicit("a minute for each width: the errors that SimdFunctions states")]
    public void Exponentials_and_logarithms_of_every_float([Values] RegisterWidth width)
    {
        double exp = 0, log = 0;
        for (long first = 0; first < 1L << 32; first += 4096)
        {
            (double ofExp, double ofLog) = CheckErrors(Floats(first, 1), (SimdWidth)width);
            (exp, log) = (Math.Max(exp, ofExp), Math.Max(log, ofLog));
        }

        TestContext.Out.WriteLine($"exp {exp:F3}, log {log:F3} units in the last place");
    }

    [Test]
    public void Sines_and_cosines_of_turns_keep_their_bounds([Values] RegisterWidth width)
    {
        const int Turns = 1 << 24;
        float[] t = new float[4096], sine = new float[4096], cosine = new float[4096];
        for (int first = 0; first < Turns; first += 61 * 4096)
        {
            for (int i = 0; i < t.Length; i++)
                t[i] = Math.Min(first + 61 * i + 1, Turns) * (1f / Turns);
            ElementPass.Run((SimdWidth)width, default(SineFunction), t, sine);
            ElementPass.Run((SimdWidth)width, default(CosineFunction), t, cosine);
            for (int i = 0; i < t.Length; i++)
            {
                Assert.That(Error(sine[i], double.SinPi(2.0 * t[i])), Is.LessThanOrEqualTo(2), $"sine of {t[i]:R}");
                Assert.That(Error(cosine[i], double.CosPi(2.0 * t[i])), Is.LessThanOrEqualTo(2), $"cosine of {t[i]:R}");
            }
        }
    }

    [Test]
    public void The_bits_are_the_same_at_every_width([Values] RegisterWidth width)
    {
        width.AssumeUsed();
        for (long first = 0; first < 1L << 32; first += 65521L * 4096)
        {
            float[] x = [.. Floats(first, 65521), .. Edges];
            Assert.That(Bits(default(ExpFunction), x, (SimdWidth)width), Is.EqualTo(Bits(default(ExpFunction), x, SimdWidth.Scalar)));
            Assert.That(Bits(default(LogFunction), x, (SimdWidth)width), Is.EqualTo(Bits(default(LogFunction), x, SimdWidth.Scalar)));
            Assert.That(Bits(default(SineFunction), x, (SimdWidth)width), Is.EqualTo(Bits(default(SineFunction), x, SimdWidth.Scalar)));
            Assert.That(Bits(default(CosineFunction), x, (SimdWidth)width), Is.EqualTo(Bits(default(CosineFunction), x, SimdWidth.Scalar)));
        }
    }

    private static (double Exp, double Log) CheckErrors(float[] x, SimdWidth width)
    {
        var y = new float[x.Length];
        ElementPass.Run(width, default(ExpFunction), x, y);
        double exp = Largest(x, y, Math.Exp, 1, "exp");
        ElementPass.Run(width, default(LogFunction), x, y);
        return (exp, Largest(x, y, Math.Log, 1, "log"));
    }

    private static double Largest(float[] x, float[] y, Func<double, double> function, double bound, string name)
    {
        double largest = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double error = Error(y[i], function(x[i]));
            if (!(error <= bound))
                Assert.Fail($"{name} of {x[i]:R} is {y[i]:R}, {error} units in the last place off");
            largest = Math.Max(largest, error);
        }

        return largest;
    }

    /// <summary>The distance in units in the last place of a float; 0 where both are NaN or the same infinity.</summary>
    private static double Error(float actual, double expected)
    {
        float rounded = (float)expected;
        if (!float.IsFinite(rounded))
            return actual.Equals(rounded) ? 0 : double.PositiveInfinity;
        double unit = expected == 0 ? float.Epsilon : Math.Max(Math.ScaleB(1, Math.ILogB(expected) - 23), float.Epsilon);
        return Math.Abs(actual - expected) / unit;
    }

    /// <summary>4,096 floats by their bits.</summary>
    private static float[] Floats(long first, long step)
    {
        var values = new float[4096];
        for (int i = 0; i < values.Length; i++)
            values[i] = BitConverter.UInt32BitsToSingle((uint)(first + i * step));
        return values;
    }

    private static int[] Bits<TFunction>(TFunction function, float[] x, SimdWidth width)
        where TFunction : struct, IElementFunction
    {
        var y = new float[x.Length];
        ElementPass.Run(width, function, x, y);
        // The bits of a NaN are the processor's.
        return TestValues.Bits([.. y.Select(value => float.IsNaN(value) ? float.NaN : value)]);
    }

    private readonly struct SineFunction : IElementFunction
    {
        public TSimd Apply<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => SimdFunctions.SinCosOfTurns(x, out _);
    }

    private readonly struct CosineFunction : IElementFunction
    {
        public TSimd Apply<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd>
        {
            SimdFunctions.SinCosOfTurns(x, out TSimd cosine);
            return cosine;
        }
    }
}
