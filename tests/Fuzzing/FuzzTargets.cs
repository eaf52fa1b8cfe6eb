using NeuralNetFromScratch.Fuzzing.Targets;

namespace NeuralNetFromScratch.Fuzzing;

/// <summary>Every reader of the library.</summary>
public static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new IdxTarget(), new CompressedIdxTarget(), new SafetensorsTarget(), new ModelTarget(), new StreamTarget(), new CheckpointTarget(), new OnnxTarget(),
        new SvmLightTarget(), new CsvTarget(), new ParquetTarget(),
    ];
}
