namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// A function of one number that several nodes compute together, as exporters write GELU or SiLU. It is recognized by its values, so that
/// it does not matter in which order and form the nodes come.
/// </summary>
internal static class ElementwiseFunction
{
    private const double Range = 6, Step = 0.23, Tolerance = 2e-6;

    private static readonly (Activation Activation, Func<double, double> Function)[] Known =
    [
        (Activation.Identity, x => x),
        (Activation.Relu, x => Math.Max(x, 0)),
        (Activation.Sigmoid, Sigmoid),
        (Activation.Tanh, Math.Tanh),
        (Activation.Silu, x => x * Sigmoid(x)),
        (Activation.HardSwish, x => x * Math.Clamp(x / 6 + 0.5, 0, 1)),
        (Activation.Softplus, x => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)))),
        (Activation.Gelu, x => x * (1 + Erf(x / Math.Sqrt(2))) / 2),
        (Activation.GeluTanh, x => x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2),
        (Activation.Selu, x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1))),
    ];

    /// <summary>The layer that computes the function; null if there is none.</summary>
    public static Activation? Recognize(Func<double, double> function)
    {
        foreach ((Activation activation, Func<double, double> known) in Known)
        {
            if (Agree(function, known))
                return activation;
        }

        // Those with a setting: read it off, then compare.
        double slope = -function(-1);
        if (slope >= 0 && Agree(function, x => x > 0 ? x : slope * x))
            return Activation.LeakyRelu((float)slope);
        double alpha = function(-1) / (Math.Exp(-1) - 1);
        return alpha >= 0 && Agree(function, x => x > 0 ? x : alpha * (Math.Exp(x) - 1)) ? Activation.Elu((float)alpha) : null;
    }

    /// <summary>The function as <c>factor · x + shift</c>, if it is that.</summary>
    public static (double Factor, double Shift)? RecognizeLine(Func<double, double> function)
    {
        double shift = function(0), factor = function(1) - shift;
        double scale = Math.Max(1, Math.Abs(factor) + Math.Abs(shift));
        return Agree(x => function(x) / scale, x => (factor * x + shift) / scale) ? (factor, shift) : null;
    }

    /// <summary>The error function by its series, and its complement's continued fraction further out.</summary>
    public static double Erf(double x)
    {
        if (Math.Abs(x) > 3)
        {
            double fraction = 0;
            for (int k = 60; k > 0; k--)
                fraction = k / 2.0 / (Math.Abs(x) + fraction);
            return Math.Sign(x) * (1 - Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * (Math.Abs(x) + fraction)));
        }

        double term = x, sum = x;
        for (int n = 1; n < 100; n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static bool Agree(Func<double, double> first, Func<double, double> second)
    {
        for (double x = -Range; x <= Range; x += Step)
        {
            if (!(Math.Abs(first(x) - second(x)) <= Tolerance * Math.Max(1, Math.Abs(second(x)))))
                return false;
        }

        return true;
    }
}
