using System.Diagnostics;
using System.Runtime.InteropServices;

namespace NeuralNetFromScratch.Mpi;

/// <summary>
/// Waits between two looks at a request. At first it gives the processor to whoever wants it and looks again at once, since most messages are there
/// within microseconds; then it sleeps, longer and longer, so that a process that waits takes no time from those that compute, even where there are
/// more processes than processors. Bytes that are on their way take more looks: the libraries move them in small pieces, one or a few at each look.
/// </summary>
/// <param name="bytesOnTheirWay">The number of bytes that a partner is known to be sending and receiving.</param>
internal struct Patience(int bytesOnTheirWay = 0)
{
    private const int YieldMicroseconds = 200, BytesPerMicrosecond = 500, ShortestSleep = 20, LongestSleep = 500;

    private readonly int _yields = YieldMicroseconds + bytesOnTheirWay / BytesPerMicrosecond;
    private readonly long _start = Stopwatch.GetTimestamp();
    private int _sleep = ShortestSleep;

    public Patience()
        : this(0)
    {
    }

    public void Wait()
    {
        if (Stopwatch.GetElapsedTime(_start).TotalMicroseconds < _yields)
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
