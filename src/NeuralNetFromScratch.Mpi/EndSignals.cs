using System.Runtime.InteropServices;

namespace NeuralNetFromScratch.Mpi;

/// <summary>Cancels a token at the first signal that asks the process to end, instead of ending it.</summary>
internal sealed class EndSignals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public EndSignals()
    {
        Add(PosixSignal.SIGINT);
        Add(PosixSignal.SIGTERM);
        // mpirun passes it on to all processes, and Slurm sends it some time before the end if asked to.
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
        // The second signal does what it would do without this.
        context.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
    }));
}
