namespace NeuralNetFromScratch;

/// <summary>
/// A random matrix with orthonormal rows or columns, whichever are fewer, times a gain: the rows of a normally distributed matrix made
/// orthogonal one after the other (Gram and Schmidt, twice over, in double precision).
/// </summary>
internal sealed class OrthogonalInitializer(double gain) : Initializer
{
    /// <summary>The second pass removes what rounding left after the first.</summary>
    private const int Passes = 2;

    public override void Fill(Span<float> values, ParameterDefinition definition, RandomSource random)
    {
        if (definition.Shape.Rank < 2 || definition.Shape.ElementCount == 0)
            throw new ArgumentException($"orthogonal needs a weight with inputs and outputs, such as [in, out], got {definition.Name} {definition.Shape}", nameof(definition));
        // A weight of more dimensions counts as the matrix [all others, last].
        int columns = definition.Shape[^1], rows = definition.Shape.ElementCount / columns;
        int count = Math.Min(rows, columns), length = Math.Max(rows, columns);
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

        bool rowsAreVectors = rows <= columns;
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                values[row * columns + column] = (float)(gain * (rowsAreVectors ? vectors[row][column] : vectors[column][row]));
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
