
namespace NeuralNetFromScratch.Published;

/// <summary>A published recipe.</summary>
internal abstract class Row
{
    public abstract string Name { get; }

    /// <summary>Where the recipe and its figure come from.</summary>
    public abstract string Source { get; }

    /// <summary>The published figure, in the unit of <see cref="Target"/>; null where there is none.</summary>
    public abstract double? Published { get; }

    public abstract Figure Target { get; }

    /// <summary>What the source leaves open, and what was taken, chosen on a 50,000/10,000 split of the training set.</summary>
    public virtual string Choice => "";

    /// <summary>What else is to be said of the runs so far.</summary>
    public virtual string Remark => "";

    /// <summary>Seeds that are run unless told otherwise: one where a run takes more than ten minutes.</summary>
    public virtual int Seeds => 5;

    /// <summary>Trains with one seed and returns the figure.</summary>
    public abstract double Run(MnistData data, ulong seed);

    private protected double Measure(EvaluationResult test) => Target.Unit == "% errors" ? 100 * (1 - test.Accuracy) : 100 * test.Accuracy;

    /// <summary>The first 50,000 training samples, and the other 10,000: the division that MNIST's early users published.</summary>
    private protected static (Dataset Training, Dataset Validation) FirstAndRest(Dataset training, int count = 50_000)
    {
        count = Math.Min(count, training.Count * 5 / 6);
        int[] indices = [.. Enumerable.Range(0, training.Count)];
        return (training.Subset(indices.AsSpan(0, count)), training.Subset(indices.AsSpan(count)));
    }
}
