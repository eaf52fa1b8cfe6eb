using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Options of <see cref="TabularClassifier{TLabel}"/>. The defaults are those of scikit-learn's <c>MLPClassifier</c>.</summary>
public sealed record TabularClassifierOptions
{
    /// <summary>The number of units of each hidden layer; all must be positive. Default: one layer of 100.</summary>
    public IReadOnlyList<int> HiddenUnits { get; init; } = [100];

    /// <summary>The activation of the hidden layers. Default: <see cref="Activation.Relu"/>.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>The training algorithm. Default: <see cref="TabularSolver.Adam"/>.</summary>
    public TabularSolver Solver { get; init; }

    /// <summary>The learning rate of Adam. Default: 1e-3; not negative.</summary>
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>λ of the penalty <c>(λ/2)·Σw²</c> on the weights, divided by the batch size. Default: 1e-4; not negative.</summary>
    public float L2Penalty { get; init; } = 1e-4f;

    /// <summary>The maximum number of epochs, or of iterations of L-BFGS. Default: 200; positive.</summary>
    public int MaxEpochs { get; init; } = 200;

    /// <summary>The maximum number of samples in a step. Default: 200; positive.</summary>
    public int BatchSize { get; init; } = 200;

    /// <summary>
    /// The amount by which the training loss of an epoch must be below the lowest loss so far to count as an improvement. As in scikit-learn, a
    /// smaller decrease does not count, but still sets the lowest loss. L-BFGS uses this value as the tolerance of the gradient: it stops when no
    /// element of the gradient is larger. Default: 1e-4; not negative.
    /// </summary>
    public double MinImprovement { get; init; } = 1e-4;

    /// <summary>
    /// The number of consecutive epochs without improvement that are tolerated; the next one ends the training. Default: 10; not
    /// negative.
    /// </summary>
    public int Patience { get; init; } = 10;

    /// <summary>
    /// Whether a second <c>Fit</c> continues from the parameters and the optimizer's state of the first, as scikit-learn's <c>warm_start</c>
    /// does. Features and classes must be the same; means and standard deviations remain those of the first call. If false, training starts from
    /// newly initialized parameters. Default: false.
    /// </summary>
    public bool WarmStart { get; init; }

    /// <summary>The seed of all random numbers. Default: 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// The number of threads. The result does not depend on it. Default: the number of cores that the process may use; positive.
    /// </summary>
    public int ThreadCount { get; init; } = ProcessorCores.Count;

    /// <summary>
    /// Whether a processor without fused multiply-add computes as one with it, for the same bits, at many times the cost (see <see cref="Engine.HasFusedMultiplyAdd"/>).
    /// Default: false: results agree to rounding there.
    /// </summary>
    public bool EmulateFusedMultiplyAdd { get; init; }

    /// <summary>Trains a network by L-BFGS.</summary>
    internal TrainingHistory Minimize(Sequential network, Dataset samples)
    {
        var options = new LbfgsOptions
        {
            MaxIterations = MaxEpochs,
            GradientTolerance = MinImprovement,
            L2Penalty = L2Penalty / samples.Count,
            ThreadCount = ThreadCount,
            EmulateFusedMultiplyAdd = EmulateFusedMultiplyAdd,
        };
        return new LbfgsTrainer(network, new SoftmaxCrossEntropy(), options).Fit(samples).History(samples.Count, network.ClassNames);
    }

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentNullException"><see cref="HiddenUnits"/> or <see cref="Activation"/> is null.</exception>
    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(HiddenUnits, nameof(HiddenUnits));
        ArgumentNullException.ThrowIfNull(Activation, nameof(Activation));
        Guard.Defined(Solver, nameof(Solver));
        foreach (int units in HiddenUnits)
            Guard.Positive(units, nameof(HiddenUnits));
        Guard.NonNegative(LearningRate, nameof(LearningRate));
        Guard.NonNegative(L2Penalty, nameof(L2Penalty));
        Guard.Positive(MaxEpochs, nameof(MaxEpochs));
        Guard.Positive(BatchSize, nameof(BatchSize));
        Guard.NonNegative(MinImprovement, nameof(MinImprovement));
        Guard.NonNegative(Patience, nameof(Patience));
        Guard.Positive(ThreadCount, nameof(ThreadCount));
    }
}

/// <summary>The training algorithm of a <see cref="TabularClassifier{TLabel}"/>.</summary>
public enum TabularSolver
{
    /// <summary>Adam on mini-batches.</summary>
    Adam,

    /// <summary>L-BFGS on all samples at once, for small tables. See <see cref="LbfgsTrainer"/>.</summary>
    Lbfgs,
}

/// <summary>Converts labels to text and back, independently of the culture.</summary>
internal static class ClassLabel
{
    public static string Text<TLabel>(TLabel label)
        where TLabel : notnull =>
        label is IFormattable formattable ? formattable.ToString(IsDate<TLabel>() ? "O" : null, CultureInfo.InvariantCulture) : label.ToString() ?? "";

    /// <summary>
    /// Returns a function that converts a text to a label. It throws <see cref="FormatException"/> or a similar exception for other texts.
    /// </summary>
    /// <exception cref="NotSupportedException">The type is not a string, number, enumeration, Boolean, character or date.</exception>
    public static Func<string, TLabel> Parser<TLabel>()
        where TLabel : notnull
    {
        if (typeof(TLabel).IsEnum)
            return text => (TLabel)Enum.Parse(typeof(TLabel), text);
        if (IsDate<TLabel>())
            return text => (TLabel)(object)DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
        if (typeof(IConvertible).IsAssignableFrom(typeof(TLabel)))
            return text => (TLabel)Convert.ChangeType(text, typeof(TLabel), CultureInfo.InvariantCulture);
        throw new NotSupportedException($"labels of type {typeof(TLabel).Name} require the argument parse, a function that converts a text to a label");
    }

    private static bool IsDate<TLabel>() => typeof(TLabel) == typeof(DateTime);
}

/// <summary>Checks and copies feature tables, which have one sample in each row.</summary>
internal static class FeatureTable
{
    /// <summary>Copies the samples into one array, one after another.</summary>
    /// <exception cref="ArgumentException">A sample is null or has a different number of features than the first.</exception>
    public static float[] Of(IReadOnlyList<float[]> features, out int columns)
    {
        ArgumentNullException.ThrowIfNull(features);
        for (int row = 0; row < features.Count; row++)
        {
            if (features[row] is null)
                throw new ArgumentException($"sample {row} is null", nameof(features));
        }

        columns = features.Count == 0 ? 0 : features[0].Length;
        var table = new float[Guard.Length(features.Count, columns)];
        for (int row = 0; row < features.Count; row++)
        {
            if (features[row].Length != columns)
                throw new ArgumentException($"sample {row} has {features[row].Length} features, the first has {columns}", nameof(features));
            features[row].CopyTo(table, row * columns);
        }

        return table;
    }

    /// <exception cref="ArgumentException">
    /// There are no samples or features, the number of labels differs from the number of samples, the number of features differs from that of the
    /// network, or a feature is not finite.
    /// </exception>
    public static void Check(ReadOnlyMatrixView features, int labels, Sequential? network)
    {
        if (features.Rows == 0 || features.Columns == 0)
            throw new ArgumentException($"expected samples with features, got [{features.Rows}, {features.Columns}]", nameof(features));
        if (labels != features.Rows)
            throw new ArgumentException($"expected {features.Rows} labels, one for each sample, got {labels}", nameof(labels));
        if (network is not null && network.InputShape.ElementCount != features.Columns)
            throw new ArgumentException($"expected {network.InputShape.ElementCount} features, got {features.Columns}", nameof(features));
        for (int row = 0; row < features.Rows; row++)
        {
            for (int column = 0; column < features.Columns; column++)
            {
                if (!float.IsFinite(features[row, column]))
                    throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"feature {column} of sample {row} is {features[row, column]}"), nameof(features));
            }
        }
    }

    /// <summary>Computes the mean and standard deviation of each feature in double precision.</summary>
    public static (float[] Means, float[] Deviations) Statistics(ReadOnlyMatrixView features)
    {
        var means = new float[features.Columns];
        var deviations = new float[features.Columns];
        for (int column = 0; column < features.Columns; column++)
        {
            double sum = 0, squares = 0;
            for (int row = 0; row < features.Rows; row++)
                sum += features[row, column];
            double mean = sum / features.Rows;
            for (int row = 0; row < features.Rows; row++)
                squares += (features[row, column] - mean) * (features[row, column] - mean);
            means[column] = (float)mean;
            deviations[column] = (float)Math.Sqrt(squares / features.Rows);
        }

        return (means, deviations);
    }
}
