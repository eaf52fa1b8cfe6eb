
namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>A network in training, an epoch at a time.</summary>
internal sealed class TrainingRun
{
    private readonly Trainer _trainer;
    private readonly Dataset _training;
    private readonly FitOptions _options;

    public TrainingRun(Dataset training, int[] hidden, Optimizer optimizer, int batch, int threads, ZeroSkipping zeros = ZeroSkipping.Automatic)
        : this(
            training,
            new Sequential([784], 1, [.. hidden.Select(units => new Dense(units, Activation.Relu) { ZeroSkipping = zeros }), new Dense(10)]),
            optimizer,
            batch,
            threads)
    {
    }

    public TrainingRun(Dataset training, Sequential network, Optimizer optimizer, int batch, int threads)
    {
        Network = network;
        _trainer = new Trainer(Network, new SoftmaxCrossEntropy(), optimizer, new TrainerOptions { ThreadCount = threads });
        _training = training;
        _options = new FitOptions { Epochs = 1, BatchSize = batch, Shuffle = batch < training.Count };
    }

    public Sequential Network { get; }

    public int Samples => _training.Count;

    /// <summary>Forward and weight gradients of all layers, and the input gradients of all but the first.</summary>
    public double EpochFlops
    {
        get
        {
            double weights = Network.Parameters.Where(parameter => parameter.Role == ParameterRole.Weight).Sum(parameter => (double)parameter.Shape.ElementCount);
            return 2.0 * _training.Count * (3 * weights - Network.Parameters[0].Shape.ElementCount);
        }
    }

    /// <summary>Seconds of an epoch: shuffling, gathering and every step.</summary>
    public double Epoch()
    {
        EpochRecord record = _trainer.Fit(_training, _options).Epochs[0];
        return double.IsFinite(record.Training.Loss) ? record.Duration.TotalSeconds : throw new InvalidOperationException("the training diverged");
    }
}
