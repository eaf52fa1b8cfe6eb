using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Keeps the newest checkpoints and deletes the temporary files that an interrupted write left behind.</summary>
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

        // The newest checkpoint has the plain name. It is copied, not renamed, so that the plain name exists at any moment.
        string numbered = string.Create(CultureInfo.InvariantCulture, $"{path}.{step:D9}");
        AtomicFile.Write(numbered, stream =>
        {
            using FileStream newest = File.OpenRead(path);
            newest.CopyTo(stream);
        });
        // Checkpoints of later steps belong to another training, or to this one before it was resumed from an earlier step.
        string[] older = [.. Directory.EnumerateFiles(folder).Where(file => StepOf(file, path) <= step).OrderBy(file => StepOf(file, path))];
        foreach (string old in older.SkipLast(options.MaxToKeep))
            File.Delete(old);
    }

    private static bool IsLeftBehind(string file, string path) =>
        AtomicFile.IsTemporary(file, path) || (file.Length > path.Length && file.LastIndexOf('.', file.Length - 5) is > 0 and var end && StepOf(file[..end], path) is not null && AtomicFile.IsTemporary(file, file[..end]));

    /// <summary>The step in the name of an older checkpoint; null if the file is not one.</summary>
    private static long? StepOf(string file, string path) =>
        file.StartsWith(path + ".", StringComparison.Ordinal) && file.Length >= path.Length + 1 + Digits
        && long.TryParse(file.AsSpan(path.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long step) ? step : null;
}

/// <summary>
/// Specifies where and how often a training writes checkpoints, from which <see cref="Trainer.ResumeOrFit"/> and <see cref="Trainer.Resume"/>
/// continue with the same bits. A checkpoint is also written at the end of the training and after a cancellation. Each file is written under a
/// temporary name in the same folder, flushed to disk and renamed, so that a complete file exists whenever the process ends. The finished epochs
/// are in a second file, whose name has ".history" added; copy it together with the checkpoint. In a cluster, rank 0 writes and reads checkpoints.
/// <see cref="Sequential.Load(string, PartRegistry?)"/> reads the network of a checkpoint.
/// </summary>
public sealed record CheckpointOptions
{
    /// <summary>The path of the newest checkpoint.</summary>
    public required string Path { get; init; }

    /// <summary>The number of epochs between checkpoints; 0 writes none at the ends of epochs. Default: 1; not negative.</summary>
    public int EveryEpochs { get; init; } = 1;

    /// <summary>
    /// The number of steps between checkpoints, counted over all epochs; 0 writes none within epochs. Default: 0; not negative.
    /// </summary>
    public int EverySteps { get; init; }

    /// <summary>
    /// The number of checkpoints to keep. Older ones have the number of their step after the name, for example "run.checkpoint.000001875".
    /// Default: 1; positive.
    /// </summary>
    public int MaxToKeep { get; init; } = 1;

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    internal void Validate()
    {
        Guard.NotEmpty(Path, nameof(Path));
        Guard.NonNegative(EveryEpochs, nameof(EveryEpochs));
        Guard.NonNegative(EverySteps, nameof(EverySteps));
        Guard.Positive(MaxToKeep, nameof(MaxToKeep));
    }
}

/// <summary>Writes checkpoints of one training.</summary>
/// <param name="options">The path and the number of checkpoints to keep.</param>
/// <param name="fingerprint">The entries that must match when the training is resumed.</param>
/// <param name="resumed">The checkpoint from which the training continues; null for a new training.</param>
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
