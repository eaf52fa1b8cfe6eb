using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>
/// Writes and reads a <see cref="TrainingState"/> as a safetensors file. The flat buffers are tensors; everything else is text in the metadata.
/// Numbers are written so that they read back to the same value. Finished epochs are in a separate file (<see cref="CheckpointHistory"/>), which
/// has the value of each metric without its parts. The file also holds the network, in the form that
/// <see cref="Sequential.Load(string, PartRegistry?)"/> reads.
/// </summary>
internal static class CheckpointFile
{
    private const string KindKey = ModelFile.CheckpointKey, Version = "4", FingerprintPrefix = "training: ";
    private const string StepsKey = "steps", EpochsKey = "epochs", EpochKey = "epoch", StepKey = "step_of_epoch", StoppedKey = "stopped", EndedKey = "ended";
    private const string BestKey = "best", SinceBestKey = "epochs_since_best", HistoryFileKey = "history_file", HistoryStartKey = "history_start", HistoryLengthKey = "history_bytes", HistoryDigestKey = "history_sha256";
    private const string ChunkKey = "figures_chunk", SamplesKey = "figures_samples", CountsKey = "figures_counts", SumsKey = "figures_sums", NodesKey = "figures_nodes", NonFiniteKey = "figures_non_finite", IgnoredKey = "figures_ignored";

    public static (IReadOnlyList<SafetensorEntry> Tensors, Dictionary<string, string> Metadata) Describe(
        TrainingState state, IReadOnlyDictionary<string, string> fingerprint, HistoryPlace history)
    {
        (MetricState figures, long chunk, int samples) = state.Figures!.Save();
        Dictionary<string, string> metadata = DescribeNetwork(state.Network);
        foreach ((string key, string text) in fingerprint)
            metadata[FingerprintPrefix + key] = text;
        metadata[KindKey] = Version;
        metadata[StepsKey] = Text(state.Steps);
        metadata[EpochsKey] = Text(state.FinishedEpochs);
        metadata[EpochKey] = Text(state.Epoch);
        metadata[StepKey] = Text(state.StepOfEpoch);
        metadata[StoppedKey] = state.IsStopped ? "yes" : "no";
        metadata[EndedKey] = state.Ended?.ToString() ?? "no";
        metadata[BestKey] = Text(state.Best);
        metadata[SinceBestKey] = Text(state.EpochsSinceBest);
        (metadata[HistoryFileKey], metadata[HistoryStartKey], metadata[HistoryLengthKey], metadata[HistoryDigestKey]) =
            (history.File, Text(history.Start), Text(history.Length), history.Digest);
        metadata[ChunkKey] = Text(chunk);
        metadata[SamplesKey] = Text(samples);
        metadata[NonFiniteKey] = Text(figures.NonFinite);
        metadata[IgnoredKey] = Text(figures.Ignored);
        metadata[CountsKey] = Join(figures.Counts);
        metadata[SumsKey] = Join(figures.Sums);
        metadata[NodesKey] = Join(figures.Nodes);
        List<SafetensorEntry> tensors =
        [
            Flat(ModelFile.CheckpointValues, state.Network.Parameters.Values), Flat("slots", state.Slots.Span), Flat("average", state.AverageValues),
            Flat("best", state.BestValues), Flat("best_average", state.BestAverage),
        ];
        // If the checkpoint does not contain the network, nothing would read them.
        if (ModelFile.Holds(metadata))
            tensors.AddRange(UserEntries.Tensors(state.Network));
        for (int i = 0; i < figures.Scores.Length; i++)
            tensors.Add(Flat(ScoresName(i), figures.Scores[i]));
        return (tensors, metadata);
    }

    /// <summary>Restores a state from a checkpoint. Everything is read and checked before anything changes.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="fingerprint">The entries that must match those of the checkpoint.</param>
    /// <param name="state">A state that <see cref="TrainingState.BeginFit"/> has prepared.</param>
    /// <param name="stepsPerEpoch">The number of steps in an epoch.</param>
    /// <param name="readHistory">Reads the lines of the finished epochs.</param>
    /// <returns>The location of these lines.</returns>
    /// <exception cref="InvalidDataException">
    /// The file is not a checkpoint, is malformed, or belongs to another training. The message describes the difference.
    /// </exception>
    public static HistoryPlace Read(
        SafetensorsReader file, IReadOnlyDictionary<string, string> fingerprint, TrainingState state, int stepsPerEpoch, Func<HistoryPlace, string> readHistory)
    {
        IReadOnlyDictionary<string, string> metadata = file.Metadata;
        ThrowIfAny(Compare(file, fingerprint));

        int epoch = (int)Whole(metadata, EpochKey, 1), step = (int)Whole(metadata, StepKey, 0, stepsPerEpoch - 1);
        bool isStopped = metadata.GetValueOrDefault(StoppedKey) switch
        {
            "yes" => true,
            "no" => false,
            var other => throw new InvalidDataException($"{StoppedKey} is {MessageText.Quote(other)}, expected yes or no"),
        };
        TrainingEndReason? ended = metadata.GetValueOrDefault(EndedKey) switch
        {
            "no" => null,
            nameof(TrainingEndReason.Completed) => TrainingEndReason.Completed,
            nameof(TrainingEndReason.EarlyStopping) => TrainingEndReason.EarlyStopping,
            nameof(TrainingEndReason.Callback) => TrainingEndReason.Callback,
            var other => throw new InvalidDataException($"{EndedKey} is {MessageText.Quote(other)}, expected no or the reason why the training ended"),
        };
        ContentDigest.Check(file);
        EpochFigures current = state.Figures!;
        var place = new HistoryPlace(
            metadata.GetValueOrDefault(HistoryFileKey) ?? "", Whole(metadata, HistoryStartKey, 0, long.MaxValue), (int)Whole(metadata, HistoryLengthKey, 0),
            metadata.GetValueOrDefault(HistoryDigestKey) ?? "");
        EpochRecord[] history = [.. readHistory(place).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => ParseHistoryLine(line, [.. current.Metrics]))];
        if (history.Length != epoch - 1 || history.Where((record, i) => record.Epoch != i + 1).Any())
            throw new InvalidDataException($"the checkpoint is in epoch {epoch}, but its history does not have the {epoch - 1} epochs before it");
        long steps = Whole(metadata, StepsKey, 0, long.MaxValue);
        int finished = (int)Whole(metadata, EpochsKey, 0), sinceBest = (int)Whole(metadata, SinceBestKey, 0);
        double best = Parse(metadata.GetValueOrDefault(BestKey) ?? "");
        float[] values = Flat(file, ModelFile.CheckpointValues, state.Network.Parameters.Values.Length), slots = Flat(file, "slots", state.Slots.Length);
        float[] average = Flat(file, "average", state.AverageValues.Length), bestValues = Flat(file, "best", state.BestValues.Length);
        float[] bestAverage = Flat(file, "best_average", state.BestAverage.Length);
        var scores = new List<float[]>();
        while (file.Tensors.FirstOrDefault(tensor => tensor.Name == ScoresName(scores.Count)) is { } tensor)
            scores.Add(Flat(file, tensor.Name, (int)Math.Min(tensor.Length, Array.MaxLength)));
        var figures = new MetricState(
            Split(metadata, CountsKey, ParseLong), Split(metadata, SumsKey, Parse), Split(metadata, NodesKey, ParseLong), [.. scores], (int)Whole(metadata, NonFiniteKey, 0),
            (int)Whole(metadata, IgnoredKey, 0));

        // Restore checks the metrics' state itself and throws before anything has changed.
        current.Restore(figures, Whole(metadata, ChunkKey, 0, long.MaxValue), (int)Whole(metadata, SamplesKey, 0));
        values.CopyTo(state.Network.Parameters.Values);
        slots.CopyTo(state.Slots.Span);
        average.CopyTo(state.AverageValues);
        (state.Steps, state.FinishedEpochs, state.Epoch, state.StepOfEpoch, state.IsStopped) = (steps, finished, epoch, step, isStopped);
        state.Ended = ended;
        (state.Best, state.EpochsSinceBest, state.BestValues, state.BestAverage) = (best, sinceBest, bestValues, bestAverage);
        state.History.AddRange(history);
        return place;
    }

    /// <summary>
    /// Returns the differences between the training of a checkpoint and another one. An unknown fingerprint of the data counts as equal.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is not a checkpoint.</exception>
    public static IReadOnlyList<(string Key, string Message)> Compare(SafetensorsReader file, IReadOnlyDictionary<string, string> fingerprint)
    {
        if (file.Metadata.GetValueOrDefault(KindKey) != Version)
            throw new InvalidDataException($"the file is not a checkpoint of version {Version}");
        return [.. from entry in fingerprint
            let had = file.Metadata.GetValueOrDefault(FingerprintPrefix + entry.Key) ?? TrainingFingerprint.Before(entry.Key)
            where had != entry.Value && had != TrainingFingerprint.Unknown && entry.Value != TrainingFingerprint.Unknown
            select (entry.Key, $"{entry.Key}: the checkpoint has {MessageText.Quote(had)}, this training {MessageText.Quote(entry.Value)}{TrainingFingerprint.Advice(entry.Key, had)}")];
    }

    /// <exception cref="InvalidDataException">There are differences.</exception>
    public static void ThrowIfAny(IReadOnlyList<(string Key, string Message)> differences)
    {
        if (differences.Count > 0)
            throw new InvalidDataException($"the checkpoint belongs to another training; {string.Join("; ", differences.Select(difference => difference.Message))}");
    }

    private static string ScoresName(int number) => FormattableString.Invariant($"figures_scores_{number}");

    private static SafetensorEntry Flat(string name, ReadOnlySpan<float> values) => SafetensorEntry.FromFloats(name, [values.Length], values);

    private static float[] Flat(SafetensorsReader file, string name, int length)
    {
        SafetensorInfo tensor = file.Tensors.FirstOrDefault(tensor => tensor.Name == name) ?? throw new InvalidDataException($"tensor {MessageText.Quote(name)} is missing");
        if (tensor.Type != SafetensorType.F32 || tensor.Dimensions is not [var size] || size != length)
            throw new InvalidDataException($"expected tensor {name} F32 [{length}], got {tensor}");
        var values = new float[length];
        file.ReadFloats(tensor, values);
        return values;
    }

    /// <summary>
    /// Describes the network without its tensors. Returns nothing if a user's part cannot be written; the checkpoint can then be resumed, but not
    /// loaded as a network.
    /// </summary>
    private static Dictionary<string, string> DescribeNetwork(Sequential network)
    {
        try
        {
            return ModelFile.DescribeNetwork(network, TensorNaming.Native);
        }
        catch (NotSupportedException)
        {
            return [];
        }
    }

    public static string HistoryLine(EpochRecord epoch) => string.Join(
        ';', Text(epoch.Epoch), Figures(epoch.Training), epoch.Validation is null ? "" : Figures(epoch.Validation), Text(epoch.Duration.Ticks), Text(epoch.SampleCount), Text(epoch.ThreadCount));

    private static string Figures(EvaluationResult result) => string.Join(
        ',', (string[])[Text(result.Count), Text(result.NonFiniteCount), Text(result.Loss), .. result.Metrics.Select(metric => Text(result[metric].Value))]);

    private static EpochRecord ParseHistoryLine(string line, Metric[] metrics)
    {
        string[] cells = line.Split(';');
        if (cells.Length != 6)
            throw new InvalidDataException($"the history has a malformed line {MessageText.Quote(line)}");
        return new EpochRecord(
            (int)ParseLong(cells[0]), ParseFigures(cells[1], metrics), cells[2].Length == 0 ? null : ParseFigures(cells[2], metrics), TimeSpan.FromTicks(ParseLong(cells[3])), (int)ParseLong(cells[4])) { ThreadCount = (int)ParseLong(cells[5]) };
    }

    private static EvaluationResult ParseFigures(string text, Metric[] metrics)
    {
        string[] cells = text.Split(',');
        if (cells.Length != 3 + metrics.Length)
            throw new InvalidDataException($"the history has figures {MessageText.Quote(text)}, expected a loss and {metrics.Length} metrics");
        return new EvaluationResult(
            (int)ParseLong(cells[0]), (int)ParseLong(cells[1]), Parse(cells[2]), metrics, [.. cells[3..].Select(cell => new MetricResult(Parse(cell)))], []);
    }

    private static long Whole(IReadOnlyDictionary<string, string> metadata, string key, long lowest, long highest = int.MaxValue) =>
        long.TryParse(metadata.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= lowest && value <= highest
            ? value
            : throw new InvalidDataException($"{key} is {MessageText.Quote(metadata.GetValueOrDefault(key))}, expected an integer from {lowest} to {highest}");

    private static string Join<T>(T[] values)
        where T : IFormattable => string.Join(' ', values.Select(value => Text(value)));

    private static T[] Split<T>(IReadOnlyDictionary<string, string> metadata, string key, Func<string, T> parse) =>
        [.. (metadata.GetValueOrDefault(key) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(parse)];

    private static double Parse(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        ? value
        : throw new InvalidDataException($"{MessageText.Quote(text)} is not a number");

    private static long ParseLong(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
        ? value
        : throw new InvalidDataException($"{MessageText.Quote(text)} is not an integer");

    private static string Text(IFormattable value) => value.ToString(value is double ? "R" : null, CultureInfo.InvariantCulture);
}
