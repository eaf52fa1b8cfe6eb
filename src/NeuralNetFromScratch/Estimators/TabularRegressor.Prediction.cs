using System.Numerics.Tensors;

namespace NeuralNetFromScratch;

/// <summary>What a regressor predicts, how well, and how it is read from a file.</summary>
public sealed partial class TabularRegressor
{
    /// <summary>Reads a regressor from a file that <see cref="TabularEstimator.Save(string)"/> wrote: it predicts the same bits, and knows its columns.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How <c>PartialFit</c> goes on, with an optimizer that starts anew; null for the defaults.</param>
    /// <param name="parts">The kinds that the file may have; <see cref="BuiltInParts.Registry"/> if null.</param>
    /// <exception cref="InvalidDataException">The file does not hold a regressor; the message says what is wrong.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static TabularRegressor Load(string path, TabularRegressorOptions? options = null, PartRegistry? parts = null) =>
        EstimatorFile.Read(path, parts, file => Of(file, options));

    /// <summary>Reads a regressor from a stream, as <see cref="Load(string, TabularRegressorOptions?, PartRegistry?)"/> does from a file.</summary>
    /// <param name="stream">The stream, which is read from its position to its end, and stays open.</param>
    /// <param name="options">How <c>PartialFit</c> goes on, with an optimizer that starts anew; null for the defaults.</param>
    /// <param name="parts">The kinds that the stream may have; <see cref="BuiltInParts.Registry"/> if null.</param>
    /// <exception cref="InvalidDataException">The stream does not hold a regressor; the message says what is wrong.</exception>
    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    public static TabularRegressor Load(Stream stream, TabularRegressorOptions? options = null, PartRegistry? parts = null) =>
        EstimatorFile.Read(stream, parts, file => Of(file, options));

    /// <summary>The target of each sample, of a regressor with one target.</summary>
    /// <param name="features">[samples, features].</param>
    /// <exception cref="ArgumentException">The number of features is another, or one is not finite.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned such features, or has several targets.</exception>
    public float[] Predict(ReadOnlyMatrixView features) => Single(PredictTargets(features));

    /// <inheritdoc cref="Predict(ReadOnlyMatrixView)"/>
    public float[] Predict(IReadOnlyList<float[]> features) => Single(PredictTargets(features));

    /// <summary>The target of each row of a table, of a regressor with one target.</summary>
    /// <param name="data">The table: it has each column that is not ignored; others do not matter.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned a table, or has several targets.</exception>
    public float[] Predict(TabularData data) => Single(PredictTargets(data));

    /// <summary>All targets of each sample: [samples, targets].</summary>
    /// <param name="features">[samples, features].</param>
    /// <exception cref="ArgumentException">The number of features is another, or one is not finite.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned such features.</exception>
    public Tensor<float> PredictTargets(ReadOnlyMatrixView features)
    {
        _ = Network;
        return Outputs(Encode(features, features.Rows, keeps: true));
    }

    /// <inheritdoc cref="PredictTargets(ReadOnlyMatrixView)"/>
    public Tensor<float> PredictTargets(IReadOnlyList<float[]> features)
    {
        float[] table = FeatureTable.Of(features, out int columns);
        return PredictTargets(new ReadOnlyMatrixView(table, features.Count, columns));
    }

    /// <summary>All targets of each row of a table: [rows, targets].</summary>
    /// <param name="data">The table: it has each column that is not ignored; others do not matter.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned a table.</exception>
    public Tensor<float> PredictTargets(TabularData data) => Outputs(Encode(data));

    /// <summary>
    /// The coefficient of determination <c>R² = 1 − Σ(y − ŷ)² / Σ(y − mean)²</c>, in the mean of all targets: 1 at best, 0 for predicting the mean. Of a target that is
    /// the same in all samples it is 1 where each is met, else 0.
    /// </summary>
    /// <param name="features">[samples, features].</param>
    /// <param name="targets">[samples, targets].</param>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature is not finite.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned such features.</exception>
    public double Score(ReadOnlyMatrixView features, ReadOnlyMatrixView targets)
    {
        FeatureTable.Check(features, targets.Rows, network: null);
        Tensor<float> predicted = PredictTargets(features);
        if (targets.Columns != TargetCount)
            throw new ArgumentException($"expected {TargetCount} targets, got {targets.Columns}", nameof(targets));
        return Determination(predicted, Doubles(targets));
    }

    /// <summary>The coefficient of determination R² of a regressor with one target.</summary>
    /// <param name="features">[samples, features].</param>
    /// <param name="targets">The target of each sample.</param>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature is not finite.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned such features.</exception>
    public double Score(ReadOnlyMatrixView features, ReadOnlySpan<float> targets) => Score(features, new ReadOnlyMatrixView(targets, targets.Length, 1));

    /// <inheritdoc cref="Score(ReadOnlyMatrixView, ReadOnlySpan{float})"/>
    public double Score(IReadOnlyList<float[]> features, ReadOnlySpan<float> targets)
    {
        float[] table = FeatureTable.Of(features, out int columns);
        return Score(new ReadOnlyMatrixView(table, features.Count, columns), targets);
    }

    /// <summary>The coefficient of determination R² on the rows of a table, in the mean of all targets.</summary>
    /// <param name="data">The table, with the columns to predict.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding or is no number.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned a table.</exception>
    public double Score(TabularData data) => Determination(PredictTargets(data), Targets(data, TargetNames));

    /// <summary>
    /// How much each feature matters: by how much the score on some samples falls where the feature's values are dealt out anew among them. Samples that were not
    /// trained on say what helps to predict others. Of two features that say the same, neither seems to matter much.
    /// </summary>
    /// <param name="features">[samples, features].</param>
    /// <param name="targets">[samples, targets].</param>
    /// <param name="repeats">How often each feature is dealt out anew. Default: 5; positive.</param>
    /// <param name="seed">Seed of the orders.</param>
    /// <returns>The features by their numbers, the most important first.</returns>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="repeats"/> is not positive.</exception>
    /// <exception cref="InvalidOperationException">The estimator has not learned such features.</exception>
    public IReadOnlyList<FeatureImportance> PermutationImportance(ReadOnlyMatrixView features, ReadOnlyMatrixView targets, int repeats = 5, ulong seed = 0)
    {
        _ = Score(features, targets);
        double[] numbers = Doubles(targets);
        var shuffled = new ShuffledFeatures(features);
        return FeatureImportance.Measure(
            shuffled.Names, features.Rows, repeats, seed, (feature, order) => Determination(PredictTargets(shuffled.Take(feature, order)), numbers));
    }

    /// <exception cref="InvalidDataException">The file does not hold a regressor.</exception>
    private static TabularRegressor Of(EstimatorFile file, TabularRegressorOptions? options)
    {
        Sequential network = file.Network;
        TargetScale scale = file.Scale;
        if (network.OutputActivation != OutputActivation.None || network.Layers[^1] is not Dense { HasBias: true } last || !last.Activation.Equals(Activation.Identity))
            throw new InvalidDataException("expected a regressor, whose last layer is linear");
        TabularPlan? plan = file.Plan;
        string[] targets = file.Targets;
        if (plan is not null && targets.Length != scale.Means.Length)
            throw new InvalidDataException($"expected the names of {scale.Means.Length} targets, got {targets.Length}");
        var regressor = new TabularRegressor(options) { _scale = scale };
        regressor.Adopt(scale.Apply(network, toStandardized: true), network, plan, targets);
        return regressor;
    }

    private static float[] Single(Tensor<float> targets)
    {
        MatrixView all = targets.AsMatrix();
        return all.Columns == 1 ? all.Span.ToArray() : throw new InvalidOperationException($"the regressor has {all.Columns} targets; use {nameof(PredictTargets)}");
    }

    private static double Determination(Tensor<float> predicted, double[] targets)
    {
        MatrixView all = predicted.AsMatrix();
        double sum = 0;
        for (int target = 0; target < all.Columns; target++)
        {
            double mean = 0, error = 0, spread = 0;
            for (int row = 0; row < all.Rows; row++)
                mean += targets[row * all.Columns + target] / all.Rows;
            for (int row = 0; row < all.Rows; row++)
            {
                double truth = targets[row * all.Columns + target];
                error += (truth - all[row, target]) * (truth - all[row, target]);
                spread += (truth - mean) * (truth - mean);
            }

            sum += spread > 0 ? 1 - error / spread : error == 0 ? 1 : 0;
        }

        return sum / all.Columns;
    }
}
