namespace NeuralNetFromScratch.Images;

/// <summary>
/// The direction in which the ink's color differs from its surroundings': the principal axis of the differences from the local mean, the larger ones
/// weighted more. Red ink on green paper of the same brightness has one as well as black on white.
/// </summary>
internal static class InkAxis
{
    private const int PowerIterations = 20;

    /// <summary>A step from black to white has this length; the axis is scaled so that it comes to 255.</summary>
    private const double RootOf3 = 1.7320508075688772;

    /// <summary>The image along the axis, dark on light as in the image, 255 being the step from black to white.</summary>
    public static Plane Project(Plane[] channels, out double[] axis)
    {
        axis = Find(channels);
        return Project(channels, axis);
    }

    /// <summary>The image along a given axis.</summary>
    public static Plane Project(Plane[] channels, double[] axis)
    {
        var result = new Plane(channels[0].Width, channels[0].Height);
        float red = (float)(axis[0] / RootOf3), green = (float)(axis[1] / RootOf3), blue = (float)(axis[2] / RootOf3);
        float[] r = channels[0].Values, g = channels[1].Values, b = channels[2].Values;
        for (int i = 0; i < r.Length; i++)
            result.Values[i] = red * r[i] + green * g[i] + blue * b[i];
        return result;
    }

    private static double[] Find(Plane[] channels)
    {
        Plane[] means = [.. channels.Select(plane => plane.BoxMean(Math.Max(2, Math.Max(plane.Width, plane.Height) / 8)))];
        var moments = new double[3, 3];
        float[] r = channels[0].Values, g = channels[1].Values, b = channels[2].Values;
        for (int i = 0; i < r.Length; i++)
        {
            float red = r[i] - means[0].Values[i], green = g[i] - means[1].Values[i], blue = b[i] - means[2].Values[i];
            double weight = (double)red * red + (double)green * green + (double)blue * blue;
            moments[0, 0] += weight * red * red;
            moments[0, 1] += weight * red * green;
            moments[0, 2] += weight * red * blue;
            moments[1, 1] += weight * green * green;
            moments[1, 2] += weight * green * blue;
            moments[2, 2] += weight * blue * blue;
        }

        (moments[1, 0], moments[2, 0], moments[2, 1]) = (moments[0, 1], moments[0, 2], moments[1, 2]);
        return Principal(moments);
    }

    /// <summary>The eigenvector of the largest eigenvalue, by power iteration from the longest column; with a positive sum, so that it goes from dark to light.</summary>
    private static double[] Principal(double[,] matrix)
    {
        int longest = 0;
        for (int i = 1; i < 3; i++)
            longest = matrix[i, i] > matrix[longest, longest] ? i : longest;
        double[] vector = [matrix[0, longest], matrix[1, longest], matrix[2, longest]];
        for (int iteration = 0; iteration < PowerIterations; iteration++)
        {
            double length = Math.Sqrt(vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2]);
            if (!(length > 0))
                return [1 / RootOf3, 1 / RootOf3, 1 / RootOf3];
            double x = vector[0] / length, y = vector[1] / length, z = vector[2] / length;
            vector = iteration == PowerIterations - 1
                ? [x, y, z]
                : [.. Enumerable.Range(0, 3).Select(i => matrix[i, 0] * x + matrix[i, 1] * y + matrix[i, 2] * z)];
        }

        return vector[0] + vector[1] + vector[2] < 0 ? [-vector[0], -vector[1], -vector[2]] : vector;
    }
}
