using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Layers;

/// <summary>
/// Compares a layer's gradients with central differences of L = Σ c·output for random c. Step 2⁻⁷, tolerance 2e-3 of the largest
/// gradient: what single precision allows.
/// </summary>
internal static class LayerCheck
{
    private const float Step = 1f / 128;
    private const double Tolerance = 2e-3;

    public static void Gradients(Layer layer, Shape inputShape, int batch, ulong seed = 1)
    {
        var run = new LayerRun(layer, inputShape, batch, new Engine(), seed);
        float[] c = TestValues.Uniform(run.Output.Length, seed + 7);
        run.Forward();
        run.Backward(c);
        Compare("input", run.Input, run.InputGradient, run, c);
        foreach (Parameter parameter in run.Parameters)
            Compare(parameter.Name, parameter.Values, parameter.Gradients.ToArray(), run, c);
    }

    private static void Compare(string what, Span<float> values, float[] gradient, LayerRun run, float[] c)
    {
        double scale = Math.Max(1, gradient.Max(Math.Abs));
        for (int i = 0; i < values.Length; i++)
        {
            float original = values[i];
            values[i] = original + Step;
            double above = Objective(run, c);
            values[i] = original - Step;
            double below = Objective(run, c);
            values[i] = original;
            double slope = (above - below) / (2 * Step);
            if (!(Math.Abs(slope - gradient[i]) <= Tolerance * scale))
                Assert.Fail($"{run.Layer.Description}: d/d{what}[{i}] is {gradient[i]}, by differences {slope}");
        }
    }

    private static double Objective(LayerRun run, float[] c)
    {
        run.Forward();
        double sum = 0;
        for (int i = 0; i < c.Length; i++)
            sum += (double)c[i] * run.Output[i];
        return sum;
    }
}
