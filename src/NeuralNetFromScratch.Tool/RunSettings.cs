using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NeuralNetFromScratch.Tool;

/// <summary>The settings of a run, as names and values.</summary>
internal static class RunSettings
{
    public static IReadOnlyList<(string Name, string Value)> Of(FoundData data, Dataset training, Trainer trainer, TrainingOptions options)
    {
        Recipe recipe = options.Recipe;
        string validation = options.Validation > 0 ? Invariant($", {options.Validation:N0} held out for validation") : "";
        return
        [
            ("data", Invariant($"{data.Kind}: {training.Count:N0} samples to train on, {data.Sets.Test.Count:N0} to test with{validation}")),
            ("optimizer", recipe.Optimizer.ToString()),
            ("schedule", recipe.Schedule.ToString()),
            ("batch", recipe.IsFullBatch ? "all samples at once" : Invariant($"{recipe.BatchSize} samples")),
            (recipe.IsFullBatch ? "iterations" : "epochs", Invariant($"{trainer.History.Epochs.Count} of {recipe.Epochs}")),
            ("seed", Invariant($"{options.Seed}")),
            .. Machine(trainer.ThreadCount, trainer.MultiplyAdd),
        ];
    }

    public static IReadOnlyList<(string Name, string Value)> Machine(int threads, MultiplyAddKind multiplyAdd)
    {
        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
        return
        [
            ("threads", Invariant($"{threads} of {Environment.ProcessorCount} processors")),
            ("vector registers", bits > 0 ? $"{bits} bits" : "none used"),
            ("multiply-add", multiplyAdd switch
            {
                MultiplyAddKind.Fused => "fused",
                MultiplyAddKind.EmulatedFused => "fused, emulated",
                _ => "rounded twice",
            }),
            ("machine", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.FrameworkDescription}"),
        ];
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
