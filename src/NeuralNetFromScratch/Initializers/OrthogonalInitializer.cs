namespace NeuralNetFromScratch;

/// <summary>
/// A random matrix with orthonormal rows or columns, whichever are fewer, times a gain: the rows of a normally distributed matrix made
/// orthogonal one after the other (Gram and Schmidt, twice over, in double precision).
/// </summary>
internal sealed class OrthogonalInitializer(double gain) : Initializer
{
    /// <summary>The second pass removes what rounding left after the first.</summary>
    private const int Passes = 2;

    public override void Fill(Span<float> values, Shape shape, RandomSource random)
    {
        if (shape.Rank != 2)
            throw new ArgumentException($"orthogonal needs a weight of shape [in, out], got {shape}", nameof(shape));
        int count = Math.Min(shape[0], shape[1]), length = Math.Max(shape[0], shape[1]);
        var vectors = new double[count][];
        for (int i = 0; i < count; i++)
        {
            double[] vector = vectors[i] = new double[length];
            for (int j = 0; j < length; j++)
                vector[j] = random.Normal((ulong)i * (ulong)length + (ulong)j);
            for (int pass = 0; pass < Passes; pass++)
            {
                for (int other = 0; other < i; other++)
                    Subtract(vector, vectors[other]);
            }

            double norm = Math.Sqrt(Dot(vector, vector));
            for (int j = 0; j < length; j++)
                vector[j] /= norm;
        }

        bool rowsAreVectors = shape[0] <= shape[1];
        for (int row = 0; row < shape[0]; row++)
        {
            for (int column = 0; column < shape[1]; column++)
                values[row * shape[1] + column] = (float)(gain * (rowsAreVectors ? vectors[row][column] : vectors[column][row]));
        }
    }

    /// <summary>Takes from a vector its part along a vector of length 1.</summary>
    private static void Subtract(double[] vector, double[] unit)
    {
        double part = Dot(vector, unit);
        for (int j = 0; j < vector.Length; j++)
            vector[j] -= part * unit[j];
    }

    private static double Dot(double[] left, double[] right)
    {
        double sum = 0;
        for (int j = 0; j < left.Length; j++)
            sum += left[j] * right[j];
        return sum;
    }
}
