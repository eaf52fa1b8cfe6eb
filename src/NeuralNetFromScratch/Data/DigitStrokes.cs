namespace NeuralNetFromScratch;

/// <summary>The digits as strokes: points (x, y, x, y, …) in the unit square, y downwards, joined by straight lines.</summary>
internal static class DigitStrokes
{
    private static readonly double[][][] Strokes =
    [
        [Arc(0.5, 0.5, 0.42, 0.5, 0, 360)],
        [[0.3, 0.2, 0.55, 0, 0.55, 1]],
        [[.. Arc(0.5, 0.28, 0.4, 0.28, 190, 390), 0.1, 1, 0.95, 1]],
        [[.. Arc(0.45, 0.26, 0.38, 0.26, 200, 440), .. Arc(0.45, 0.74, 0.42, 0.26, -80, 150)]],
        [[0.65, 1, 0.65, 0, 0.05, 0.68, 0.98, 0.68]],
        [[0.9, 0, 0.22, 0, 0.15, 0.42, .. Arc(0.48, 0.68, 0.4, 0.32, -110, 150)]],
        [[0.75, 0.02, 0.35, 0.3, .. Arc(0.5, 0.7, 0.38, 0.3, 190, 550)]],
        [[0.05, 0, 0.95, 0, 0.4, 1]],
        [Arc(0.5, 0.25, 0.33, 0.25, 90, 450), Arc(0.5, 0.75, 0.4, 0.25, -90, 270)],
        [[.. Arc(0.47, 0.3, 0.37, 0.3, 10, 370), 0.75, 1]],
    ];

    public static IReadOnlyList<double[]> Of(int digit) => Strokes[digit];

    /// <summary>Points on an ellipse, in degrees from the right, clockwise.</summary>
    private static double[] Arc(double centreX, double centreY, double radiusX, double radiusY, double from, double to)
    {
        const int Steps = 14;
        var points = new double[2 * (Steps + 1)];
        for (int i = 0; i <= Steps; i++)
        {
            (double sine, double cosine) = Math.SinCos((from + (to - from) * i / Steps) * Math.PI / 180);
            points[2 * i] = centreX + radiusX * cosine;
            points[2 * i + 1] = centreY + radiusY * sine;
        }

        return points;
    }
}
