using System.Numerics.Tensors;

namespace NeuralNetFromScratch;

/// <summary>Prediction, scores, and loading from files.</summary>
public sealed partial class TabularRegressor
{
    /// <summary>Loads a regressor from a file that <see cref="TabularEstimator.Save(string)"/> wrote. It predicts the same bits.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The options of further training, with a new optimizer state; null for the defaults.</param>
    /// <param name="parts">The parts that the file can contain; <see cref="BuiltInParts.Registry"/> if null.</param>
    /// <exception cref="InvalidDataException">The file does not hold a regressor; the message says why.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static TabularRegressor Load(string path, TabularRegressorOptions? options = null, PartRegistry? parts = null) =>
        EstimatorFile.Read(path, parts, file => Of(file, options));

    /// <summary>Loads a regressor from a stream, as <see cref="Load(string, TabularRegressorOptions?, PartRegistry?)"/> does from a file.</summary>
    /// <param name="stream">The stream. It is read from its position to its end and stays open.</param>
    /// <param name="options">The options of further training, with a new optimizer state; null for the defaults.</param>
    /// <param name="parts">The parts that the stream can contain; <see cref="BuiltInParts.Registry"/> if null.</param>
    /// <exception cref="InvalidDataException">The stream does not hold a regressor; the message says why.</exception>
    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    public static TabularRegressor Load(Stream stream, TabularRegressorOptions? options = null, PartRegistry? parts = null) =>
        EstimatorFile.Read(stream, parts, file => Of(file, options));

    /// <summary>Predicts the target of each sample, with a regressor of one target.</summary>
    /// <param name="features">[samples, features].</param>
    /// <exception cref="ArgumentException">The number of features differs from the training, or a feature is not finite.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on features without names, or has several targets.</exception>
    public float[] Predict(ReadOnlyMatrixView features) => Single(PredictTargets(features));

    /// <inheritdoc cref="Predict(ReadOnlyMatrixView)"/>
    public float[] Predict(IReadOnlyList<float[]> features) => Single(PredictTargets(features));

    /// <summary>Predicts the target of each row of a table, with a regressor of one target.</summary>
    /// <param name="data">The table, with all columns that the plan does not ignore. Other columns are not used.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on a table, or has several targets.</exception>
    public float[] Predict(TabularData data) => Single(PredictTargets(data));

    /// <summary>Predicts all targets of each sample: [samples, targets].</summary>
    /// <param name="features">[samples, features].</param>
    /// <exception cref="ArgumentException">The number of features differs from the training, or a feature is not finite.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on features without names.</exception>
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

    /// <summary>Predicts all targets of each row of a table: [rows, targets].</summary>
    /// <param name="data">The table, with all columns that the plan does not ignore. Other columns are not used.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on a table.</exception>
    public Tensor<float> PredictTargets(TabularData data) => Outputs(Encode(data));

    /// <summary>
    /// Computes the coefficient of determination <c>R² = 1 − Σ(y − ŷ)² / Σ(y − mean)²</c>, averaged over the targets: 1 for perfect predictions, 0 for predictions
    /// of the mean. For a constant target it is 1 if all predictions are exact, otherwise 0.
    /// </summary>
    /// <param name="features">[samples, features].</param>
    /// <param name="targets">[samples, targets].</param>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature is not finite.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on features without names.</exception>
    public double Score(ReadOnlyMatrixView features, ReadOnlyMatrixView targets)
    {
        FeatureTable.Check(features, targets.Rows, network: null);
        Tensor<float> predicted = PredictTargets(features);
        if (targets.Columns != TargetCount)
            throw new ArgumentException($"expected {TargetCount} targets, got {targets.Columns}", nameof(targets));
        return Determination(predicted, Doubles(targets));
    }

    /// <summary>Computes the coefficient of determination R² of a regressor with one target.</summary>
    /// <param name="features">[samples, features].</param>
    /// <param name="targets">The target of each sample.</param>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature is not finite.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on features without names.</exception>
    public double Score(ReadOnlyMatrixView features, ReadOnlySpan<float> targets) => Score(features, new ReadOnlyMatrixView(targets, targets.Length, 1));

    /// <inheritdoc cref="Score(ReadOnlyMatrixView, ReadOnlySpan{float})"/>
    public double Score(IReadOnlyList<float[]> features, ReadOnlySpan<float> targets)
    {
        float[] table = FeatureTable.Of(features, out int columns);
        return Score(new ReadOnlyMatrixView(table, features.Count, columns), targets);
    }

    /// <summary>Computes the coefficient of determination R² on the rows of a table, averaged over the targets.</summary>
    /// <param name="data">The table, with the target columns.</param>
    /// <exception cref="ArgumentException">A column is missing, or a cell does not fit its encoding or is not a number.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on a table.</exception>
    public double Score(TabularData data) => Determination(PredictTargets(data), Targets(data, TargetNames));

    /// <summary>
    /// Computes the permutation importance of each feature: the decrease of the score when the values of the feature are shuffled among the samples. Use samples
    /// that were not trained on. If two features carry the same information, the importance of both is low.
    /// </summary>
    /// <param name="features">[samples, features].</param>
    /// <param name="targets">[samples, targets].</param>
    /// <param name="repeats">The number of times each feature is shuffled. Default: 5; positive.</param>
    /// <param name="seed">The seed of the shuffling.</param>
    /// <returns>The features, named by their index, the most important first.</returns>
    /// <exception cref="ArgumentException">The sizes do not match, or a feature is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="repeats"/> is not positive.</exception>
    /// <exception cref="InvalidOperationException">The estimator was not trained on features without names.</exception>
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
