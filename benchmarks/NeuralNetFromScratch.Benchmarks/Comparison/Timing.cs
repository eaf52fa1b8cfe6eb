namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>Seconds of an action over several runs.</summary>
/// <param name="Best">The shortest run.</param>
/// <param name="Median">The run in the middle.</param>
internal readonly record struct Timing(double Best, double Median)
{
    /// <summary>Whichever is shorter, of two groups of runs.</summary>
    public static Timing Min(Timing left, Timing right) => new(Math.Min(left.Best, right.Best), Math.Min(left.Median, right.Median));
}
