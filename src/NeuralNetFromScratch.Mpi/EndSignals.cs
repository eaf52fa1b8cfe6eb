using System.Runtime.InteropServices;

namespace NeuralNetFromScratch.Mpi;

/// <summary>Cancels a token on the first termination signal, instead of ending the process.</summary>
internal sealed class EndSignals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public EndSignals()
    {
        Add(PosixSignal.SIGINT);
        Add(PosixSignal.SIGTERM);
        // mpirun forwards this signal to all processes. Slurm can be configured to send it some time before the time limit.
        if (!OperatingSystem.IsWindows())
            Add((PosixSignal)(OperatingSystem.IsMacOS() ? 30 : 10));
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Add(PosixSignal signal) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        // The second signal has its default effect.
        context.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
    }));
}
