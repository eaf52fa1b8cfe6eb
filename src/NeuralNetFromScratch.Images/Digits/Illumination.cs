namespace NeuralNetFromScratch.Images;

/// <summary>
/// The even part of an image's light: the quadratic surface that fits the ground best, by least squares over a grid of pixels, from which those that
/// rise far above the surface are left out and the rest is fitted again.
/// </summary>
internal static class Illumination
{
    private const int Terms = 6, Fits = 3, Step = 4;

    private const double OutlierDeviations = 1.5;

    /// <summary>A surface whose residual exceeds this fraction of its range is not illumination, but for example a sheet on a table or the edge of a shadow.</summary>
    private const double MostLeft = 0.1;

    /// <summary>The share of the pixels that may rise above it.</summary>
    private const double MostAbove = 0.15;

    /// <summary>The surface under ink that is light; 0 everywhere where no surface fits.</summary>
    public static Plane Under(Plane ink)
    {
        double[] surface = new double[Terms];
        double limit = double.PositiveInfinity;
        int above = 0, seen = 0;
        Span<double> terms = stackalloc double[Terms];
        for (int fit = 0; fit < Fits; fit++)
        {
            double[,] equations = new double[Terms, Terms + 1];
            (above, seen) = (0, 0);
            for (int y = 0; y < ink.Height; y += Step)
            {
                for (int x = 0; x < ink.Width; x += Step)
                {
                    Fill(terms, ink, x, y);
                    double value = ink.Values[y * ink.Width + x];
                    seen++;
                    if (value - At(surface, terms) > limit)
                    {
                        above++;
                        continue;
                    }

                    for (int row = 0; row < Terms; row++)
                    {
                        for (int column = 0; column < Terms; column++)
                            equations[row, column] += terms[row] * terms[column];
                        equations[row, Terms] += terms[row] * value;
                    }
                }
            }

            surface = Solved(equations);
            limit = OutlierDeviations * Deviation(ink, surface, limit);
        }

        var result = new Plane(ink.Width, ink.Height);
        (float lowest, float highest) = (float.PositiveInfinity, float.NegativeInfinity);
        for (int y = 0; y < ink.Height; y++)
        {
            for (int x = 0; x < ink.Width; x++)
            {
                Fill(terms, ink, x, y);
                float value = (float)At(surface, terms);
                (lowest, highest) = (Math.Min(lowest, value), Math.Max(highest, value));
                result.Values[y * ink.Width + x] = value;
            }
        }

        bool isLight = above < MostAbove * seen && limit < MostLeft * OutlierDeviations * (highest - lowest);
        return isLight ? result : new(ink.Width, ink.Height);
    }

    private static double Deviation(Plane ink, double[] surface, double limit)
    {
        Span<double> terms = stackalloc double[Terms];
        double squares = 0;
        int count = 1;
        for (int y = 0; y < ink.Height; y += Step)
        {
            for (int x = 0; x < ink.Width; x += Step)
            {
                Fill(terms, ink, x, y);
                double rest = ink.Values[y * ink.Width + x] - At(surface, terms);
                if (rest > limit)
                    continue;
                squares += rest * rest;
                count++;
            }
        }

        return Math.Sqrt(squares / count);
    }

    private static void Fill(Span<double> terms, Plane ink, int x, int y)
    {
        double u = 2.0 * x / ink.Width - 1, v = 2.0 * y / ink.Height - 1;
        (terms[0], terms[1], terms[2], terms[3], terms[4], terms[5]) = (1, u, v, u * u, u * v, v * v);
    }

    private static double At(double[] surface, ReadOnlySpan<double> terms) =>
        surface[0] * terms[0] + surface[1] * terms[1] + surface[2] * terms[2] + surface[3] * terms[3] + surface[4] * terms[4] + surface[5] * terms[5];

    /// <summary>Gaussian elimination; a term without a pivot, as in an image of one row, is 0.</summary>
    private static double[] Solved(double[,] equations)
    {
        const double LeastPivot = 1e-9;
        for (int pivot = 0; pivot < Terms; pivot++)
        {
            for (int row = 0; row < Terms; row++)
            {
                if (row == pivot || Math.Abs(equations[pivot, pivot]) < LeastPivot)
                    continue;
                double factor = equations[row, pivot] / equations[pivot, pivot];
                for (int column = pivot; column <= Terms; column++)
                    equations[row, column] -= factor * equations[pivot, column];
            }
        }

        var solution = new double[Terms];
        for (int i = 0; i < Terms; i++)
            solution[i] = Math.Abs(equations[i, i]) < LeastPivot ? 0 : equations[i, Terms] / equations[i, i];
        return solution;
    }
}
