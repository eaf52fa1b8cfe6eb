namespace NeuralNetFromScratch;

/// <summary>
/// Where a training stands: all that changes while it goes on, in one object that checkpoints write and read and a search for the learning rate
/// puts back.
/// </summary>
internal sealed class TrainingState
{
    public TrainingState(Sequential network, Optimizer optimizer)
    {
        Network = network;
        Slots = new AlignedBuffer(checked(optimizer.SlotCount * network.Parameters.Values.Length));
        AveragedNetwork = optimizer.EmaDecay is null ? null : network.Copy();
    }

    /// <summary>The network, with the parameters.</summary>
    public Sequential Network { get; }

    /// <summary>The network with the averaged parameters; null where there is no average.</summary>
    public Sequential? AveragedNetwork { get; }

    /// <summary>The averaged parameters; empty where there is no average.</summary>
    public Span<float> AverageValues => AveragedNetwork is null ? [] : AveragedNetwork.Parameters.Values;

    /// <summary>What validation and early stopping look at.</summary>
    public Sequential WatchedNetwork => AveragedNetwork ?? Network;

    /// <summary>All that the optimizer remembers: its slots one after another, each as long as the flat buffer of values.</summary>
    public AlignedBuffer Slots { get; }

    /// <summary>Number of updates, over all calls.</summary>
    public long Steps { get; set; }

    /// <summary>Number of finished epochs, over all calls: each epoch's random numbers go by it.</summary>
    public int FinishedEpochs { get; set; }

    /// <summary>The epoch of this call that is under way or comes next, from 1.</summary>
    public int Epoch { get; set; } = 1;

    /// <summary>Steps of it that are done.</summary>
    public int StepOfEpoch { get; set; }

    /// <summary>Loss and metrics of these steps.</summary>
    public EpochFigures? Figures { get; set; }

    /// <summary>The finished epochs of this call.</summary>
    public List<EpochRecord> History { get; private set; } = [];

    /// <summary>Why the training has ended by itself; null where more is to be done, as after a cancellation.</summary>
    public TrainingEndReason? Ended { get; set; }

    /// <summary>Whether early stopping has ended the training.</summary>
    public bool IsStopped { get; set; }

    /// <summary>The best figure that early stopping has seen; the lower is the better.</summary>
    public double Best { get; set; } = double.PositiveInfinity;

    /// <summary>Epochs since then.</summary>
    public int EpochsSinceBest { get; set; }

    /// <summary>The parameters of the best epoch, and the averaged ones; empty where they are not kept.</summary>
    public float[] BestValues { get; set; } = [];

    /// <summary>See <see cref="BestValues"/>.</summary>
    public float[] BestAverage { get; set; } = [];

    /// <summary>A new call of Fit: the epochs are counted anew.</summary>
    public void BeginFit(EpochFigures figures, bool keepsBest)
    {
        (Epoch, StepOfEpoch, IsStopped, Best, EpochsSinceBest) = (1, 0, false, double.PositiveInfinity, 0);
        Ended = null;
        History = [];
        Figures = figures;
        BestValues = keepsBest ? new float[Network.Parameters.Values.Length] : [];
        BestAverage = keepsBest && AveragedNetwork is not null ? new float[BestValues.Length] : [];
    }

    /// <summary>Notes the parameters as the best so far.</summary>
    public void KeepBest()
    {
        Network.Parameters.Values.CopyTo(BestValues);
        AverageValues.CopyTo(BestAverage);
    }

    /// <summary>Puts the best epoch's parameters back, where a rule says so and there are any.</summary>
    public void RestoreBest(EarlyStopping? rule)
    {
        if (rule is not { RestoresBest: true } || !double.IsFinite(Best))
            return;
        BestValues.CopyTo(Network.Parameters.Values);
        BestAverage.CopyTo(AverageValues);
    }

    /// <summary>What a training changes besides its history, as it is now.</summary>
    public Snapshot TakeSnapshot() => new(this);

    /// <summary>What a training changes, as it was at a time; it is put back when this is disposed of.</summary>
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
