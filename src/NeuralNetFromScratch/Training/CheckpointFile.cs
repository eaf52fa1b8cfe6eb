using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>
/// A checkpoint as a safetensors file: the flat buffers as tensors, all else as text in the metadata. Numbers are written so that they
/// read back to the same value.
/// </summary>
internal sealed class CheckpointFile
{
    private const string KindKey = "checkpoint_version", Version = "1", FingerprintPrefix = "training: ";
    private const string StepsKey = "steps", EpochsKey = "epochs", EpochKey = "epoch", StepKey = "step_of_epoch", StoppedKey = "stopped";
    private const string LossSumKey = "loss_sum", CorrectKey = "correct", CountKey = "count", BestKey = "best", SinceBestKey = "epochs_since_best", HistoryKey = "history";

    public required long Steps { get; init; }

    public required int Epochs { get; init; }

    public required FitState State { get; init; }

    public required float[] Values { get; init; }

    public required float[] Slots { get; init; }

    public required float[] Average { get; init; }

    public void Write(CheckpointOptions options, IReadOnlyDictionary<string, string> fingerprint)
    {
        (SafetensorEntry[] tensors, Dictionary<string, string> metadata) = Describe(fingerprint);
        CheckpointFolder.Write(options, Steps, path => SafetensorsWriter.Write(path, tensors, metadata));
    }

    /// <summary>Writes to a stream.</summary>
    internal void Write(Stream stream, IReadOnlyDictionary<string, string> fingerprint)
    {
        (SafetensorEntry[] tensors, Dictionary<string, string> metadata) = Describe(fingerprint);
        SafetensorsWriter.Write(stream, tensors, metadata);
    }

    /// <exception cref="InvalidDataException">The file is no checkpoint, is malformed, or belongs to another training: the message says what differs.</exception>
    public static CheckpointFile Read(string path, IReadOnlyDictionary<string, string> fingerprint, CheckpointSizes sizes)
    {
        using SafetensorsReader file = SafetensorsReader.Open(path);
        try
        {
            return Read(file, fingerprint, sizes);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    /// <exception cref="InvalidDataException">As for a file by name.</exception>
    internal static CheckpointFile Read(SafetensorsReader file, IReadOnlyDictionary<string, string> fingerprint, CheckpointSizes sizes)
    {
        IReadOnlyDictionary<string, string> metadata = file.Metadata;
        if (metadata.GetValueOrDefault(KindKey) != Version)
            throw new InvalidDataException($"the file is no checkpoint of version {Version}");
        string[] differences = [.. fingerprint
            .Where(entry => metadata.GetValueOrDefault(FingerprintPrefix + entry.Key) != entry.Value)
            .Select(entry => $"{entry.Key}: the checkpoint has \"{metadata.GetValueOrDefault(FingerprintPrefix + entry.Key)}\", this training \"{entry.Value}\"")];
        if (differences.Length > 0)
            throw new InvalidDataException($"the checkpoint belongs to another training; {string.Join("; ", differences)}");

        var state = new FitState
        {
            Epoch = (int)Whole(metadata, EpochKey, 1),
            Step = (int)Whole(metadata, StepKey, 0, sizes.StepsPerEpoch - 1),
            IsStopped = metadata.GetValueOrDefault(StoppedKey) switch
            {
                "yes" => true,
                "no" => false,
                var other => throw new InvalidDataException($"{StoppedKey} is \"{other}\", neither yes nor no"),
            },
            Sums = new StepResult(Number(metadata, LossSumKey), Whole(metadata, CorrectKey, 0), Whole(metadata, CountKey, 0)),
            Best = Number(metadata, BestKey),
            EpochsSinceBest = (int)Whole(metadata, SinceBestKey, 0),
            BestValues = Flat(file, "best", sizes.Best),
        };
        state.Epochs.AddRange((metadata.GetValueOrDefault(HistoryKey) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ParseHistoryLine));
        if (state.Epochs.Count != state.Epoch - 1 || state.Epochs.Where((record, i) => record.Epoch != i + 1).Any())
            throw new InvalidDataException($"the checkpoint stands in epoch {state.Epoch}, but has a history of {state.Epochs.Count} epochs or of others");
        return new CheckpointFile
        {
            Steps = Whole(metadata, StepsKey, 0, long.MaxValue),
            Epochs = (int)Whole(metadata, EpochsKey, 0),
            State = state,
            Values = Flat(file, "values", sizes.Values),
            Slots = Flat(file, "slots", sizes.Slots),
            Average = Flat(file, "average", sizes.Average),
        };
    }

    private (SafetensorEntry[] Tensors, Dictionary<string, string> Metadata) Describe(IReadOnlyDictionary<string, string> fingerprint)
    {
        var metadata = fingerprint.ToDictionary(entry => FingerprintPrefix + entry.Key, entry => entry.Value);
        metadata[KindKey] = Version;
        metadata[StepsKey] = Text(Steps);
        metadata[EpochsKey] = Text(Epochs);
        metadata[EpochKey] = Text(State.Epoch);
        metadata[StepKey] = Text(State.Step);
        metadata[StoppedKey] = State.IsStopped ? "yes" : "no";
        metadata[LossSumKey] = Text(State.Sums.LossSum);
        metadata[CorrectKey] = Text(State.Sums.Correct);
        metadata[CountKey] = Text(State.Sums.Count);
        metadata[BestKey] = Text(State.Best);
        metadata[SinceBestKey] = Text(State.EpochsSinceBest);
        metadata[HistoryKey] = string.Join('\n', State.Epochs.Select(HistoryLine));
        return ([Flat("values", Values), Flat("slots", Slots), Flat("average", Average), Flat("best", State.BestValues)], metadata);
    }

    private static SafetensorEntry Flat(string name, float[] values) => SafetensorEntry.OfFloats(name, [values.Length], values);

    private static float[] Flat(SafetensorsReader file, string name, int length)
    {
        SafetensorInfo tensor = file.Tensors.FirstOrDefault(tensor => tensor.Name == name) ?? throw new InvalidDataException($"tensor \"{name}\" is missing");
        if (tensor.Type != SafetensorType.F32 || tensor.Dimensions is not [var size] || size != length)
            throw new InvalidDataException($"expected tensor {name} F32 [{length}], got {tensor}");
        var values = new float[length];
        file.ReadFloats(tensor, values);
        return values;
    }

    private static string HistoryLine(EpochRecord epoch) => string.Join(
        ',', Text(epoch.Epoch), Text(epoch.TrainingLoss), Text(epoch.TrainingAccuracy), Text(epoch.ValidationLoss), Text(epoch.ValidationAccuracy), Text(epoch.Seconds), Text(epoch.Samples));

    private static EpochRecord ParseHistoryLine(string line)
    {
        string[] cells = line.Split(',');
        if (cells.Length != 7 || !int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out int epoch) || !int.TryParse(cells[6], NumberStyles.None, CultureInfo.InvariantCulture, out int samples))
            throw new InvalidDataException($"the history has a line \"{line}\"");
        return new EpochRecord(epoch, Parse(cells[1]), Parse(cells[2]), cells[3].Length == 0 ? null : Parse(cells[3]), cells[4].Length == 0 ? null : Parse(cells[4]), Parse(cells[5]), samples);
    }

    private static long Whole(IReadOnlyDictionary<string, string> metadata, string key, long lowest, long highest = int.MaxValue) =>
        long.TryParse(metadata.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= lowest && value <= highest
            ? value
            : throw new InvalidDataException($"{key} is \"{metadata.GetValueOrDefault(key)}\", no whole number from {lowest} to {highest}");

    private static double Number(IReadOnlyDictionary<string, string> metadata, string key) => Parse(metadata.GetValueOrDefault(key) ?? "");

    private static double Parse(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        ? value
        : throw new InvalidDataException($"\"{text}\" is no number");

    private static string Text(IFormattable? value) => value?.ToString(value is double ? "R" : null, CultureInfo.InvariantCulture) ?? "";
}
