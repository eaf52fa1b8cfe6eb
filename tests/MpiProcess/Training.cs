using System.Globalization;
using System.Runtime.InteropServices;
using NeuralNetFromScratch.Mpi;

namespace NeuralNetFromScratch.MpiProcess;

/// <summary>Trainings that all processes share. Each process writes what it ends with to a file of its own, which has to be the same for all.</summary>
internal static class Training
{
    /// <param name="cluster">The processes.</param>
    /// <param name="recipe">"dense" or "sparse".</param>
    /// <param name="result">The file to write to; the rank is added to its name.</param>
    /// <param name="checkpoint">The checkpoint to go on from and to write; null for none.</param>
    /// <param name="failure">
    /// How the last process fails: "kill" or "throw"; "wait" if all processes train slowly until a signal ends them; empty for none of this.
    /// </param>
    /// <param name="after">The number of steps after which this begins.</param>
    public static int Train(MpiCluster cluster, string recipe, string result, string? checkpoint, string failure, int after)
    {
        (Sequential network, Optimizer optimizer, Dataset samples, FitOptions options) = recipe == "sparse" ? Sparse() : Dense();
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), optimizer, new TrainerOptions { ThreadCount = 1, Exchange = cluster.Exchange() });
        if (cluster.Rank == cluster.RankCount - 1 && failure is "kill" or "throw")
            options = options with { Callbacks = [new FailingCallback(failure, after)] };
        if (failure == "wait")
            options = options with { Callbacks = [new WaitingCallback(cluster.Rank, after)] };
        TrainingHistory history;
        try
        {
            history = checkpoint is null
                ? trainer.Fit(samples, options, cancellationToken: cluster.Cancellation)
                : trainer.ResumeOrFit(samples, options with { Checkpoint = new CheckpointOptions { Path = checkpoint, EverySteps = 5 } }, cancellationToken: cluster.Cancellation);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine($"rank {cluster.Rank}: cancelled after {trainer.StepCount} steps");
            return 0;
        }

        using (var file = File.Create($"{result}.{cluster.Rank}"))
        {
            file.Write(MemoryMarshal.AsBytes(network.Parameters.Values));
            file.Write(MemoryMarshal.AsBytes((trainer.AveragedNetwork ?? network).Parameters.Values));
            foreach (EpochRecord epoch in history.Epochs)
                file.Write(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\n{epoch.Epoch} {epoch.Training.Loss:R} {epoch.Training.Accuracy:R} {epoch.Validation?.Loss:R} {epoch.Validation?.Accuracy:R}")));
        }

        Console.WriteLine($"rank {cluster.Rank}: {history.EndReason} after {history.Epochs.Count} epochs");
        return 0;
    }

    /// <summary>Everything that draws random numbers, mixes samples, or remembers something.</summary>
    private static (Sequential Network, Optimizer Optimizer, Dataset Samples, FitOptions Options) Dense() => (
        new Sequential(
            [28, 28], 5, new GaussianNoise(0.1f), new Dense(32), new BatchNormalization(), new ActivationLayer(Activation.Relu), new Dropout(0.2f),
            new Residual(new Dense(32, Activation.Tanh), new Dropout(0.1f)), new Dense(10)),
        new Adam(3e-3f) { EmaDecay = 0.95f, GlobalClipNorm = 5, L2Penalty = 1e-5f },
        SyntheticDigits.Create(600, seed: 3),
        new FitOptions
        {
            Epochs = 8,
            BatchSize = 24,
            AccumulationSteps = 2,
            Seed = 7,
            ValidationFraction = 0.2,
            EarlyStopping = new EarlyStopping { Patience = 1, MinImprovement = 0.3 },
            Augmentation = new ImageAugmentation { MaxShift = 2, MaxRotation = 10 },
        });

    /// <summary>Rows of 2,000 columns of which 12 are stored.</summary>
    private static (Sequential Network, Optimizer Optimizer, Dataset Samples, FitOptions Options) Sparse()
    {
        const int Count = 500, Columns = 2_000, Stored = 12;
        var random = new RandomSource(9);
        int[] offsets = [.. Enumerable.Range(0, Count + 1).Select(row => row * Stored)];
        int[] columns = [.. Enumerable.Range(0, Count * Stored).Select(i => i % Stored * (Columns / Stored) + random.Below((ulong)i, Columns / Stored))];
        float[] values = [.. Enumerable.Range(0, Count * Stored).Select(i => 0.5f + i % 7 * 0.25f)];
        int[] labels = [.. Enumerable.Range(0, Count).Select(row => columns[row * Stored] % 4)];
        return (
            new Sequential([Columns], 3, new Dense(16, Activation.Relu), new Dense(4)), new Adagrad(0.05f),
            Dataset.FromSparse(offsets, columns, values, Columns, labels, 4), new FitOptions { Epochs = 4, BatchSize = 32, Seed = 2, ValidationFraction = 0.2 });
    }

    private sealed class WaitingCallback(int rank, int after) : TrainingCallback
    {
        private int _steps;

        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress)
        {
            if (++_steps < after)
                return;
            if (_steps == after)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rank {rank} is process {Environment.ProcessId}"));
            Thread.Sleep(100);
        }
    }

    private sealed class FailingCallback(string failure, int after) : TrainingCallback
    {
        private int _steps;

        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress)
        {
            if (++_steps < after)
                return;
            if (failure == "throw")
                throw new IOException("the disk of this process is full");
            using var self = System.Diagnostics.Process.GetCurrentProcess();
            self.Kill();
        }
    }
}
