namespace NeuralNetFromScratch.Fuzzing.Targets;

/// <summary>Checkpoints.</summary>
internal sealed class CheckpointTarget : SafetensorsFamily
{
    private static readonly Dictionary<string, string> Fingerprint = new() { ["network"] = "dense1: dense 3 [3]", ["samples"] = "100" };

    private static readonly CheckpointSizes Sizes = new(16, 32, 16, 16, 10);

    public override string Name => "checkpoint";

    public override IReadOnlyList<byte[]> Seeds { get; } = [Write(new FitState { BestValues = new float[16] }, 0), Write(Advanced(), 25)];

    public override long FixedBytes => 100_000;

    public override long BytesPerByte => 64;

    public override void Read(byte[] file)
    {
        using var reader = new SafetensorsReader(new MemoryStream(file));
        CheckpointFile.Read(reader, Fingerprint, Sizes);
    }

    private static byte[] Write(FitState state, long steps)
    {
        using var stream = new MemoryStream();
        new CheckpointFile { Steps = steps, Epochs = state.Epochs.Count, State = state, Values = new float[16], Slots = new float[32], Average = new float[16] }
            .Write(stream, Fingerprint);
        return stream.ToArray();
    }

    private static FitState Advanced()
    {
        var state = new FitState { Epoch = 3, Step = 5, Best = 0.25, EpochsSinceBest = 1, BestValues = new float[16] };
        state.Epochs.Add(new EpochRecord(1, 0.5, 0.75, 0.25, 0.9, 1.5, 100));
        state.Epochs.Add(new EpochRecord(2, double.NaN, 0, null, null, 1.5, 100));
        return state;
    }
}
