using System.Diagnostics;
using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

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
    private readonly TrainingCallback[] _callbacks;
    private readonly TrainingRun _run;
    private readonly FitState _state;
    private readonly BestEpoch? _best;
    private readonly List<double> _losses;
    private readonly int[] _order;
    private readonly int _steps;

    public FitRun(
        Trainer trainer, Sequential network, Dataset training, Dataset? validation, FitOptions options, IProgress<TrainingProgress>? progress, FitState state)
    {
        _trainer = trainer;
        _training = training;
        _validation = validation;
        _options = options;
        _progress = progress;
        _state = state;
        _callbacks = [.. options.Callbacks];
        _run = new TrainingRun(network, options, new TrainingHistory(state.Epochs));
        _best = options.EarlyStopping is null ? null : new BestEpoch(options.EarlyStopping, network.Parameters, state);
        _losses = [.. state.Epochs.Select(MonitoredLoss)];
        _order = new int[training.Count];
        _steps = StepsPerEpoch(training.Count, options);
    }

    public TrainingHistory History => _run.History;

    /// <summary>Samples in an update.</summary>
    private long StepLength => StepLengthOf(_options);

    /// <summary>Updates in an epoch.</summary>
    public static int StepsPerEpoch(int samples, FitOptions options) => (int)((samples + StepLengthOf(options) - 1) / StepLengthOf(options));

    public void Run(CancellationToken cancellation)
    {
        foreach (TrainingCallback callback in _callbacks)
            callback.OnTrainingBegin(_run);
        while (_state.Epoch <= _options.Epochs && !_state.IsStopped && !_run.IsStopping)
        {
            if (RunEpoch(cancellation) is not { } record)
                break;
            Finish(record);
        }

        _best?.Restore();
        foreach (TrainingCallback callback in _callbacks)
            callback.OnTrainingEnd(_run);
    }

    private static long StepLengthOf(FitOptions options) => (long)options.BatchSize * options.AccumulationSteps;

    private static double MonitoredLoss(EpochRecord record) => record.ValidationLoss ?? record.TrainingLoss;

    /// <summary>The steps that are left of the epoch; null where a callback ended it on the way.</summary>
    private EpochRecord? RunEpoch(CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        _trainer.Order(_order, _options);
        SampleSource source = _trainer.Source(_training, _options);
        int reportInterval = Math.Max(1, _steps / ReportsPerEpoch);
        while (_state.Step < _steps)
        {
            cancellation.ThrowIfCancellationRequested();
            RunStep(source);
            TrainingProgress progress = Progress(null);
            foreach (TrainingCallback callback in _callbacks)
                callback.OnStepEnd(_run, progress);
            if (_state.Step == _steps)
                break;
            if (_run.IsStopping)
                return null;
            bool isReported = _progress is not null && (_state.Step - 1) % reportInterval == 0, isWritten = IsStepOfCheckpoint();
            if (isReported || isWritten)
            {
                watch.Stop();
                if (isReported)
                    _progress!.Report(progress);
                if (isWritten)
                    _trainer.WriteCheckpoint(_options, _training.Count, _validation?.Count ?? 0, _state);
                watch.Start();
            }
        }

        watch.Stop();
        EvaluationResult? validation = _validation is null ? null : _trainer.Validate(_validation);
        StepResult sums = _state.Sums;
        return new EpochRecord(
            _state.Epoch, sums.Loss, sums.Accuracy, validation?.Loss, validation?.Find(Accuracy.Kind)?.Value, watch.Elapsed.TotalSeconds, _order.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunStep(SampleSource source)
    {
        int start = (int)(_state.Step * StepLength);
        var range = new Section(start, (int)Math.Min(StepLength, _order.Length - start));
        StepResult result = _trainer.ComputeGradients(new DatasetBatch(source, _order, range), _options.BatchSize, _options.Seed);
        if (_options.StopOnNonFiniteLoss && !double.IsFinite(result.Loss))
            throw new NotFiniteNumberException($"epoch {_state.Epoch}, step {_state.Step + 1}: the loss is {result.Loss}", result.Loss);
        var position = new TrainingPosition(_state.Epoch - 1 + (double)_state.Step / _steps, _options.Epochs) { EpochLosses = _losses };
        _trainer.Update(_options.Schedule, position);
        _state.Sums += result;
        _state.Step++;
    }

    private void Finish(EpochRecord record)
    {
        bool isWritten = (_options.Checkpoint is { EveryEpochs: > 0 } rule && record.Epoch % rule.EveryEpochs == 0) || IsStepOfCheckpoint();
        TrainingProgress progress = Progress(record);
        _state.Epochs.Add(record);
        _losses.Add(MonitoredLoss(record));
        _state.IsStopped = _best is not null && _best.Follow(record);
        _trainer.FinishEpoch();
        (_state.Epoch, _state.Step, _state.Sums) = (record.Epoch + 1, 0, default);
        if (isWritten)
            _trainer.WriteCheckpoint(_options, _training.Count, _validation?.Count ?? 0, _state);
        foreach (TrainingCallback callback in _callbacks)
            callback.OnEpochEnd(_run, record);
        _progress?.Report(progress);
    }

    private bool IsStepOfCheckpoint() =>
        _options.Checkpoint is { EverySteps: > 0 } rule && ((_state.Epoch - 1L) * _steps + _state.Step) % rule.EverySteps == 0;

    private TrainingProgress Progress(EpochRecord? finished) =>
        new(_state.Epoch, _options.Epochs, _state.Step, _steps, _state.Sums.Loss, _state.Sums.Accuracy, finished);
}
