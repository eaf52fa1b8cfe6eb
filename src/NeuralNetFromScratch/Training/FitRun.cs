using System.Diagnostics;
using NeuralNetFromScratch.Data;
using NeuralNetFromScratch.Kernels;

namespace NeuralNetFromScratch;

/// <summary>One call of <see cref="Trainer.Fit"/>: the loop over epochs and steps.</summary>
internal sealed class FitRun
{
    private const int ReportsPerEpoch = 100;

    private readonly Trainer _trainer;
    private readonly Dataset _training;
    private readonly Dataset? _validation;
    private readonly FitOptions _options;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly TrainingRun _run;
    private readonly TrainingCallback[] _callbacks;
    private readonly BestEpoch? _best;
    private readonly List<double> _losses = [];
    private readonly int[] _order;
    private readonly int _steps;

    public FitRun(
        Trainer trainer, Sequential network, Dataset training, Dataset? validation, FitOptions options, TrainingHistory history, IProgress<TrainingProgress>? progress)
    {
        _trainer = trainer;
        _training = training;
        _validation = validation;
        _options = options;
        _progress = progress;
        _callbacks = [.. options.Callbacks];
        _run = new TrainingRun(network, options, history);
        _best = options.EarlyStopping is null ? null : new BestEpoch(options.EarlyStopping, network.Parameters);
        _order = new int[training.Count];
        _steps = (int)((training.Count + StepLength - 1) / StepLength);
    }

    /// <summary>Samples in an update.</summary>
    private long StepLength => (long)_options.BatchSize * _options.AccumulationSteps;

    public void Run(CancellationToken cancellation)
    {
        foreach (TrainingCallback callback in _callbacks)
            callback.OnTrainingBegin(_run);
        for (int epoch = 1; epoch <= _options.Epochs && !_run.IsStopping; epoch++)
        {
            if (RunEpoch(epoch, cancellation) is not { } record)
                break;
            _run.History.Add(record);
            _losses.Add(record.ValidationLoss ?? record.TrainingLoss);
            if (_best is not null && _best.Follow(record))
                _run.Stop();
            foreach (TrainingCallback callback in _callbacks)
                callback.OnEpochEnd(_run, record);
            _progress?.Report(new(epoch, _options.Epochs, _steps, _steps, record.TrainingLoss, record.TrainingAccuracy, record));
        }

        _best?.Restore();
        foreach (TrainingCallback callback in _callbacks)
            callback.OnTrainingEnd(_run);
    }

    /// <summary>One epoch; null where a callback ended it on the way.</summary>
    private EpochRecord? RunEpoch(int epoch, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        _trainer.Order(_order, _options);
        SampleSource source = _trainer.Source(_training, _options);
        StepResult sums = default;
        int reportInterval = Math.Max(1, _steps / ReportsPerEpoch);
        for (int step = 0; step < _steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            int start = (int)(step * StepLength);
            var range = new Section(start, (int)Math.Min(StepLength, _order.Length - start));
            StepResult result = _trainer.ComputeGradients(new DatasetBatch(source, _order, range), _options.BatchSize, _options.Seed);
            if (_options.StopOnNonFiniteLoss && !double.IsFinite(result.Loss))
                throw new NotFiniteNumberException($"epoch {epoch}, step {step + 1}: the loss is {result.Loss}", result.Loss);
            var position = new TrainingPosition(epoch - 1 + (double)step / _steps, _options.Epochs) { EpochLosses = _losses };
            _trainer.Update(_options.Schedule, position);
            sums += result;

            var progress = new TrainingProgress(epoch, _options.Epochs, step + 1, _steps, sums.Loss, sums.Accuracy, null);
            foreach (TrainingCallback callback in _callbacks)
                callback.OnStepEnd(_run, progress);
            if (_run.IsStopping && step + 1 < _steps)
                return null;
            if (_progress is not null && step % reportInterval == 0)
            {
                watch.Stop();
                _progress.Report(progress);
                watch.Start();
            }
        }

        watch.Stop();
        _trainer.FinishEpoch();
        Evaluation? validation = _validation is null ? null : _trainer.Evaluate(_validation);
        return new EpochRecord(
            epoch, sums.Loss, sums.Accuracy, validation?.Loss, validation?.Accuracy, watch.Elapsed.TotalSeconds, _order.Length);
    }
}
