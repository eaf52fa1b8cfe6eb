namespace NeuralNetFromScratch;

/// <summary>Writes checkpoints of one training.</summary>
/// <param name="options">Where, and how many are kept.</param>
/// <param name="fingerprint">What must be the same when the training goes on.</param>
internal sealed class CheckpointWriter(CheckpointOptions options, IReadOnlyDictionary<string, string> fingerprint)
{
    public void Write(TrainingState state)
    {
        (IReadOnlyList<SafetensorEntry> tensors, IReadOnlyDictionary<string, string> metadata) = CheckpointFile.Describe(state, fingerprint);
        CheckpointFolder.Write(options, state.Steps, path => SafetensorsWriter.Write(path, tensors, metadata));
    }
}
