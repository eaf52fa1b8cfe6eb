using System.Diagnostics;
using NeuralNetFromScratch.Data;
using NeuralNetFromScratch.Kernels;

namespace NeuralNetFromScratch;

/// <summary>
/// Trains a network. It owns what training needs besides the network: threads, buffers, and the optimizer's memory. One trainer is
/// used by one thread at a time; different networks can be trained at once, each by its own. The result has the same bits whatever
/// the number of threads.
/// </summary>
public sealed class Trainer
{
    private const ulong ShuffleStream = 1, LayerStream = 2;
    private const int ReportsPerEpoch = 100;

    private readonly Sequential _network;
    private readonly Engine _engine;
    private readonly TrainingStep _training;
    private readonly TrainingStep[] _evaluation;
    private long _steps;
    private int _epochs;

    /// <summary>A trainer.</summary>
    /// <param name="network">The network, whose parameters it changes.</param>
    /// <param name="loss">What is made small.</param>
    /// <param name="optimizer">How.</param>
    /// <param name="options">Threads; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of threads is not positive.</exception>
    public Trainer(Sequential network, Loss loss, Optimizer optimizer, TrainerOptions? options = null)
        : this(network, loss, optimizer, new Engine((options ?? new()).Threads))
    {
    }

    /// <summary>For tests: a trainer on an engine of the caller's.</summary>
    internal Trainer(Sequential network, Loss loss, Optimizer optimizer, Engine engine)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(optimizer);
        _network = network;
        _engine = engine;
        _training = new TrainingStep(network, loss, optimizer, engine, isTraining: true);
        _evaluation = new TrainingStep[engine.Threads];
        for (int worker = 0; worker < _evaluation.Length; worker++)
            _evaluation[worker] = new TrainingStep(network, loss, optimizer, new Engine(1, engine.Width), isTraining: false);
    }

    /// <summary>What the last <see cref="Fit"/> reached, also when it was cancelled.</summary>
    public TrainingHistory History { get; private set; } = new();

    /// <summary>Number of threads that work together.</summary>
    public int Threads => _engine.Threads;

    /// <summary>One step of training on samples with class labels.</summary>
    /// <param name="inputs">[batch, in].</param>
    /// <param name="labels">The class of each sample.</param>
    /// <returns>The mean loss before the update.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or the batch is empty; nothing has changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is no output of the network; nothing has changed.</exception>
    public float TrainStep(ReadOnlyMatrixView inputs, ReadOnlySpan<int> labels)
    {
        CheckInputs(inputs);
        if (labels.Length != inputs.Rows)
            throw new ArgumentException($"expected {inputs.Rows} labels, one for each sample, got {labels.Length}", nameof(labels));
        Labels.ThrowIfOutside(labels, _network.OutputShape.Length);
        return TrainStep(new MatrixBatch(inputs, labels, default, hasLabels: true));
    }

    /// <summary>One step of training on samples with dense targets.</summary>
    /// <param name="inputs">[batch, in].</param>
    /// <param name="targets">[batch, out].</param>
    /// <returns>The mean loss before the update.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or the batch is empty; nothing has changed.</exception>
    public float TrainStep(ReadOnlyMatrixView inputs, ReadOnlyMatrixView targets)
    {
        CheckInputs(inputs);
        if (targets.Rows != inputs.Rows || targets.Columns != _network.OutputShape.Length)
            throw new ArgumentException(
                $"{_network.Nodes[^1].Name}: expected targets [{inputs.Rows}, {_network.OutputShape.Length}], got [{targets.Rows}, {targets.Columns}]",
                nameof(targets));
        return TrainStep(new MatrixBatch(inputs, default, targets, hasLabels: false));
    }

    /// <summary>Trains for some epochs. A second call goes on where the first ended.</summary>
    /// <param name="training">The samples.</param>
    /// <param name="options">Epochs, batch size and so on.</param>
    /// <param name="progress">Is told how it goes, on this thread or as it sees fit.</param>
    /// <param name="cancellation">Ends the training at the next step; <see cref="History"/> then holds the finished epochs.</param>
    /// <returns>What each epoch reached.</returns>
    /// <exception cref="ArgumentException">A data set is empty or does not fit the network, or an option is out of range; nothing has changed.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    /// <exception cref="NotFiniteNumberException">The loss is not finite, and <see cref="FitOptions.StopOnNonFiniteLoss"/> is set.</exception>
    public TrainingHistory Fit(
        Dataset training, FitOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Epochs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.BatchSize);
        ArgumentNullException.ThrowIfNull(options.Schedule);
        CheckDataset(training, nameof(training));
        if (options.Validation is not null)
            CheckDataset(options.Validation, nameof(options));

        History = new TrainingHistory();
        var order = new int[training.Count];
        for (int epoch = 1; epoch <= options.Epochs; epoch++)
            History.Add(RunEpoch(training, order, epoch, options, progress, cancellation));
        return History;
    }

    /// <summary>How well the network does on labelled samples. It changes nothing.</summary>
    /// <param name="test">The samples.</param>
    /// <exception cref="ArgumentException">The data set is empty or does not fit the network.</exception>
    public Evaluation Evaluate(Dataset test)
    {
        CheckDataset(test, nameof(test));
        var results = new StepResult[(test.Count - 1) / TrainingStep.BlockRows + 1];
        var confusions = new ConfusionMatrix[_evaluation.Length];
        for (int worker = 0; worker < confusions.Length; worker++)
            confusions[worker] = new ConfusionMatrix(_network.OutputShape.Length);
        _engine.Run(
            new EvaluationJob(_evaluation, test, InOrder(new int[test.Count]), results, confusions),
            Math.Min(results.Length, _engine.Threads));

        StepResult total = default;
        foreach (StepResult result in results)
            total += result;
        foreach (ConfusionMatrix other in confusions.AsSpan(1))
            confusions[0].Add(other);
        return new Evaluation(test.Count, total.Loss, total.Accuracy, confusions[0]);
    }

    private float TrainStep(MatrixBatch batch)
    {
        StepResult result = _training.Run(batch, StepRandom(0));
        _training.Update(++_steps, rateFactor: 1);
        return (float)result.Loss;
    }

    private EpochRecord RunEpoch(
        Dataset training, int[] order, int epoch, FitOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        InOrder(order);
        if (options.Shuffle)
            new RandomSource(options.Seed).Fork(ShuffleStream).Fork((ulong)_epochs).Shuffle(order);

        StepResult sums = default;
        int steps = (int)(((long)order.Length + options.BatchSize - 1) / options.BatchSize);
        int reportInterval = Math.Max(1, steps / ReportsPerEpoch);
        for (int step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            int start = step * options.BatchSize;
            var range = new Section(start, Math.Min(options.BatchSize, order.Length - start));
            StepResult result = _training.Run(new DatasetBatch(training, order, range), StepRandom(options.Seed));
            if (options.StopOnNonFiniteLoss && !double.IsFinite(result.Loss))
                throw new NotFiniteNumberException($"epoch {epoch}, step {step + 1}: the loss is {result.Loss}", result.Loss);
            var position = new TrainingPosition(epoch - 1 + (double)step / steps, options.Epochs);
            _training.Update(++_steps, options.Schedule.Factor(position));
            sums += result;
            if (progress is not null && step % reportInterval == 0)
            {
                watch.Stop();
                progress.Report(new(epoch, options.Epochs, step + 1, steps, sums.Loss, sums.Accuracy, null));
                watch.Start();
            }
        }

        watch.Stop();
        _epochs++;
        Evaluation? validation = options.Validation is null ? null : Evaluate(options.Validation);
        var record = new EpochRecord(
            epoch, sums.Loss, sums.Accuracy, validation?.Loss, validation?.Accuracy, watch.Elapsed.TotalSeconds, order.Length);
        progress?.Report(new(epoch, options.Epochs, steps, steps, sums.Loss, sums.Accuracy, record));
        return record;
    }

    /// <summary>Chance for the layers of the coming step.</summary>
    private RandomSource StepRandom(ulong seed) => new RandomSource(seed).Fork(LayerStream).Fork((ulong)_steps);

    private static int[] InOrder(int[] order)
    {
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        return order;
    }

    private void CheckInputs(ReadOnlyMatrixView inputs)
    {
        if (inputs.Columns != _network.InputShape.Length)
            throw new ArgumentException(
                $"{_network.Nodes[0].Name}: expected input [batch, {_network.InputShape.Length}], got [{inputs.Rows}, {inputs.Columns}]",
                nameof(inputs));
        if (inputs.Rows == 0)
            throw new ArgumentException("the batch is empty", nameof(inputs));
    }

    private void CheckDataset(Dataset dataset, string name)
    {
        ArgumentNullException.ThrowIfNull(dataset, name);
        if (dataset.Count == 0)
            throw new ArgumentException("the data set is empty", name);
        if (dataset.SampleShape.Length != _network.InputShape.Length)
            throw new ArgumentException(
                $"{_network.Nodes[0].Name}: expected samples {_network.InputShape}, got {dataset.SampleShape}", name);
        int outputs = _network.OutputShape.Length;
        if (dataset.Classes > outputs)
            throw new ArgumentException($"{_network.Nodes[^1].Name}: has {outputs} outputs, but the data set {dataset.Classes} classes", name);
        for (int i = 0; i < dataset.Count; i++)
        {
            if ((uint)dataset.Label(i) >= (uint)outputs)
                throw new ArgumentException($"label {i} must be 0 to {outputs - 1}, got {dataset.Label(i)}", name);
        }
    }
}
