using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using NeuralNetFromScratch;
using NeuralNetFromScratch.Mpi;

// mpirun -n 4 dotnet Cluster.dll [--data FOLDER] [--epochs N] [--shards N] [--threads N] [--output FOLDER] [--json FILE]
// Trains on handwritten digits: MNIST's four files in the folder, or synthetic ones. The last line is a hash of the network, which is
// the same for any number of processes; without mpirun there is one.
using MpiCluster cluster = MpiCluster.Join();
GradientExchange exchange = cluster.Exchange(Number("--shards", 8));
MnistData? mnist = Text("--data") is { } data ? Mnist.Load(data) : null;
Dataset training = mnist?.Training ?? SyntheticDigits.Create(12_000, seed: 1), test = mnist?.Test ?? SyntheticDigits.Create(2_000, seed: 2);

var network = new Sequential(
    inputShape: [28, 28], seed: 42,
    new Dense(256), new BatchNormalization(), new ActivationLayer(Activation.Relu), new Dropout(0.2f), new Dense(10));
var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(2e-3f), new TrainerOptions
{
    Exchange = exchange,
    ThreadCount = Number("--threads", cluster.ThreadCount),
});
FitOptions fit = new() { Epochs = Number("--epochs", 3), BatchSize = 256, ValidationFraction = 0.1, Schedule = LearningRateSchedule.Cosine() };
try
{
    // With a folder the training is kept there: killed or stopped, it goes on from its last checkpoint, also on another number of processes.
    if (Text("--output") is { } folder)
        trainer.ResumeOrFit(training, fit with { Checkpoint = new() { Path = Path.Combine(folder, "digits.checkpoint"), EverySteps = 100 } }, new ConsoleProgress(), cluster.Cancellation);
    else
        trainer.Fit(training, fit, new ConsoleProgress(), cluster.Cancellation);
}
catch (OperationCanceledException)
{
    return 130;
}

ReportFigures();
if (cluster.Rank == 0)
{
    if (Text("--output") is { } folder)
        network.Save(Path.Combine(folder, "digits.safetensors"));
    Console.WriteLine($"Processes: {cluster.RankCount}, threads of each: {trainer.ThreadCount}, shards: {exchange.ShardCount}, MPI: {cluster.Library}");
    Console.WriteLine($"Test set: {network.Evaluate(test)}");
    Console.WriteLine($"Hash of the network: {Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(network.Parameters.Values)))}");
}

return 0;

// The figures of all processes come together at rank 0, which writes them.
void ReportFigures()
{
    ExchangeStatistics own = exchange.Statistics;
    long[] sent = [own.Steps, own.Computing.Ticks, own.Waiting.Ticks, own.BytesSent], received = new long[sent.Length];
    List<long[]> all = [sent];
    for (int rank = 1; rank < cluster.RankCount; rank++)
    {
        if (cluster.Rank == 0)
            cluster.Swap(MemoryMarshal.AsBytes<long>(sent), MemoryMarshal.AsBytes(received.AsSpan()), rank);
        else if (cluster.Rank == rank)
            cluster.Swap(MemoryMarshal.AsBytes<long>(sent), MemoryMarshal.AsBytes(received.AsSpan()), 0);
        all.Add([.. received]);
    }

    if (cluster.Rank == 0 && Text("--json") is { } path)
        File.WriteAllText(path, JsonSerializer.Serialize(all.Select((figures, rank) => new
        {
            rank,
            steps = figures[0],
            computingSeconds = TimeSpan.FromTicks(figures[1]).TotalSeconds,
            waitingSeconds = TimeSpan.FromTicks(figures[2]).TotalSeconds,
            bytesSent = figures[3],
        })));
}

string? Text(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

int Number(string name, int otherwise) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
