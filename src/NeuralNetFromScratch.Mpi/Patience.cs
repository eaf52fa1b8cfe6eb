using System.Diagnostics;
using System.Runtime.InteropServices;

namespace NeuralNetFromScratch.Mpi;

/// <summary>
/// Waits between two tests of a request. At first, a wait only yields the processor, because most messages arrive within microseconds. Later, a wait sleeps for an
/// increasing time, so that a waiting process takes no time from computing processes, even if there are more processes than processors. The phase of yields is
/// longer for messages in transfer, because the libraries move their bytes in small pieces, one or a few in each test.
/// </summary>
/// <param name="bytesOnTheirWay">The number of bytes in transfer from and to a partner that is known to take part.</param>
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

    /// <summary>Sleeps if the system supports it; otherwise yields the processor.</summary>
    public static unsafe void Sleep(int microseconds)
    {
        if (UnixSleep != 0)
            ((delegate* unmanaged[Cdecl]<uint, int>)UnixSleep)((uint)microseconds);
        else
            Thread.Yield();
    }

    /// <summary>The function usleep of the C library. .NET has no equivalent; its timers have a resolution of a millisecond.</summary>
    private static nint UnixSleep { get; } =
        NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "usleep", out nint function) ? function : 0;
}
