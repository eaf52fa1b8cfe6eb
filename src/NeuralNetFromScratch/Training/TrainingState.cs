namespace NeuralNetFromScratch;

/// <summary>
/// The state of a training: everything that changes while it is in progress. Checkpoints write and read it; a learning-rate range test restores
/// it.
/// </summary>
internal sealed class TrainingState
{
    public TrainingState(Sequential network, Optimizer optimizer)
    {
        Network = network;
        Slots = new AlignedBuffer(checked(optimizer.SlotCount * network.Parameters.Values.Length));
        AveragedNetwork = optimizer.EmaDecay is null ? null : network.Copy();
    }

    /// <summary>The network with its parameters.</summary>
    public Sequential Network { get; }

    /// <summary>The network with the averaged parameters; null if there is no average.</summary>
    public Sequential? AveragedNetwork { get; }

    /// <summary>The averaged parameters; empty if there is no average.</summary>
    public Span<float> AverageValues => AveragedNetwork is null ? [] : AveragedNetwork.Parameters.Values;

    /// <summary>The network that validation and early stopping evaluate.</summary>
    public Sequential WatchedNetwork => AveragedNetwork ?? Network;

    /// <summary>The optimizer's state: its slots one after another, each as long as the flat buffer of values.</summary>
    public AlignedBuffer Slots { get; }

    /// <summary>The number of updates over all calls.</summary>
    public long Steps { get; set; }

    /// <summary>The number of finished epochs over all calls. The random numbers of an epoch depend on it.</summary>
    public int FinishedEpochs { get; set; }

    /// <summary>The number of the current or next epoch of this call, from 1.</summary>
    public int Epoch { get; set; } = 1;

    /// <summary>The number of steps done in the current epoch.</summary>
    public int StepOfEpoch { get; set; }

    /// <summary>The loss and metrics of these steps.</summary>
    public EpochFigures? Figures { get; set; }

    /// <summary>The finished epochs of this call.</summary>
    public List<EpochRecord> History { get; private set; } = [];

    /// <summary>The reason why the training has ended; null if it can continue, for example after a cancellation.</summary>
    public TrainingEndReason? Ended { get; set; }

    /// <summary>Whether early stopping has ended the training.</summary>
    public bool IsStopped { get; set; }

    /// <summary>The best value that early stopping has seen; lower is better.</summary>
    public double Best { get; set; } = double.PositiveInfinity;

    /// <summary>The number of epochs since the best value.</summary>
    public int EpochsSinceBest { get; set; }

    /// <summary>The parameters of the best epoch; empty if they are not kept.</summary>
    public float[] BestValues { get; set; } = [];

    /// <summary>The averaged parameters of the best epoch; empty if they are not kept.</summary>
    public float[] BestAverage { get; set; } = [];

    /// <summary>Begins a new call of Fit: epochs are counted from 1.</summary>
    public void BeginFit(EpochFigures figures, bool keepsBest)
    {
        (Epoch, StepOfEpoch, IsStopped, Best, EpochsSinceBest) = (1, 0, false, double.PositiveInfinity, 0);
        Ended = null;
        History = [];
        Figures = figures;
        BestValues = keepsBest ? new float[Network.Parameters.Values.Length] : [];
        BestAverage = keepsBest && AveragedNetwork is not null ? new float[BestValues.Length] : [];
    }

    /// <summary>Stores the current parameters as the best so far.</summary>
    public void KeepBest()
    {
        Network.Parameters.Values.CopyTo(BestValues);
        AverageValues.CopyTo(BestAverage);
    }

    /// <summary>Restores the parameters of the best epoch if a rule requests it and there are any.</summary>
    public void RestoreBest(EarlyStopping? rule)
    {
        if (rule is not { RestoresBest: true } || !double.IsFinite(Best))
            return;
        BestValues.CopyTo(Network.Parameters.Values);
        BestAverage.CopyTo(AverageValues);
    }

    /// <summary>Captures everything that a training changes except its history.</summary>
    public Snapshot TakeSnapshot() => new(this);

    /// <summary>A captured state. Disposing of it restores the state.</summary>
    public sealed class Snapshot(TrainingState state) : IDisposable
    {
        private readonly float[] _values = state.Network.Parameters.Values.ToArray();
        private readonly float[] _slots = state.Slots.Span.ToArray();
        private readonly float[] _average = state.AverageValues.ToArray();
        private readonly long _steps = state.Steps;

        public void Dispose()
        {
            _values.CopyTo(state.Network.Parameters.Values);
            _slots.CopyTo(state.Slots.Span);
            _average.CopyTo(state.AverageValues);
            state.Steps = _steps;
        }
    }
}
