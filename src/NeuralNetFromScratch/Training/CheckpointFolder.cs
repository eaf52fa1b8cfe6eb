using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Keeps the last few checkpoints, and takes away what an interrupted write left behind.</summary>
internal static class CheckpointFolder
{
    private const int Digits = 9;

    public static void Write(CheckpointOptions options, long step, Action<string> write)
    {
        string path = Path.GetFullPath(options.Path), folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        AtomicFile.RemoveLeftovers(folder, file => IsLeftBehind(file, path));
        write(path);
        if (options.MaxToKeep == 1)
            return;

        // The newest lies under the plain name; it is copied, so that there is no moment without it.
        string numbered = string.Create(CultureInfo.InvariantCulture, $"{path}.{step:D9}");
        AtomicFile.Write(numbered, stream =>
        {
            using FileStream newest = File.OpenRead(path);
            newest.CopyTo(stream);
        });
        // Those of later steps belong to another training, or to what became of this one before it was taken up at an earlier step.
        string[] older = [.. Directory.EnumerateFiles(folder).Where(file => StepOf(file, path) <= step).OrderBy(file => StepOf(file, path))];
        foreach (string old in older.SkipLast(options.MaxToKeep))
            File.Delete(old);
    }

    private static bool IsLeftBehind(string file, string path) =>
        AtomicFile.IsTemporary(file, path) || (file.Length > path.Length && file.LastIndexOf('.', file.Length - 5) is > 0 and var end && StepOf(file[..end], path) is not null && AtomicFile.IsTemporary(file, file[..end]));

    /// <summary>The step in the name of an older checkpoint; null if the file is none.</summary>
    private static long? StepOf(string file, string path) =>
        file.StartsWith(path + ".", StringComparison.Ordinal) && file.Length >= path.Length + 1 + Digits
        && long.TryParse(file.AsSpan(path.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long step) ? step : null;
}

/// <summary>
/// When a training writes down where it stands, besides its end and a cancellation, so that <see cref="Trainer.ResumeOrFit"/> and
/// <see cref="Trainer.Resume"/> can go on from there to the same bits. A file is written to a temporary one in the same folder, flushed to disk, and
/// renamed: whenever the process ends, a whole file is there. The finished epochs are in a file beside it, whose name has ".history" added, and which
/// goes where the checkpoint goes. <see cref="Sequential.Load(string, PartRegistry?)"/> reads the network of a checkpoint.
/// </summary>
public sealed record CheckpointOptions
{
    /// <summary>The file with the newest checkpoint.</summary>
    public required string Path { get; init; }

    /// <summary>Epochs between checkpoints; 0 for none at the ends of epochs. Default: 1; not negative.</summary>
    public int EveryEpochs { get; init; } = 1;

    /// <summary>Steps between checkpoints, counted over all epochs; 0 for none within epochs. Default: 0; not negative.</summary>
    public int EverySteps { get; init; }

    /// <summary>How many checkpoints are kept. Default: 1; positive. Older ones have the number of their step after the name: "run.checkpoint.000001875".</summary>
    public int MaxToKeep { get; init; } = 1;

    /// <exception cref="ArgumentException">An option lies outside its range.</exception>
    internal void Validate()
    {
        Guard.NotEmpty(Path, nameof(Path));
        Guard.NonNegative(EveryEpochs, nameof(EveryEpochs));
        Guard.NonNegative(EverySteps, nameof(EverySteps));
        Guard.Positive(MaxToKeep, nameof(MaxToKeep));
    }
}

/// <summary>Writes checkpoints of one training.</summary>
/// <param name="options">Where, and how many are kept.</param>
/// <param name="fingerprint">What must be the same when the training goes on.</param>
/// <param name="resumed">The checkpoint that the training goes on from; null for a new training.</param>
internal sealed class CheckpointWriter(
    CheckpointOptions options, IReadOnlyDictionary<string, string> fingerprint, (string Checkpoint, HistoryPlace Place, int Epochs)? resumed) : IDisposable
{
    private readonly CheckpointHistory _history = new(options.Path, resumed);

    public void Write(TrainingState state)
    {
        HistoryPlace history = _history.Append(state.History, CheckpointFile.HistoryLine);
        (IReadOnlyList<SafetensorEntry> tensors, Dictionary<string, string> metadata) = CheckpointFile.Describe(state, fingerprint, history);
        ContentDigest.Add(tensors, metadata);
        CheckpointFolder.Write(options, state.Steps, path => SafetensorsWriter.Write(path, tensors, metadata));
    }

    public void Dispose() => _history.Dispose();
}
