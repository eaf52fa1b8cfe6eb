using NeuralNetFromScratch;
using NeuralNetFromScratch.Mpi;

using MpiCluster cluster = MpiCluster.Join();
var network = new Sequential([28, 28], seed: 1, new Dense(16, Activation.Relu), new Dense(10));
var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(), new TrainerOptions { Exchange = cluster.Exchange(shards: 4), ThreadCount = cluster.ThreadCount });
TrainingHistory history = trainer.Fit(SyntheticDigits.Create(400, seed: 1), new FitOptions { Epochs = 3, BatchSize = 32 }, cancellationToken: cluster.Cancellation);
if (cluster.Rank == 0)
    Console.WriteLine($"a cluster trained {history.Epochs.Count} epochs; the loss fell: {history.Epochs[^1].Training.Loss < history.Epochs[0].Training.Loss}");
