using System.Diagnostics.CodeAnalysis;

namespace NeuralNetFromScratch;

/// <summary>
/// Refuses a second use of an object while the first goes on, on whatever threads they are: an error instead of wrong results or a wait without end.
/// It costs one interlocked exchange and allocates nothing.
/// </summary>
internal struct UseGuard
{
    private int _isInUse;

    /// <summary>Begins a use, which ends when what is returned is disposed of.</summary>
    /// <param name="message">What the exception says.</param>
    /// <exception cref="InvalidOperationException">Another use goes on.</exception>
    [UnscopedRef]
    public Use Begin(string message) =>
        Interlocked.Exchange(ref _isInUse, 1) == 0 ? new Use(ref _isInUse) : throw new InvalidOperationException(message);

    /// <summary>A use that goes on.</summary>
    public readonly ref struct Use(ref int isInUse)
    {
        private readonly ref int _isInUse = ref isInUse;

        public void Dispose() => Volatile.Write(ref _isInUse, 0);
    }
}
