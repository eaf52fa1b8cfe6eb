using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>
/// Checks the gradients of a layer, a loss or an activation against central differences with step 1/128. The tolerance is 0.002 times the largest
/// derivative (at least 1), which is appropriate for single precision. Outputs and gradients are initialized to NaN, so that an element that is
/// not written is detected. Parameters are moved by up to 0.25 from their initial values, so that a factor of 1 or a bias of 0 hides no mistake.
/// </summary>
public static class GradientCheck
{
    /// <summary>The factor of a loss's gradient; it is not 1, so that a loss that ignores it is detected.</summary>
    private const float Scale = 0.5f;

    /// <summary>
    /// Checks a layer: its gradients with respect to the input and all trained parameters, both overwritten and accumulated, and that a forward
    /// pass changes no parameter.
    /// </summary>
    /// <param name="layer">The layer to check.</param>
    /// <param name="inputShape">The shape of one sample.</param>
    /// <param name="rows">The number of samples; positive. Default: 4.</param>
    /// <param name="seed">The seed of inputs, parameters and the layer's random numbers. Default: 0.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentException">The layer does not accept the shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rows"/> is not positive.</exception>
    public static GradientReport Run(Layer layer, Shape inputShape, int rows = 4, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        var chain = new Chain(inputShape, [layer]);
        int outputs = Guard.Length(rows, chain.OutputShape.ElementCount);
        var random = new RandomSource(seed);
        ParameterStore parameters = layer.CreateParameters(inputShape, seed);
        var memory = new ChainMemory(chain, new Engine(1), parameters, rows, isTraining: true);
        memory.Poison();
        float[] input = Uniform(random.Fork(1), Guard.Length(rows, inputShape.ElementCount)), direction = Uniform(random.Fork(2), outputs);
        float[] inputGradient = Undefined(input.Length);
        parameters.Gradients.Fill(float.NaN);
        Parameter[] trained = [.. parameters.Where(parameter => parameter.Role != ParameterRole.Buffer)];
        foreach ((int number, Parameter parameter) in parameters.Index())
        {
            if (parameter.Role != ParameterRole.Buffer)
                Move(parameter.Values, random.Fork(4).Fork((ulong)number));
        }

        float[] values = parameters.Values.ToArray();
        // L = Σ direction · output
        Pass(accumulate: false);
        var comparison = new GradientComparison();
        foreach (Parameter parameter in parameters)
        {
            for (int i = 0; i < parameter.Shape.ElementCount; i++)
                comparison.ExpectSame($"{parameter.Name}[{i}] after a pass", parameter.Values[i], values[parameter.Offset + i]);
        }

        comparison.Compare("input", input, inputGradient, Objective);
        foreach (Parameter parameter in trained)
            comparison.Compare(parameter.Name, parameter.Values, parameter.Gradients.ToArray(), Objective);

        float[] once = parameters.Gradients.ToArray();
        Pass(accumulate: true);
        foreach (Parameter parameter in trained)
        {
            for (int i = 0; i < parameter.Shape.ElementCount; i++)
                comparison.Expect($"{parameter.Name}[{i}] accumulated twice", parameter.Gradients[i], 2.0 * once[parameter.Offset + i]);
        }

        return comparison.Report();

        void Pass(bool accumulate)
        {
            ChainRun run = memory.Run(rows, accumulate, random.Fork(3));
            var view = new ReadOnlyMatrixView(input, rows, inputShape.ElementCount);
            run.Forward(view);
            direction.CopyTo(run.OutputGradient.Span);
            run.Backward(view, new MatrixView(inputGradient, rows, inputShape.ElementCount));
        }

        double Objective()
        {
            ReadOnlySpan<float> output = memory.Run(rows, random: random.Fork(3)).Forward(new(input, rows, inputShape.ElementCount)).Span;
            double sum = 0;
            for (int i = 0; i < outputs; i++)
                sum += (double)direction[i] * output[i];
            return sum;
        }
    }

    /// <summary>
    /// Checks a loss: its gradient with respect to the outputs, for labels and for dense targets from 0 to 1. The loss may reject one of the two.
    /// </summary>
    /// <param name="loss">The loss to check.</param>
    /// <param name="outputs">The number of outputs; positive. Default: 5.</param>
    /// <param name="rows">The number of samples; positive. Default: 4.</param>
    /// <param name="seed">The seed of outputs and targets. Default: 0.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="outputs"/> or <paramref name="rows"/> is not positive.</exception>
    /// <exception cref="NotSupportedException">The loss accepts neither labels nor dense targets.</exception>
    public static GradientReport Run(Loss loss, int outputs = 5, int rows = 4, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        var random = new RandomSource(seed);
        float[] values = Uniform(random.Fork(1), Guard.Length(rows, outputs));
        float[] targets = [.. Uniform(random.Fork(2), values.Length).Select(value => (value + 1) / 2)];
        int[] labels = [.. Enumerable.Range(0, rows).Select(row => random.Fork(3).Below((ulong)row, outputs))];
        var comparison = new GradientComparison();
        bool takesLabels = Compare("outputs (labels)", gradient => loss.Evaluate(new(values, rows, outputs), labels, Scale, View(gradient)));
        bool takesTargets = Compare(
            "outputs (targets)", gradient => loss.Evaluate(new(values, rows, outputs), new ReadOnlyMatrixView(targets, rows, outputs), Scale, View(gradient)));
        return takesLabels || takesTargets ? comparison.Report() : throw new NotSupportedException($"{loss} takes neither labels nor dense targets");

        bool Compare(string what, Func<float[]?, double> evaluate)
        {
            float[] gradient = Undefined(values.Length);
            double sum;
            try
            {
                sum = evaluate(gradient);
            }
            catch (NotSupportedException)
            {
                return false;
            }

            comparison.Expect($"{what}: the loss without its gradient", evaluate(null), sum);
            comparison.Compare(what, values, gradient, () => Scale * evaluate(null));
            return true;
        }

        MatrixView View(float[]? gradient) => gradient is null ? default : new(gradient, rows, outputs);
    }

    /// <summary>Checks an activation: its derivative at random arguments.</summary>
    /// <param name="activation">The activation to check.</param>
    /// <param name="seed">The seed of the arguments. Default: 0.</param>
    /// <returns>The report.</returns>
    public static GradientReport Run(Activation activation, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(activation);
        return Run(new ActivationLayer(activation), [33], rows: 3, seed);
    }

    private static void Move(Span<float> values, RandomSource random)
    {
        float[] shares = Uniform(random, values.Length);
        for (int i = 0; i < values.Length; i++)
            values[i] += shares[i] / 4 * (values[i] == 0 ? 1 : values[i]);
    }

    private static float[] Uniform(RandomSource random, int count) =>
        [.. Enumerable.Range(0, count).Select(i => (float)(2 * random.Uniform((ulong)i) - 1))];

    private static float[] Undefined(int count)
    {
        float[] values = new float[count];
        Array.Fill(values, float.NaN);
        return values;
    }
}

/// <summary>The result of a <see cref="GradientCheck"/>.</summary>
public sealed class GradientReport
{
    /// <summary>The maximum fraction of derivatives that may be skipped.</summary>
    private const double SkippedShare = 0.2;

    internal GradientReport(int compared, int skipped, double largestError, string worstElement, double analytic, double numeric)
    {
        ComparedCount = compared;
        SkippedCount = skipped;
        LargestError = largestError;
        WorstElement = worstElement;
        Analytic = analytic;
        Numeric = numeric;
    }

    /// <summary>Whether all derivatives agree and at most 20 % of them were skipped.</summary>
    public bool Passed => LargestError <= 1 && SkippedCount <= SkippedShare * (ComparedCount + SkippedCount);

    /// <summary>The number of values that were compared.</summary>
    public int ComparedCount { get; }

    /// <summary>The number of derivatives that were skipped because the function has a kink there: its one-sided slopes differ.</summary>
    public int SkippedCount { get; }

    /// <summary>The largest difference in units of the tolerance. The check fails if it is above 1.</summary>
    public double LargestError { get; }

    /// <summary>The element with the largest difference, for example "weight[3]".</summary>
    public string WorstElement { get; }

    /// <summary>The derivative of <see cref="WorstElement"/> as computed by the part.</summary>
    public double Analytic { get; }

    /// <summary>The derivative of <see cref="WorstElement"/> by central differences.</summary>
    public double Numeric { get; }

    /// <summary>Returns the report as text.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Passed ? "passed" : "FAILED")}: {ComparedCount} values compared, {SkippedCount} skipped at kinks; worst {WorstElement}: {Analytic:G6}, expected {Numeric:G6} ({LargestError:G3} of the tolerance)");
}

/// <summary>Compares derivatives with central differences element by element and keeps the worst.</summary>
internal sealed class GradientComparison
{
    /// <summary>
    /// The step: a power of two, so that adding and subtracting it adds no rounding error. It is large enough for single precision and small
    /// enough for the curvature.
    /// </summary>
    public const float Step = 1f / 128;

    /// <summary>The allowed difference relative to the largest derivative or 1.</summary>
    private const double Tolerance = 2e-3;

    private const double KinkTolerance = 0.1;

    private int _checked;
    private int _skipped;
    private double _worst = -1;
    private string _element = "";
    private double _analytic;
    private double _numeric;

    /// <summary>Compares the derivatives with respect to some values.</summary>
    /// <param name="what">The name of the values.</param>
    /// <param name="values">The values, which are changed and restored one by one.</param>
    /// <param name="gradient">The computed derivatives.</param>
    /// <param name="objective">The function.</param>
    public void Compare(string what, Span<float> values, ReadOnlySpan<float> gradient, Func<double> objective)
    {
        double largest = 1;
        foreach (float derivative in gradient)
            largest = Math.Max(largest, Math.Abs(derivative));
        double middle = objective();
        for (int i = 0; i < values.Length; i++)
        {
            float original = values[i];
            values[i] = original + Step;
            double above = objective();
            values[i] = original - Step;
            double below = objective();
            values[i] = original;
            double slope = (above - below) / (2 * Step), error = Math.Abs(slope - gradient[i]) / (Tolerance * largest);
            // At a kink one of the one-sided slopes is right. The central difference is then wrong by half of the difference between them.
            double halfBend = Math.Abs(above - 2 * middle + below) / (2 * Step);
            if (error > 1 && Math.Abs(Math.Abs(slope - gradient[i]) - halfBend) <= KinkTolerance * halfBend)
            {
                _skipped++;
                continue;
            }

            Note($"{what}[{i}]", gradient[i], slope, error);
        }
    }

    /// <summary>Compares two numbers that must agree within the tolerance.</summary>
    public void Expect(string what, double actual, double expected) =>
        Note(what, actual, expected, Math.Abs(actual - expected) / (Tolerance * Math.Max(1, Math.Abs(expected))));

    /// <summary>Compares two numbers that must be equal; both may be NaN.</summary>
    public void ExpectSame(string what, float actual, float expected)
    {
        if (!actual.Equals(expected))
            Note(what, actual, expected, double.PositiveInfinity);
    }

    public GradientReport Report() => new(_checked, _skipped, Math.Max(_worst, 0), _element, _analytic, _numeric);

    private void Note(string element, double analytic, double numeric, double error)
    {
        _checked++;
        if (!(error <= _worst))
            (_worst, _element, _analytic, _numeric) = (double.IsNaN(error) ? double.PositiveInfinity : error, element, analytic, numeric);
    }
}
