using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch;

/// <summary>
/// One call of <see cref="Trainer.Fit"/>: the loop over epochs and steps. The state of the training is in <see cref="TrainingState"/>.
/// </summary>
internal sealed class TrainingLoop
{
    private const int ReportsPerEpoch = 100;
    private const ulong AugmentationStream = 3, MixupStream = 4;

    private readonly TrainingState _state;
    private readonly StepRunner _steps;
    private readonly TrainingPlan _plan;
    private readonly Loss _loss;
    private readonly FitOptions _options;
    private readonly float _learningRate;
    private readonly Evaluator? _evaluator;
    private readonly CheckpointWriter? _checkpoint;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly ITrainingDisplay? _display;
    private readonly TrainingCallback[] _callbacks;
    private readonly TrainingRun _run;
    private readonly bool _isAlone;
    private readonly List<double> _losses = [];
    private readonly Dictionary<string, IReadOnlyList<double>> _metrics;
    private readonly int[] _order;
    private readonly Stopwatch _watch = new();
    private (long Steps, TrainingEndReason? Ended) _written;

    /// <summary>Whether an epoch has visited all samples. In the first epoch the features are checked for values that are not finite.</summary>
    private bool _hasSeenAll;

    public TrainingLoop(
        TrainingState state, StepRunner steps, TrainingPlan plan, Loss loss, float learningRate, Evaluator? evaluator, CheckpointWriter? checkpoint, IProgress<TrainingProgress>? progress)
    {
        _state = state;
        _steps = steps;
        _plan = plan;
        _loss = loss;
        _options = plan.Options;
        _learningRate = learningRate;
        _evaluator = evaluator;
        _checkpoint = checkpoint;
        _progress = progress;
        _display = progress as ITrainingDisplay;
        _callbacks = [.. _options.Callbacks];
        _run = new TrainingRun(state, _options, steps.Cluster?.Rank ?? 0);
        _isAlone = steps.Cluster is null or { IsAlone: true };
        _metrics = plan.Metrics.ToDictionary(metric => metric.Name, _ => (IReadOnlyList<double>)new List<double>());
        foreach (EpochRecord record in state.History)
            Note(record);
        _order = new int[plan.Training.Count];
        // The checkpoint of a resumed training is up to date; a new training does not write its initial state.
        _written = (state.Steps, state.Ended);
    }

    public TrainingHistory History => _run.History;

    public void Run(CancellationToken cancellationToken)
    {
        foreach (TrainingCallback callback in _callbacks)
            callback.OnTrainingBegin(_run);
        TrainingEndReason reason;
        _steps.DefersUpdates = true;
        try
        {
            reason = RunEpochs(cancellationToken);
        }
        finally
        {
            _steps.DefersUpdates = false;
            _steps.CompleteUpdates();
        }

        _state.Ended = reason == TrainingEndReason.Cancelled ? null : reason;
        WriteCheckpoint();
        _state.RestoreBest(_options.EarlyStopping);
        History.EndReason = reason;
        if (reason == TrainingEndReason.Cancelled)
        {
            var exception = new OperationCanceledException(cancellationToken);
            throw _steps.Cluster?.Exchange.Agree(exception) ?? exception;
        }

        foreach (TrainingCallback callback in _callbacks)
            callback.OnTrainingEnd(_run);
    }

    private TrainingEndReason RunEpochs(CancellationToken cancellationToken)
    {
        var wishes = new StepWishes(_run, cancellationToken);
        while (_state.Epoch <= _options.Epochs && !_state.IsStopped && !AgreesToStop())
        {
            _state.Ended = null;
            if (RunSteps(wishes) is { } reason)
                return reason;
            Finish();
        }

        return EndOfEpochs() ?? TrainingEndReason.Callback;
    }

    /// <summary>Whether a callback, on any process of a cluster, has stopped the training.</summary>
    private bool AgreesToStop()
    {
        if (!_isAlone && _steps.Cluster!.AnyWants(_run.IsStopping))
            _run.Stop();
        return _run.IsStopping;
    }

    /// <summary>Returns the reason why no epoch follows; null if one may follow.</summary>
    private TrainingEndReason? EndOfEpochs() =>
        _state.IsStopped ? TrainingEndReason.EarlyStopping : _state.Epoch > _options.Epochs ? TrainingEndReason.Completed : null;

    /// <summary>Writes a checkpoint unless the last one has the same state.</summary>
    private void WriteCheckpoint()
    {
        if (_checkpoint is null || _written == (_state.Steps, _state.Ended))
            return;
        _checkpoint.Write(_state);
        _written = (_state.Steps, _state.Ended);
    }

    /// <summary>
    /// Runs the remaining steps of the epoch. Returns the reason if a callback or a cancellation ended it early. The processes of a cluster exchange these requests
    /// in the next step, which then changes nothing.
    /// </summary>
    private TrainingEndReason? RunSteps(StepWishes wishes)
    {
        _watch.Restart();
        _plan.Order.Fill(_order, _state.FinishedEpochs);
        RandomSource augmentation = RandomOfEpoch(AugmentationStream), mixup = RandomOfEpoch(MixupStream);
        if (_state.StepOfEpoch == 0)
            _state.Figures!.Reset(_plan.SamplesPerEpoch);
        int interval = Math.Max(1, _plan.StepsPerEpoch / ReportsPerEpoch);
        while (_state.StepOfEpoch < _plan.StepsPerEpoch)
        {
            if (_isAlone && wishes.Cancels)
                return TrainingEndReason.Cancelled;
            if (RunStep(augmentation, mixup, wishes) is { } reason)
                return reason;
            bool isLast = _state.StepOfEpoch == _plan.StepsPerEpoch;
            bool isReported = _progress is not null && !isLast && (_state.StepOfEpoch - 1) % interval == 0 && _display is null or { IsDue: true };
            bool isWritten = _checkpoint is not null && !isLast && IsStepOfCheckpoint();
            if (_callbacks.Length == 0 && !isReported && !isWritten)
                continue;

            _steps.CompleteUpdates();
            _watch.Stop();
            foreach (TrainingCallback callback in _callbacks)
                callback.OnStepEnd(_run, Progress(null));
            if (_isAlone && _run.IsStopping && !isLast)
                return TrainingEndReason.Callback;
            if (isReported)
                _progress!.Report(Progress(_display is null ? _state.Figures!.Result() : null));
            if (isWritten)
                WriteCheckpoint();
            _watch.Start();
        }

        _steps.CompleteUpdates();
        _watch.Stop();
        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private TrainingEndReason? RunStep(RandomSource augmentation, RandomSource mixup, StepWishes wishes)
    {
        (int start, int count) = _plan.Step(_state.StepOfEpoch);
        _plan.Order.Announce(_plan.Training, start);
        var source = new BatchSource(_plan.Training, _order.AsSpan(start, count))
        {
            Augmentation = _options.Augmentation,
            Random = augmentation,
            Mixup = new Mixup(_options.MixupAlpha, mixup, start),
        };
        var batch = new TrainingBatch(source, _loss) { PartLength = _options.BatchSize };
        var position = new TrainingPosition(_state.Epoch - 1 + (double)_state.StepOfEpoch / _plan.StepsPerEpoch, _options.Epochs) 
        {
            StepsPerEpoch = _plan.StepsPerEpoch,
            EpochLosses = _losses,
            EpochMetrics = _metrics,
        };
        (StepTotals totals, StepOutcome outcome) = _steps.Run(
            batch,
            _options.Seed,
            (float)(_options.Schedule.Factor(position) * _learningRate),
            (float?)_options.Schedule.Momentum(position),
            _options.StopOnNonFiniteLoss,
            _state.Figures,
            refusesNonFinite: _options.StopOnNonFiniteLoss && !_hasSeenAll,
            wishes);
        switch (outcome)
        {
            case StepOutcome.Updated:
                _state.StepOfEpoch++;
                return null;
            case StepOutcome.Cancelled:
                return TrainingEndReason.Cancelled;
            case StepOutcome.Stopped:
                _run.Stop();
                return TrainingEndReason.Callback;
            default:
                History.EndReason = TrainingEndReason.NonFiniteLoss;
                throw NotFinite(batch, totals.Loss);
        }
    }

    private RandomSource RandomOfEpoch(ulong stream) => new RandomSource(_options.Seed).Fork(stream).Fork((ulong)_state.FinishedEpochs);

    /// <summary>
    /// Creates the exception for a loss that is not finite. Each process of a cluster searches its own samples for the cause, and all processes create the same
    /// exception.
    /// </summary>
    private Exception NotFinite(in TrainingBatch batch, double loss)
    {
        (int start, int end) = _steps.OwnRows(batch);
        string? sample = NonFinite.Find(_plan.Training, batch.Source.Indices[start..end]);
        if (_steps.Cluster is { } cluster)
            sample = cluster.First(sample);
        var exception = new NotFiniteNumberException(
            FormattableString.Invariant($"epoch {_state.Epoch}, step {_state.StepOfEpoch + 1}: the loss is {loss}; {sample ?? NonFinite.Nowhere}; the parameters are those before this step"), loss);
        return _steps.Cluster?.Exchange.Agree(exception) ?? exception;
    }

    private void Finish()
    {
        _hasSeenAll = true;
        bool isWritten = _checkpoint is not null
            && ((_options.Checkpoint is { EveryEpochs: > 0 } rule && _state.Epoch % rule.EveryEpochs == 0) || IsStepOfCheckpoint());
        var record = new EpochRecord(_state.Epoch, _state.Figures!.Result(), _evaluator?.Run(_plan.Validation!), _watch.Elapsed, _plan.SamplesPerEpoch) { ThreadCount = _steps.ThreadCount };
        TrainingProgress progress = Progress(record.Training) with { FinishedEpoch = record };
        _state.History.Add(record);
        Note(record);
        if (_options.EarlyStopping is { } early)
            _state.IsStopped = early.Follow(_state, record);
        _state.FinishedEpochs++;
        (_state.Epoch, _state.StepOfEpoch) = (record.Epoch + 1, 0);
        _state.Ended = EndOfEpochs();
        if (isWritten)
            WriteCheckpoint();
        foreach (TrainingCallback callback in _callbacks)
            callback.OnEpochEnd(_run, record);
        _progress?.Report(progress);
    }

    /// <summary>Records the values that schedules watch.</summary>
    private void Note(EpochRecord record)
    {
        _losses.Add(record.Watched.Loss);
        foreach (Metric metric in _plan.Metrics)
        {
            double figure = record.Watched[metric].Value;
            ((List<double>)_metrics[metric.Name]).Add(metric.HigherIsBetter ? -figure : figure);
        }
    }

    private bool IsStepOfCheckpoint() =>
        _options.Checkpoint is { EverySteps: > 0 } rule && ((_state.Epoch - 1L) * _plan.StepsPerEpoch + _state.StepOfEpoch) % rule.EverySteps == 0;

    private TrainingProgress Progress(EvaluationResult? training) =>
        new(_state.Epoch, _options.Epochs, _state.StepOfEpoch, _plan.StepsPerEpoch, _state.Figures!.Loss, training) { ThreadCount = _steps.ThreadCount };
}
