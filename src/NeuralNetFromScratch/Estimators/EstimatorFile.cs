using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>An estimator as a model file: the network, and what the estimator knows beside it among the texts.</summary>
internal sealed record EstimatorFile(Sequential Network, IReadOnlyDictionary<string, string> Texts)
{
    private const string PlanKey = "tabular_plan", TargetsKey = "tabular_targets", MeansKey = "target_means", DeviationsKey = "target_deviations";

    /// <summary>The plan of the columns; null where the estimator learned features without names.</summary>
    /// <exception cref="InvalidDataException">The text is no plan, or does not fit the network.</exception>
    public TabularPlan? Plan
    {
        get
        {
            if (!Texts.TryGetValue(PlanKey, out string? text))
                return null;
            TabularPlan plan = TabularPlan.Read(text);
            int features = Network.InputShape.ElementCount;
            return (long)plan.DenseCount + plan.SparseCount == features ? plan
                : throw new InvalidDataException($"the plan of the columns has {plan.DenseCount + (long)plan.SparseCount} features, the network {features}");
        }
    }

    /// <summary>The columns that are predicted; empty where the estimator learned features without names.</summary>
    /// <exception cref="InvalidDataException">The text is no list.</exception>
    public string[] Targets => Texts.TryGetValue(TargetsKey, out string? text) ? ModelFile.ReadStrings(text, "names of the targets") : [];

    /// <summary>The scales of a regressor's targets.</summary>
    /// <exception cref="InvalidDataException">The file has none, or they do not fit the network.</exception>
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

    /// <exception cref="InvalidDataException">The file does not hold a network, or what the estimator knows does not fit it; the message names the file.</exception>
    public static T Read<T>(string path, PartRegistry? parts, Func<EstimatorFile, T> read)
    {
        using SafetensorsReader file = SafetensorsReader.Open(path);
        return Read(file, path, parts, read);
    }

    /// <exception cref="InvalidDataException">The stream does not hold a network, or what the estimator knows does not fit it.</exception>
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
            throw new InvalidDataException($"the file holds a network, but not the targets' scales ({key}) of a regressor");
        return [.. text.Split(' ').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : throw new InvalidDataException($"{MessageText.Quote(part)} in {key} is no number"))];
    }
}

/// <summary>Mean and standard deviation of each target of a regression.</summary>
/// <param name="Means">The means.</param>
/// <param name="Deviations">The deviations; positive.</param>
internal sealed record TargetScale(double[] Means, double[] Deviations)
{
    /// <param name="targets">[samples, targets], one sample after another.</param>
    /// <param name="count">Number of targets.</param>
    /// <param name="weights">How much each sample counts; all 1 if empty.</param>
    public static TargetScale Of(double[] targets, int count, ReadOnlySpan<float> weights)
    {
        double[] means = new double[count], deviations = new double[count];
        double total = 0;
        for (int row = 0; row < targets.Length / count; row++)
            total += weights.IsEmpty ? 1 : weights[row];
        for (int target = 0; target < count; target++)
        {
            // By the largest magnitude, so that no square overflows.
            double scale = 0, sum = 0, squares = 0;
            for (int i = target; i < targets.Length; i += count)
                scale = Math.Max(scale, Math.Abs(targets[i]));
            for (int i = target; i < targets.Length && scale > 0; i += count)
                sum += Weight(i, weights) * (targets[i] / scale);
            double mean = total > 0 ? sum / total : 0;
            for (int i = target; i < targets.Length && scale > 0; i += count)
                squares += Weight(i, weights) * (targets[i] / scale - mean) * (targets[i] / scale - mean);
            double deviation = total > 0 ? Math.Sqrt(squares / total) * scale : 0;
            // What is left of equal numbers is rounding.
            (means[target], deviations[target]) = (mean * scale, deviation > 1e-12 * scale ? deviation : 1);
        }

        return new(means, deviations);

        double Weight(int place, ReadOnlySpan<float> weights) => weights.IsEmpty ? 1 : weights[place / count];
    }

    public float[] Standardize(double[] targets)
    {
        var standardized = new float[targets.Length];
        for (int i = 0; i < targets.Length; i++)
            standardized[i] = (float)((targets[i] - Means[i % Means.Length]) / Deviations[i % Means.Length]);
        return standardized;
    }

    /// <summary>A network whose last, linear layer gives targets in their own units, of one that gives them standardized; or the other way round.</summary>
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
