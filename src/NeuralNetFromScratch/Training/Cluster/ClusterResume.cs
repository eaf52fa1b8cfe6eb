using System.Runtime.ExceptionServices;
using System.Text;

namespace NeuralNetFromScratch;

/// <summary>
/// Resumes a training on a cluster. Rank 0 reads the checkpoint and sends the state to the other processes. The number of processes may differ from that of the
/// interrupted training.
/// </summary>
internal sealed class ClusterResume(ClusterStart cluster, TrainingState state, int stepsPerEpoch)
{
    private const string None = "none", Resumed = "resumed", Malformed = "malformed ", Unreadable = "unreadable ";

    private static readonly Dictionary<string, string> AnyTraining = [];

    private readonly Collectives _collectives = cluster.Exchange.Collectives;

    /// <summary>Restores the state on all processes.</summary>
    /// <param name="read">Restores the state from the checkpoint, on rank 0; returns null if there is no checkpoint of this training.</param>
    /// <returns>Whether the state was restored, and on rank 0 the location of the history.</returns>
    /// <exception cref="InvalidDataException">The checkpoint is malformed or belongs to another training. All processes throw.</exception>
    /// <exception cref="IOException">The checkpoint cannot be read. All processes throw.</exception>
    public (bool IsResumed, HistoryPlace? History) Run(Func<HistoryPlace?> read)
    {
        string answer = "";
        HistoryPlace? history = null;
        ExceptionDispatchInfo? failure = null;
        if (cluster.Rank == 0)
            (answer, history, failure) = Read(read);
        answer = Encoding.UTF8.GetString(_collectives.BroadcastBlob(Encoding.UTF8.GetBytes(answer)));
        if (failure is not null)
        {
            cluster.Exchange.Agree(failure.SourceException);
            failure.Throw();
        }

        if (answer == None)
            return (false, null);
        if (answer != Resumed)
            throw cluster.Exchange.Agree(
                answer.StartsWith(Malformed, StringComparison.Ordinal) ? new InvalidDataException(answer[Malformed.Length..]) : new IOException(answer[Unreadable.Length..]));
        byte[] epochs = _collectives.BroadcastBlob(cluster.Rank == 0 ? Encoding.UTF8.GetBytes(string.Join('\n', state.History.Select(CheckpointFile.HistoryLine))) : []);
        byte[] file = _collectives.BroadcastBlob(history is null ? [] : Write(history));
        if (cluster.Rank == 0)
            return (true, history);
        using var reader = new SafetensorsReader(new MemoryStream(file));
        CheckpointFile.Read(reader, AnyTraining, state, stepsPerEpoch, _ => Encoding.UTF8.GetString(epochs));
        return (true, null);
    }

    private static (string Answer, HistoryPlace? History, ExceptionDispatchInfo? Failure) Read(Func<HistoryPlace?> read)
    {
        try
        {
            HistoryPlace? history = read();
            return (history is null ? None : Resumed, history, null);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return ((exception is InvalidDataException ? Malformed : Unreadable) + exception.Message, null, ExceptionDispatchInfo.Capture(exception));
        }
    }

    /// <summary>Returns the state in the form of a checkpoint.</summary>
    private byte[] Write(HistoryPlace history)
    {
        (IReadOnlyList<SafetensorEntry> tensors, Dictionary<string, string> metadata) = CheckpointFile.Describe(state, AnyTraining, history);
        ContentDigest.Add(tensors, metadata);
        using var file = new MemoryStream();
        SafetensorsWriter.Write(file, tensors, metadata);
        return file.ToArray();
    }
}
