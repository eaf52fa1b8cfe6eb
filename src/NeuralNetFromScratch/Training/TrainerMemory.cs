namespace NeuralNetFromScratch;

/// <summary>What a training changes, as it was at a time; it is put back when this is disposed of.</summary>
internal sealed class TrainerMemory : IDisposable
{
    private readonly Sequential _network;
    private readonly ParameterUpdate _update;
    private readonly float[] _values;
    private readonly float[] _slots;
    private readonly float[] _average;
    private readonly long _steps;

    public TrainerMemory(Sequential network, ParameterUpdate update)
    {
        _network = network;
        _update = update;
        _values = network.Parameters.Values.ToArray();
        _slots = update.Slots.ToArray();
        _average = update.AveragedNetwork is { } average ? average.Parameters.Values.ToArray() : [];
        _steps = update.Steps;
    }

    public void Dispose()
    {
        _values.CopyTo(_network.Parameters.Values);
        _slots.CopyTo(_update.Slots);
        if (_update.AveragedNetwork is { } average)
            _average.CopyTo(average.Parameters.Values);
        _update.Steps = _steps;
    }
}
