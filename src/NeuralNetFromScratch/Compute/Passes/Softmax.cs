using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>The softmax function.</summary>
internal static unsafe class Softmax
{
    /// <summary>Writes <c>scale · softmax(x)</c> and returns <c>log Σ exp(x − max x)</c> and <c>max x</c>.</summary>
    [MethodImpl(HotPath.CompileOnce)]
    public static (double ShiftedLogSum, float Maximum) Row(ReadOnlySpan<float> x, Span<float> y, float scale)
    {
        fixed (float* input = x, output = y)
        {
            var kernel = new SoftmaxRowKernel(input, output, x.Length, scale);
            SimdDispatch.Run(SimdWidths.Best, ref kernel);
            return (kernel.ShiftedLogSum, kernel.Maximum);
        }
    }

    /// <summary>Replaces each row of <paramref name="columns"/> values by the logarithm of its softmax: <c>x − max x − log Σ exp(x − max x)</c>.</summary>
    public static void LogRows(Span<float> values, int columns)
    {
        for (int start = 0; start < values.Length; start += columns)
        {
            Span<float> row = values.Slice(start, columns);
            float maximum = float.NegativeInfinity;
            foreach (float value in row)
                maximum = MathF.Max(maximum, value);
            double sum = 0;
            foreach (float value in row)
                sum += Math.Exp((double)value - maximum);
            double logSum = Math.Log(sum);
            foreach (ref float value in row)
                value = (float)((double)value - maximum - logSum);
        }
    }

    /// <summary>Replaces each row of <paramref name="columns"/> values by its softmax.</summary>
    public static void Rows(Span<float> values, int columns)
    {
        for (int start = 0; start < values.Length; start += columns)
        {
            Span<float> row = values.Slice(start, columns);
            Row(row, row, 1);
        }
    }
}
