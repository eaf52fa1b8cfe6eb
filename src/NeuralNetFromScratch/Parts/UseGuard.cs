using System.Diagnostics.CodeAnalysis;

namespace NeuralNetFromScratch;

/// <summary>
/// Throws if an object is used while another use is in progress, on any thread, instead of computing wrong results or waiting forever. It costs
/// one interlocked exchange and allocates nothing.
/// </summary>
internal struct UseGuard
{
    private int _isInUse;

    /// <summary>Begins a use, which ends when the returned object is disposed of.</summary>
    /// <param name="message">The message of the exception.</param>
    /// <exception cref="InvalidOperationException">Another use is in progress.</exception>
    [UnscopedRef]
    public Use Begin(string message) =>
        Interlocked.Exchange(ref _isInUse, 1) == 0 ? new Use(ref _isInUse) : throw new InvalidOperationException(message);

    /// <summary>A use in progress.</summary>
    public readonly ref struct Use(ref int isInUse)
    {
        private readonly ref int _isInUse = ref isInUse;

        public void Dispose() => Volatile.Write(ref _isInUse, 0);
    }
}
