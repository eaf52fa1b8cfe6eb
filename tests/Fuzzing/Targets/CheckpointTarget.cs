namespace NeuralNetFromScratch.Fuzzing.Targets;

/// <summary>Checkpoints.</summary>
internal sealed class CheckpointTarget : SafetensorsFamily
{
    private const int StepsPerEpoch = 10;

    private static readonly Dictionary<string, string> Fingerprint = new() { ["network"] = "dense1: dense(units=3) [3]", ["samples"] = "100" };

    private static readonly Metric[] Metrics = [new Accuracy(), new LogLoss()];

    public override string Name => "checkpoint";

    public override IReadOnlyList<byte[]> Seeds { get; } = [Write(Create()), Write(Advanced())];

    public override long FixedBytes => 100_000;

    public override long BytesPerByte => 64;

    public override void Read(byte[] file)
    {
        using var reader = new SafetensorsReader(new MemoryStream(file));
        CheckpointFile.Read(reader, Fingerprint, Create(), StepsPerEpoch, place => place.Length == 0 ? "" : Lines);
    }

    /// <summary>The finished epochs of the advanced state.</summary>
    private static readonly string Lines = string.Join('\n', Advanced().History.Select(CheckpointFile.HistoryLine));

    private static byte[] Write(TrainingState state)
    {
        using var stream = new MemoryStream();
        var history = new HistoryPlace("run.checkpoint.history", 0, 100 * state.History.Count, "");
        (IReadOnlyList<SafetensorEntry> tensors, Dictionary<string, string> metadata) = CheckpointFile.Describe(state, Fingerprint, history);
        SafetensorsWriter.Write(stream, tensors, metadata);
        return stream.ToArray();
    }

    private static TrainingState Create()
    {
        var network = new Sequential([2], 1, new Dense(3));
        var state = new TrainingState(network, new Adam { EmaDecay = 0.9f });
        var task = new MetricTask(OutputActivation.Softmax, 3, HasLabels: true);
        var figures = new EpochFigures(network, task, Metrics, ignored: null, new Engine(1));
        figures.Reset(100);
        state.BeginFit(figures, keepsBest: true);
        return state;
    }

    private static TrainingState Advanced()
    {
        TrainingState state = Create();
        (state.Epoch, state.StepOfEpoch, state.Steps, state.FinishedEpochs, state.Best, state.EpochsSinceBest) = (3, 5, 25, 2, 0.25, 1);
        float[] outputs = [.. Enumerable.Range(0, 150).Select(i => i % 7 - 3f)];
        int[] labels = [.. Enumerable.Range(0, 50).Select(i => i % 3)];
        double[] losses = [1, 2, 3, 4];
        state.Figures!.Blocks.Add(0, 0, 0, new ReadOnlyMatrixView(outputs, 50, 3), new SampleBatch { Inputs = new ReadOnlyMatrixView(outputs, 50, 3), Labels = labels }, losses);
        state.Figures.Blocks.FinishBlock(50);
        EvaluationResult result = state.Figures.Result();
        state.History.Add(new EpochRecord(1, result, result, TimeSpan.FromSeconds(1.5), 100));
        state.History.Add(new EpochRecord(2, result, null, TimeSpan.FromSeconds(1.5), 100));
        return state;
    }
}
