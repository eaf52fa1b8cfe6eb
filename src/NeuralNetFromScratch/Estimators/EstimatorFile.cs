using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>A model file with an estimator: the network, and metadata with the plan and the targets.</summary>
internal sealed record EstimatorFile(Sequential Network, IReadOnlyDictionary<string, string> Texts)
{
    private const string PlanKey = "tabular_plan", TargetsKey = "tabular_targets", MeansKey = "target_means", DeviationsKey = "target_deviations";

    /// <summary>The plan of the columns; null if the estimator was trained on features without names.</summary>
    /// <exception cref="InvalidDataException">The text is not a plan, or does not fit the network.</exception>
    public TabularPlan? Plan
    {
        get
        {
            if (!Texts.TryGetValue(PlanKey, out string? text))
                return null;
            TabularPlan plan = TabularPlan.Read(text);
            int features = Network.InputShape.ElementCount;
            return (long)plan.DenseFeatureCount + plan.SparseFeatureCount == features ? plan
                : throw new InvalidDataException($"the plan of the columns has {plan.DenseFeatureCount + (long)plan.SparseFeatureCount} features, the network has {features}");
        }
    }

    /// <summary>The target columns; empty if the estimator was trained on features without names.</summary>
    /// <exception cref="InvalidDataException">The text is not a list.</exception>
    public string[] Targets => Texts.TryGetValue(TargetsKey, out string? text) ? ModelFile.ReadStrings(text, "names of the targets") : [];

    /// <summary>The means and deviations of a regressor's targets.</summary>
    /// <exception cref="InvalidDataException">They are missing, or do not fit the network.</exception>
    public TargetScale Scale
    {
        get
        {
            double[] means = Numbers(MeansKey), deviations = Numbers(DeviationsKey);
            int outputs = Network.OutputShape.ElementCount;
            if (means.Length != outputs || deviations.Length != outputs || deviations.Any(deviation => deviation <= 0))
                throw new InvalidDataException($"expected a mean and a positive deviation for each of {outputs} targets");
            return new(means, deviations);
        }
    }

    public static Dictionary<string, string> TextsOf(TabularPlan? plan, IReadOnlyList<string> targets)
    {
        var texts = new Dictionary<string, string>();
        if (plan is not null)
            (texts[PlanKey], texts[TargetsKey]) = (plan.Write(), ModelFile.WriteStrings(targets));
        return texts;
    }

    public static void Add(IDictionary<string, string> texts, TargetScale scale)
    {
        texts[MeansKey] = string.Join(' ', scale.Means.Select(CellText.Of));
        texts[DeviationsKey] = string.Join(' ', scale.Deviations.Select(CellText.Of));
    }

    /// <exception cref="InvalidDataException">The file does not contain a network, or its metadata do not fit the network. The message names the file.</exception>
    public static T Read<T>(string path, PartRegistry? parts, Func<EstimatorFile, T> read)
    {
        using SafetensorsReader file = SafetensorsReader.Open(path);
        return Read(file, path, parts, read);
    }

    /// <exception cref="InvalidDataException">The stream does not contain a network, or its metadata do not fit the network.</exception>
    public static T Read<T>(Stream stream, PartRegistry? parts, Func<EstimatorFile, T> read)
    {
        ArgumentNullException.ThrowIfNull(stream);
        T estimator;
        using (var file = new SafetensorsReader(stream, leaveOpen: true))
            estimator = Read(file, "stream", parts, read);
        if (stream.CanSeek)
            stream.Seek(0, SeekOrigin.End);
        return estimator;
    }

    private static T Read<T>(SafetensorsReader file, string name, PartRegistry? parts, Func<EstimatorFile, T> read)
    {
        try
        {
            return read(new(ModelFile.Read(file, parts ?? BuiltInParts.Registry), file.Metadata));
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw MessageText.Malformed(name, exception);
        }
    }

    private double[] Numbers(string key)
    {
        if (!Texts.TryGetValue(key, out string? text))
            throw new InvalidDataException($"the file contains a network, but no regressor: {key} is missing");
        return [.. text.Split(' ').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : throw new InvalidDataException($"{MessageText.Quote(part)} in {key} is not a number"))];
    }
}

/// <summary>The mean and standard deviation of each target of a regression.</summary>
/// <param name="Means">The means.</param>
/// <param name="Deviations">The deviations; positive.</param>
internal sealed record TargetScale(double[] Means, double[] Deviations)
{
    /// <param name="targets">The targets, sample by sample: [samples, targets].</param>
    /// <param name="count">The number of targets of a sample.</param>
    /// <param name="weights">The weight of each sample; all 1 if empty.</param>
    public static TargetScale Of(double[] targets, int count, ReadOnlySpan<float> weights)
    {
        double[] means = new double[count], deviations = new double[count], column = new double[targets.Length / count];
        for (int target = 0; target < count; target++)
        {
            for (int row = 0; row < column.Length; row++)
                column[row] = targets[row * count + target];
            var moments = Moments.Of(column, weights);
            // The deviation of equal numbers is a rounding error.
            (means[target], deviations[target]) = (moments.Mean, moments.Deviation > 1e-12 * moments.Largest ? moments.Deviation : 1);
        }

        return new(means, deviations);
    }

    public float[] Standardize(double[] targets)
    {
        var standardized = new float[targets.Length];
        for (int i = 0; i < targets.Length; i++)
            standardized[i] = (float)((targets[i] - Means[i % Means.Length]) / Deviations[i % Means.Length]);
        return standardized;
    }

    /// <summary>Converts a network with standardized outputs to one with outputs in original units, or back, by changing its last, linear layer.</summary>
    public Sequential Apply(Sequential source, bool toStandardized)
    {
        Sequential network = source.Copy();
        Span<float> weights = network.Parameters[^2].Values, biases = network.Parameters[^1].Values;
        for (int i = 0; i < weights.Length; i++)
            weights[i] = (float)(toStandardized ? weights[i] / Deviations[i % biases.Length] : weights[i] * Deviations[i % biases.Length]);
        for (int i = 0; i < biases.Length; i++)
            biases[i] = (float)(toStandardized ? (biases[i] - Means[i]) / Deviations[i] : biases[i] * Deviations[i] + Means[i]);
        return network;
    }
}
