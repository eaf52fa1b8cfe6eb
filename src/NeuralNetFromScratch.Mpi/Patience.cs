using System.Diagnostics;
using System.Runtime.InteropServices;

namespace NeuralNetFromScratch.Mpi;

/// <summary>
/// Waits between two looks at a request. At first it gives the processor to whoever wants it and looks again at once, since most messages are there
/// within microseconds; then it sleeps, longer and longer, so that a process that waits takes no time from those that compute, even where there are
/// more processes than processors.
/// </summary>
internal struct Patience
{
    private const int YieldMicroseconds = 200, ShortestSleep = 20, LongestSleep = 500;

    private readonly long _start = Stopwatch.GetTimestamp();
    private int _sleep = ShortestSleep;

    public Patience()
    {
    }

    public void Wait()
    {
        if (Stopwatch.GetElapsedTime(_start).TotalMicroseconds < YieldMicroseconds)
        {
            Thread.Yield();
            return;
        }

        Sleep(_sleep);
        _sleep = Math.Min(_sleep + _sleep / 8, LongestSleep);
    }

    /// <summary>Sleeps, where the system can; otherwise gives the processor to others.</summary>
    public static unsafe void Sleep(int microseconds)
    {
        if (UnixSleep != 0)
            ((delegate* unmanaged[Cdecl]<uint, int>)UnixSleep)((uint)microseconds);
        else
            Thread.Yield();
    }

    /// <summary>The function usleep of C, which has no name in .NET: its timers have steps of a millisecond.</summary>
    private static nint UnixSleep { get; } =
        NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "usleep", out nint function) ? function : 0;
}
