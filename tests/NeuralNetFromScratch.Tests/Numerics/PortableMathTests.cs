using System.Text.Json;

namespace NeuralNetFromScratch.Tests.Numerics;

/// <summary>The functions in double precision against their values to 200 bits, which mpmath computed (Golden/make_functions.py).</summary>
public class PortableMathTests
{
    [TestCase("exp", 0.75)]
    [TestCase("log", 0.85)]
    [TestCase("log1p", 1.5)]
    [TestCase("sine of turns", 1.25)]
    [TestCase("cosine of turns", 1.5)]
    public void A_function_keeps_its_bound(string function, double bound)
    {
        foreach ((double[] arguments, double high, double low) in Cases(function))
        {
            double x = arguments[0];
            double actual = function switch
            {
                "exp" => PortableMath.Exp(x),
                "log" => PortableMath.Log(x),
                "log1p" => PortableMath.LogP1(x),
                "sine of turns" => PortableMath.SinCosOfTurns(x).Sine,
                _ => PortableMath.SinCosOfTurns(x).Cosine,
            };
            Assert.That(Error(actual, high, low), Is.LessThanOrEqualTo(bound), $"{function} of {x:R}: {actual:R}, expected {high:R}");
        }
    }

    [Test]
    public void A_power_keeps_its_bound()
    {
        foreach ((double[] arguments, double high, double low) in Cases("pow"))
        {
            double actual = PortableMath.Pow(arguments[0], arguments[1]), bound = 1 + Math.Abs(arguments[1] * Math.Log(arguments[0])) / 32;
            Assert.That(Error(actual, high, low), Is.LessThanOrEqualTo(bound), $"{arguments[0]:R} to the {arguments[1]:R}: {actual:R}, expected {high:R}");
        }
    }

    [Test]
    public void Functions_answer_at_their_edges()
    {
        const double Infinity = double.PositiveInfinity;
        Assert.Multiple(() =>
        {
            Assert.That(PortableMath.Exp(0), Is.EqualTo(1));
            Assert.That(PortableMath.Exp(Infinity), Is.EqualTo(Infinity));
            Assert.That(PortableMath.Exp(-Infinity), Is.Zero);
            Assert.That(PortableMath.Exp(709.79), Is.EqualTo(Infinity));
            Assert.That(PortableMath.Exp(-745.2), Is.Zero);
            Assert.That(PortableMath.Exp(double.NaN), Is.NaN);
            Assert.That(PortableMath.Log(1), Is.Zero);
            Assert.That(PortableMath.Log(0), Is.EqualTo(-Infinity));
            Assert.That(PortableMath.Log(-0.0), Is.EqualTo(-Infinity));
            Assert.That(PortableMath.Log(-1), Is.NaN);
            Assert.That(PortableMath.Log(Infinity), Is.EqualTo(Infinity));
            Assert.That(PortableMath.Log(double.NaN), Is.NaN);
            Assert.That(PortableMath.LogP1(-1), Is.EqualTo(-Infinity));
            Assert.That(PortableMath.LogP1(-1.5), Is.NaN);
            Assert.That(PortableMath.LogP1(Infinity), Is.EqualTo(Infinity));
            Assert.That(PortableMath.LogP1(double.NaN), Is.NaN);
            Assert.That(PortableMath.LogP1(1e-320), Is.EqualTo(1e-320));
            Assert.That(PortableMath.Pow(0, 3), Is.Zero);
            Assert.That(PortableMath.Pow(0, 0), Is.EqualTo(1));
            Assert.That(PortableMath.Pow(0.5, Infinity), Is.Zero);
            Assert.That(PortableMath.Pow(0.5, double.NaN), Is.NaN);
            Assert.That(PortableMath.Pow(double.NaN, 2), Is.NaN);
            Assert.That(PortableMath.Pow(10, 400), Is.EqualTo(Infinity));
            Assert.That(PortableMath.Pow(1e-320, 1), Is.EqualTo(1e-320));
            Assert.That(PortableMath.SinCosOfTurns(0), Is.EqualTo((0.0, 1.0)));
            Assert.That(PortableMath.SinCosOfTurns(0.25), Is.EqualTo((1.0, 0.0)));
            Assert.That(PortableMath.SinCosOfTurns(-0.5), Is.EqualTo((0.0, -1.0)));
            Assert.That(PortableMath.SinCosOfTurns(7.75), Is.EqualTo((-1.0, 0.0)));
            Assert.That(PortableMath.SinCosOfTurns(1e300), Is.EqualTo((0.0, 1.0)));
            Assert.That(PortableMath.SinCosOfTurns(Infinity), Is.EqualTo((double.NaN, double.NaN)));
        });
    }

    /// <summary>How far a value lies from high + low, in units in the last place of a double there.</summary>
    private static double Error(double actual, double high, double low)
    {
        double unit = Math.BitIncrement(Math.Abs(high)) - Math.Abs(high);
        return Math.Abs(actual - high - low) / unit;
    }

    private static IEnumerable<(double[] Arguments, double High, double Low)> Cases(string function)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "functions.json")));
        foreach (JsonElement row in document.RootElement.GetProperty(function).EnumerateArray())
        {
            double[] numbers = [.. row.EnumerateArray().Select(number => number.GetDouble())];
            yield return (numbers[..^2], numbers[^2], numbers[^1]);
        }
    }
}
